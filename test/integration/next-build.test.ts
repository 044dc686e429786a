/** An app of Next.js with a provider in its layout, as in the README of the hooks, built for production. */
import { readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { x } from 'tinyexec'
import { afterAll, expect, it } from 'vitest'

const app = fileURLToPath(new URL('../next', import.meta.url))
const next = createRequire(import.meta.url).resolve('next/dist/bin/next')

afterAll(() => {
  for (const built of ['.next', 'out']) rmSync(`${app}/${built}`, { recursive: true, force: true })
})

it('Next.js builds a layout that is rendered on a server, with providers in it', {
  timeout: 300_000,
}, async () => {
  const env = { NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' }
  const build = await x(process.execPath, [next, 'build'], { nodeOptions: { cwd: app, env } })
  expect(build.exitCode, build.stdout + build.stderr).toBe(0)
  const html = readFileSync(`${app}/out/index.html`, 'utf8').replaceAll('<!-- -->', '')
  expect(html).toContain('members: 0, others in the room: 0')
})
