/**
 * docs/deploy/Dockerfile: what can be checked without a container engine. Its commands run in a plain folder, with the packed
 * command, and the command line runs as the first process of a namespace, as in a container.
 */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { x } from 'tinyexec'
import { expect, it, onTestFinished } from 'vitest'
import { deployFile } from './deploy-file.ts'

const root = join(import.meta.dirname, '../..')
const noNetwork = /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ENETUNREACH|ETIMEDOUT|ENOTCACHED/

/** The instructions, in order. */
const instructions = deployFile('Dockerfile')
  .split('\n')
  .filter(line => /^[A-Z]/.test(line))
  .map(line => /^(\w+) (.*)$/.exec(line)?.slice(1) as [string, string])

const all = (name: string) => instructions.filter(([each]) => each === name).map(([, text]) => text)

const canUnshare = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0
if (!canUnshare)
  console.warn('LEFT OUT: a member as the first process: it needs the right to make namespaces.')

it('the image has the command, which leaves when the container is stopped', {
  timeout: 300_000,
}, async context => {
  const folder = mkdtempSync(join(tmpdir(), 'hearsay-image-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const tarball = join(folder, 'hearsay-cli.tgz')
  const pack = await x('pnpm', ['--dir', join(root, 'packages/cli'), 'pack', '--out', tarball])
  expect(pack.exitCode).toBe(0)
  const [[, to = ''] = []] = all('COPY').map(text => text.split(' '))

  for (const command of all('RUN')) {
    const here = command
      .replace(to, tarball)
      .replace('--global', `--global --prefix ${folder} --prefer-offline`)
      .replace('--owner=node --group=node ', '')
      .replace('/var/lib/hearsay', join(folder, 'storage'))
      // The cache is that of the user of this machine.
      .replace(' && npm cache clean --force', '')
    const { exitCode, stderr } = await x('sh', ['-c', here])
    if (exitCode !== 0 && noNetwork.test(stderr)) context.skip('npm cannot reach its registry')
    expect({ command, exitCode, stderr: exitCode === 0 ? '' : stderr }).toMatchObject({ exitCode: 0 })
  }
  expect(existsSync(join(folder, 'storage'))).toBe(true)

  const [entry = ''] = all('ENTRYPOINT').map(text => JSON.parse(text)[0] as string)
  const args = all('CMD').flatMap(text => JSON.parse(text) as string[])
  const here = args.map(arg =>
    arg.replace('0.0.0.0/tcp/4001', '127.0.0.1/tcp/0').replace('/var/lib/hearsay', join(folder, 'storage')),
  )
  const program = join(folder, 'bin', entry)
  const asFirst = canUnshare ? ['unshare', '--pid', '--fork', '--mount-proc', '--kill-child'] : []
  const [command = '', ...rest] = [...asFirst, program, ...here]
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [ready] = await once(createInterface({ input: child.stdout }), 'line')
  expect(JSON.parse(ready)).toMatchObject({ event: 'ready' })
  const ended = once(child, 'exit')
  // The engine signals the first process of the container.
  const first = canUnshare
    ? Number(execFileSync('pgrep', ['--parent', `${child.pid}`], { encoding: 'utf8' }))
    : child.pid
  process.kill(Number(first), 'SIGTERM')
  expect(await ended).toEqual([0, null])
})
