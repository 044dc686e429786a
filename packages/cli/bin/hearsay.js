#!/usr/bin/env node
import { enableCompileCache } from 'node:module'

// A member should be there at once: the second start need not compile again.
enableCompileCache()
const { main } = await import('../dist/main.js')
await main(process.argv)
