#!/usr/bin/env node
import module from 'node:module'

// Linux does not deliver these signals to the first process of a container unless the process handles them. So the
// process handles them before it loads the rest, and ends at once. A running command replaces these listeners by its
// own. A command with a result has not produced it yet, so it exits with 1. A command that runs until a signal
// arrives exits with 0.
const runs = ['join', 'relay', 'presence', 'monitor']
const isAsked = !runs.includes(process.argv[2])
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => process.exit(isAsked ? 1 : 0))

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`hearsay: needs Node 22.12 or newer, this is ${process.version}`)
  process.exit(2)
}
// For a fast start: the next start finds the compiled code. It is written after 2 s, so it survives a crash.
module.enableCompileCache()
setTimeout(module.flushCompileCache, 2_000).unref()
const { main } = await import('../dist/main.js')
await main(process.argv)
