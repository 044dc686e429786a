#!/usr/bin/env node
import module from 'node:module'

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
