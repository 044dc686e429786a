/** An app of CommonJS modules with the built package, run by Node directly. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const app = fileURLToPath(new URL('../processes/commonjs-app.cjs', import.meta.url))

it('a CommonJS app gets our Yjs by import(), where require() gives it a copy of its own', {
  timeout: 60_000,
}, () => {
  const { stdout, stderr } = spawnSync(process.execPath, [app])
  expect(String(stdout), String(stderr)).toMatch(/^\{/)
  expect(JSON.parse(String(stdout))).toEqual({
    imported: true,
    required: false,
    nested: [{ title: 'write' }],
  })
})
