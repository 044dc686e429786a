/**
 * A ticket is enough: a Node process and the command line join a cluster of eight with nothing but a pasted ticket, and all
 * eight see them alive. The times are printed.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Cluster, createAuthority, type JoinOptions, joinCluster } from '@hearsay/core'
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest'
import { until } from '../helpers/until.ts'

const at = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const program = at('examples/first-cluster/main.ts')
const command = at('packages/cli/bin/hearsay.js')
const hasScript = process.platform === 'linux' && spawnSync('script', ['--version']).status === 0

const members: Cluster[] = []
let ticket: string

const onLoopback = { listen: ['/ip4/127.0.0.1/tcp/0'], mdns: false } satisfies Partial<JoinOptions>
const isAlive = (cluster: Cluster, name: string) =>
  cluster.members.getSnapshot().some(member => member.name === name && member.status === 'alive')
const allSee = (name: string) =>
  Promise.all(members.map(each => until(each.members, () => isAlive(each, name))))

/** Starts the process, and prints how long it takes until it prints something, and until all eight see the member. */
async function expectSeen(name: string, start: () => Readable): Promise<void> {
  const sinceMs = performance.now()
  let printedMs = 0
  start().once('data', () => {
    printedMs = performance.now() - sinceMs
  })
  await allSee(name)
  const tookMs = performance.now() - sinceMs
  console.log(
    `${name}: seen alive by all ${members.length} members after ${Math.round(tookMs)} ms, printed after ${Math.round(printedMs)} ms`,
  )
  // Generous, because the machine may be busy. Alone, it takes less than 3 s.
  expect(tookMs).toBeLessThan(60_000)
}

beforeAll(async () => {
  const { key } = await createAuthority()
  const founder = await joinCluster({ ...onLoopback, cluster: 'eight', authority: key, name: 'founder' })
  members.push(founder)
  const invited = await founder.invite()
  ticket = invited.ticket
  while (members.length < 8)
    members.push(await joinCluster({ ...onLoopback, ticket, name: `member-${members.length}` }))
  await Promise.all(
    members.map(each =>
      until(each.members, all => all.filter(({ status }) => status === 'alive').length === 8),
    ),
  )
})

afterAll(async () => {
  await Promise.all(members.map(each => each.leave()))
})

it('a ticket pasted into a Node process', async () => {
  await expectSeen('node', () => {
    const child = spawn(process.execPath, [program, 'node'], {
      stdio: ['ignore', 'pipe', 'ignore'],
      env: { ...process.env, HEARSAY_TICKET: ticket },
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    return child.stdout
  })
})

it.skipIf(!hasScript)('a ticket pasted into the command line', async () => {
  const control = mkdtempSync(join(tmpdir(), 'hearsay-tickets-'))
  onTestFinished(() => rmSync(control, { recursive: true, force: true }))
  const line = [process.execPath, command, 'join', '--name', 'cli', '--control', control, '--no-mdns'].join(
    ' ',
  )
  const terminal = spawn('script', ['-qec', line, '/dev/null'])
  onTestFinished(() => void terminal.kill('SIGTERM'))
  await new Promise<void>(resolve => {
    let shown = ''
    terminal.stdout.on('data', part => {
      shown += String(part)
      if (shown.includes('Paste a ticket')) resolve()
    })
  })
  await expectSeen('cli', () => {
    terminal.stdin.write(`${ticket}\r`)
    return terminal.stdout
  })
})

it('a ticket in the environment of the command line', async () => {
  await expectSeen('script', () => {
    const child = spawn(
      process.execPath,
      [command, 'join', '--name', 'script', '--no-control', '--no-mdns'],
      {
        stdio: ['ignore', 'pipe', 'ignore'],
        env: { ...process.env, HEARSAY_TICKET: ticket },
      },
    )
    onTestFinished(() => void child.kill('SIGKILL'))
    return child.stdout
  })
})
