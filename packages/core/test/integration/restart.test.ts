import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, expect, it } from 'vitest'
import { execArgv } from '../../../../test/helpers/exec-argv.ts'
import { until } from '../../../../test/helpers/until.ts'
import type { Cluster } from '../../src/api/cluster.ts'
import type { JoinOptions } from '../../src/libp2p/join-options.ts'
import type { Member } from '../../src/member/member.ts'
import { join, joinMany, leaveAll, listenTo, loopback, next, untilAllSee } from './members.ts'

const script = fileURLToPath(new URL('./member-process.ts', import.meta.url))

let folder: string | undefined
let child: ChildProcess | undefined

/** Starts a member in a separate process. Resolves when it has joined. */
async function start(options: JoinOptions): Promise<Member> {
  child = fork(script, [JSON.stringify({ listen: [loopback], mdns: false, ...options })], { execArgv })
  const [self] = await once(child, 'message')
  return self
}

async function kill(): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

afterEach(async () => {
  await kill()
  await leaveAll()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

it('a killed member is dead; started from its storage it has the same id and a new incarnation', {
  timeout: 60_000,
}, async () => {
  folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-restart-'))
  const members = await joinMany('restart', 4)
  const [first] = members
  const options = { cluster: 'restart', name: 'mortal', storage: folder, bootstrap: first.self.addresses }
  const before = await start(options)
  await untilAllSee(members, 5)

  const received = members.map(listenTo)
  await kill()
  await Promise.all(
    members.map(({ members: store }) =>
      until(store, all => all.some(({ id, status }) => id === before.id && status === 'dead')),
    ),
  )
  // On a slow computer the suspicion lasts long enough to be shown first.
  for (const events of received)
    expect(
      events.filter(({ type }) => type !== 'suspect').map(({ type, name }) => `${type} ${name}`),
    ).toEqual(['fail mortal'])

  const joined = Promise.all(members.map(member => next(member, 'join')))
  const after = await start(options)
  expect(after.id).toBe(before.id)
  expect(after.incarnation).toBeGreaterThan(before.incarnation)
  for (const member of await joined) expect(member).toMatchObject({ id: before.id, status: 'alive' })
})

it('a member that leaves to come back is asleep until then, and neither left nor dead', async () => {
  folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-restart-'))
  const members = await joinMany('return', 3)
  const options = {
    cluster: 'return',
    name: 'returning',
    storage: folder,
    bootstrap: members[0].self.addresses,
  }
  const before = await join(options)
  await untilAllSee(members, 4)
  const received = members.map(listenTo)
  expect(() => before.leave({ returnsWithinMs: 0 })).toThrow(/returnsWithinMs/)
  await before.leave({ returnsWithinMs: 30_000 })
  const shown = ({ members: store }: Cluster) => store.getSnapshot().find(({ id }) => id === before.self.id)
  for (const member of members) await until(member.members, () => shown(member)?.attention.state === 'asleep')
  // Longer than it takes to find that a member has crashed.
  await new Promise(resolve => setTimeout(resolve, 2_000))
  const after = await join(options)
  expect(after.self.id).toBe(before.self.id)
  for (const member of members) await until(member.members, () => shown(member)?.attention.state === 'active')
  for (const events of received) expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['update']))
})
