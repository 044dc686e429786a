#!/usr/bin/env node
import module from 'node:module'

// The first process of a container never hears of a signal that it does not handle. So this comes first, and ends what
// has not begun; a command that has something to end takes over. Where something was asked for it was not done.
const runs = ['join', 'relay', 'presence', 'monitor']
const isAsked = !runs.includes(process.argv[2])
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
  process.once(signal, () => process.exit(isAsked ? 1 : 0))

const [major, minor] = process.versions.node.split('.').map(Number)
if (major < 22 || (major === 22 && minor < 12)) {
  console.error(`hearsay: needs Node 22.12 or newer, this is ${process.version}`)
  process.exit(2)
}
// A member should be there at once: a second start need not compile again, not even after a crash.
module.enableCompileCache()
setTimeout(module.flushCompileCache, 2_000).unref()
const { main } = await import('../dist/main.js')
await main(process.argv)
