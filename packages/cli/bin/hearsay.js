#!/usr/bin/env node
import { enableCompileCache, flushCompileCache } from 'node:module'

// A member should be there at once: a second start need not compile again, not even after a crash.
enableCompileCache()
setTimeout(flushCompileCache, 2_000).unref()
const { main } = await import('../dist/main.js')
await main(process.argv)
