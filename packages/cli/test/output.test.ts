/** Output: a command whose stdout has no reader, or cannot be written. */
import { execFileSync, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, existsSync, openSync } from 'node:fs'
import { connectControl, listControl } from '@hearsay/port/node'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { whileRead } from '../src/terminal/output.ts'
import { bin, newCluster } from './hearsay-process.ts'
import { temporaryFolder } from './temporary-folder.ts'

const usual = ['--no-mdns', '--listen', '/ip4/127.0.0.1/tcp/0']
/**
 * Whether `tail` is GNU tail, whose --version contains "GNU". Other versions do not notice that the reader
 * has closed.
 */
const hasGnuTail = (() => {
  try {
    return execFileSync('tail', ['--version']).toString().includes('GNU')
  } catch {
    return false
  }
})()

/** Runs a command with a stdout that rejects every write. */
function withFullDisk(...args: readonly string[]) {
  const full = openSync('/dev/full', 'w')
  const { status, stderr } = spawnSync(process.execPath, [bin, ...args], { stdio: ['ignore', full, 'pipe'] })
  closeSync(full)
  return { status, stderr: String(stderr) }
}

/** Runs a command in a pipe whose reader reads one line; stderr contains the exit code. */
function withHead(...args: readonly string[]) {
  const { stdout, stderr } = spawnSync('sh', [
    '-c',
    '{ "$@"; echo "ended with $?" >&2; } | head -1',
    'sh',
    process.execPath,
    bin,
    ...args,
  ])
  return { stdout: String(stdout), stderr: String(stderr) }
}

describe.runIf(existsSync('/dev/full'))(
  'output that cannot be written ends with exit code 1 and one line',
  () => {
    it.each([
      ['the help', ['--help']],
      ['the version', ['--version']],
      ['the help of a command', ['help', 'config', 'get']],
      ['a completion', ['completion', 'bash']],
      ['completed words', ['complete', '--', 're']],
      ['a member', ['join', newCluster(), ...usual]],
      ['a member in JSON', ['join', newCluster(), ...usual, '--json']],
      ['a room', ['presence', newCluster(), 'room', ...usual]],
      ['a watch', ['config', 'watch', newCluster(), 'flags', ...usual]],
    ])('of %s', (_, args) => {
      const { status, stderr } = withFullDisk(...args)
      expect(status).toBe(1)
      expect(stderr).toMatch(/^hearsay: the output cannot be written: ENOSPC.*\n$/)
    })

    it('of a value', () => {
      const stored = ['--storage', temporaryFolder(), '--wait', '0', ...usual]
      const cluster = newCluster()
      spawnSync(process.execPath, [bin, 'config', 'set', cluster, 'flags', 'color', 'red', ...stored])
      for (const asked of [
        ['list', cluster, 'flags'],
        ['get', cluster, 'flags', 'color'],
      ]) {
        const { status, stderr } = withFullDisk('config', ...asked, ...stored)
        expect(status).toBe(1)
        expect(stderr).toMatch(/^hearsay: the output cannot be written: ENOSPC/m)
      }
    })
  },
)

describe.runIf(hasGnuTail)(
  'a reader that goes away ends it quietly, also while there is nothing to write',
  () => {
    it.each([
      ['join', newCluster()],
      ['presence', newCluster(), 'room'],
      ['config', 'watch', newCluster(), 'flags'],
    ])('%s', (...args) => {
      const { stdout, stderr } = withHead(...args, ...usual, '--json')
      expect(JSON.parse(stdout)).toMatchObject({ event: 'ready' })
      expect(stderr).toContain('ended with 0\n')
    })
  },
)

describe('a reader that stops reading', () => {
  it('misses lines, and learns how many', () => {
    const stream = { writableLength: 0 }
    const lines: string[] = []
    const print = whileRead(stream, dropped => lines.push(`${dropped} dropped`))
    print(() => lines.push('a'))
    stream.writableLength = 1_048_577
    for (const line of ['b', 'c']) print(() => lines.push(line))
    stream.writableLength = 0
    for (const line of ['d', 'e']) print(() => lines.push(line))
    expect(lines).toEqual(['a', '2 dropped', 'd', 'e'])
  })

  it.skipIf(process.platform === 'win32')('stops neither a monitor nor its end', async () => {
    const [cluster, folder] = [newCluster(), temporaryFolder()]
    const joined = [bin, 'join', cluster, ...usual, '--json', '--control', folder]
    const member = spawn(process.execPath, joined, { stdio: 'ignore' })
    onTestFinished(() => void member.kill('SIGKILL'))
    const view = await vi.waitFor(() => connectControl({ cluster, folder }), {
      timeout: 50_000,
      interval: 100,
    })
    // Nobody reads the pipe, which takes some 200 KiB.
    const monitor = spawn(process.execPath, [bin, 'monitor', '--json', '--control', folder])
    onTestFinished(() => void monitor.kill('SIGKILL'))
    let printed = ''
    monitor.stdout.once('data', () => monitor.stdout.pause())
    monitor.stderr.on('data', text => {
      printed += text
    })
    await vi.waitUntil(() => monitor.stdout.isPaused(), { timeout: 50_000 })
    for (let i = 0; i < 150; i++) await view.broadcast('large', 'x'.repeat(16_000))
    monitor.stdout.resume()
    await vi.waitUntil(
      async () => {
        await view.broadcast('small', 'x')
        return /lines were not printed, because the reader of the output was too slow/.test(printed)
      },
      { timeout: 20_000 },
    )
    const ended = once(monitor, 'exit')
    monitor.kill('SIGINT')
    expect(await ended).toEqual([0, null])
  })

  it.skipIf(process.platform === 'win32')('does not stop a member, and not its end', async () => {
    const [cluster, folder] = [newCluster(), temporaryFolder()]
    const joined = [process.execPath, bin, 'join', cluster, ...usual, '--json', '--control', folder]
    const child = spawn('sh', ['-c', '"$@" | sleep 600', 'sh', ...joined], {
      detached: true,
      stdio: 'ignore',
    })
    onTestFinished(() => void process.kill(-(child.pid ?? 0), 'SIGKILL'))
    const view = await vi.waitFor(() => connectControl({ cluster, folder, mayLeave: true }), {
      timeout: 50_000,
      interval: 100,
    })
    // A pipe takes 64 KiB.
    for (let i = 0; i < 10; i++) await view.broadcast('large', 'x'.repeat(16_000))
    expect(await view.explain(view.self.id)).toMatchObject({ status: 'alive' })
    await view.leave()
    await vi.waitUntil(async () => (await listControl({ folder })).length === 0, { timeout: 10_000 })
  })
})
