/** Installs from npm what a browser app needs: the packages as published, with all their dependencies. */
import { lstatSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { x } from 'tinyexec'
import { afterAll, expect, it } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'hearsay-npm-'))
afterAll(() => rmSync(folder, { recursive: true }))

const root = join(import.meta.dirname, '../..')
const packages = ['failure-detector', 'webrtc', 'core', 'react']
const modules = join(folder, 'node_modules')

/** Runs a program. @returns the program's output if the program failed */
async function run(program: string, ...args: string[]): Promise<string | undefined> {
  const { exitCode, stdout, stderr } = await x(program, args, { nodeOptions: { cwd: folder } })
  return exitCode === 0 ? undefined : `${program} ${args.join(' ')}\n${stdout}${stderr}`
}

const noNetwork = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT/

const files = (): string[] =>
  readdirSync(modules, { recursive: true, encoding: 'utf8' }).map(name => join(modules, name))

/** The size of the installed files in MB. Counts whole blocks, as `du` does. */
const megabytes = (): number =>
  files().reduce((sum, path) => sum + lstatSync(path).blocks * 512, 0) / 1_048_576

it('a browser app with React installs at most 140 packages, and 80 MB', {
  timeout: 300_000,
}, async context => {
  const tarballs = packages.map(name => [join(root, 'packages', name), join(folder, `${name}.tgz`)] as const)
  for (const [path, tarball] of tarballs)
    expect(await run('pnpm', '--dir', path, 'pack', '--out', tarball)).toBeUndefined()
  writeFileSync(join(folder, 'package.json'), '{ "private": true }')
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline', '--ignore-scripts']
  const others = ['react@19', 'react-dom@19', 'yjs@13']
  const failure = await run('npm', 'install', ...quiet, ...tarballs.map(([, tarball]) => tarball), ...others)
  if (failure !== undefined && noNetwork.test(failure)) context.skip('npm cannot reach its registry')
  expect(failure).toBeUndefined()
  const installed = files().filter(path => /node_modules\/(@[^/]+\/)?[^/@]+\/package\.json$/.test(path))
  console.log(`${installed.length} packages, ${megabytes().toFixed(0)} MB`)
  expect(installed.length).toBeLessThanOrEqual(140)
  expect(megabytes()).toBeLessThanOrEqual(80)
  for (const name of packages)
    expect(readdirSync(join(modules, '@hearsay', name))).toEqual(
      expect.arrayContaining(['LICENSE-APACHE', 'LICENSE-MIT', 'README.md']),
    )
})
