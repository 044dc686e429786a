/**
 * Packed: checks that the packages work as npm would publish them.
 *
 * Each public package is packed as for publishing; publint and attw check the tarball, not the folder.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { x } from 'tinyexec'

const tarballs = mkdtempSync(join(tmpdir(), 'hearsay-packed-'))

async function run(program: string, ...args: string[]): Promise<void> {
  const { exitCode, stdout, stderr } = await x(program, args)
  if (exitCode === 0) return
  console.log(`${program} ${args.join(' ')}\n${stdout}${stderr}`)
  process.exitCode = 1
}

try {
  for (const folder of readdirSync('packages')) {
    const manifest = JSON.parse(readFileSync(join('packages', folder, 'package.json'), 'utf8'))
    if (manifest.private) continue
    const tarball = join(tarballs, `${folder}.tgz`)
    console.log(manifest.name)
    await run('pnpm', '--filter', manifest.name, 'pack', '--out', tarball)
    await run('publint', 'run', tarball, '--strict')
    // A package with only a bin has no types to check.
    if (manifest.exports) await run('attw', tarball, '--profile', 'esm-only')
  }
} finally {
  rmSync(tarballs, { recursive: true, force: true })
}
