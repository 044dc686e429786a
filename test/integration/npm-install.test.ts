/** What a stranger's browser app gets from npm: the packages as published, and all that they depend on. */
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { x } from 'tinyexec'
import { afterAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'hearsay-npm-'))
afterAll(() => rmSync(folder, { recursive: true }))

const packages = ['failure-detector', 'webrtc', 'core', 'react']
const modules = join(folder, 'node_modules')

async function run(program: string, ...args: string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await x(program, args, { nodeOptions: { cwd: folder } })
  expect(exitCode, `${program} ${args.join(' ')}\n${stdout}${stderr}`).toBe(0)
}

const files = (): string[] =>
  readdirSync(modules, { recursive: true, encoding: 'utf8' }).map(name => join(modules, name))

/** As `du` counts: whole blocks. */
const megabytes = (): number =>
  files().reduce((sum, path) => sum + lstatSync(path).blocks * 512, 0) / 1_048_576

it('a browser app with React installs at most 140 packages, and 80 MB', { timeout: 300_000 }, async () => {
  const tarballs = packages.map(name => join(folder, `${name}.tgz`))
  for (const [i, name] of packages.entries())
    await run(
      'pnpm',
      '--dir',
      join(import.meta.dirname, '../../packages', name),
      'pack',
      '--out',
      tarballs[i] ?? '',
    )
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']
  await run('npm', 'install', ...quiet, ...tarballs, 'react@19', 'react-dom@19', 'yjs@13')
  const installed = files().filter(path => /node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(path))
  console.log(`${installed.length} packages, ${megabytes().toFixed(0)} MB`)
  expect(installed.length).toBeLessThanOrEqual(140)
  expect(megabytes()).toBeLessThanOrEqual(80)
  for (const name of packages)
    expect(readdirSync(join(modules, '@hearsay', name))).toEqual(
      expect.arrayContaining(['LICENSE-APACHE', 'LICENSE-MIT', 'README.md']),
    )
})
