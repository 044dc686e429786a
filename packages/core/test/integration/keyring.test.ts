import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../../../test/helpers/until.ts'
import type { Cluster } from '../../src/api/cluster.ts'
import { InvalidOptionsError, NotAllowedError } from '../../src/api/errors.ts'
import type { JoinOptions } from '../../src/libp2p/join-options.ts'
import { join, leaveAll, loopback, untilAllSee } from './members.ts'

const [first, second] = ['the first secret of this cluster', 'the second secret of this cluster'] as const
const options = { cluster: 'atlas', listen: [loopback] } as const

afterEach(leaveAll)

/** This many members that have the first secret and see each other. */
async function clusterOf(count: number): Promise<[Cluster, ...Cluster[]]> {
  const ada = await join({ ...options, secret: first, name: 'member 0' })
  const others: Cluster[] = []
  for (let i = 1; i < count; i++)
    others.push(await join({ ...options, secret: first, name: `member ${i}`, bootstrap: ada.self.addresses }))
  const all: [Cluster, ...Cluster[]] = [ada, ...others]
  await untilAllSee(all, count)
  return all
}

async function primaries(members: readonly Cluster[]): Promise<(string | undefined)[]> {
  return Promise.all(
    members.map(async ({ keyring }) => (await keyring.list()).find(key => key.primary)?.fingerprint),
  )
}

/** Waits until each member has this many keys. */
async function untilKeys(members: readonly Cluster[], count: number): Promise<void> {
  for (const { keyring, health } of members)
    for (let tries = 0; (await keyring.list()).length !== count; tries++) {
      if (tries > 300) throw new Error('the keys did not arrive')
      await new Promise(resolve => setTimeout(resolve, 100))
      health.getSnapshot()
    }
}

async function joinWith(bootstrap: Cluster, own: Partial<JoinOptions>): Promise<Cluster> {
  return await join({ ...options, ...own, bootstrap: bootstrap.self.addresses } as JoinOptions)
}

describe('the keys of a cluster', { timeout: 300_000 }, () => {
  it('are rotated among 8 members under load: no member is suspected, no message is lost, and the old key is worthless', async () => {
    const members = await clusterOf(8)
    const [ada] = members
    const suspects: string[] = []
    for (const { events } of members)
      for (const type of ['suspect', 'fail'] as const)
        events.addEventListener(type, ({ detail }) => suspects.push(`${type} ${detail.name}`))
    const rooms = await Promise.all(members.map(member => member.room<{ n: number }>('lobby')))
    for (const room of rooms) await until(room.presence.others, others => others.length === 7)
    const received = rooms.map(() => new Set<string>())
    for (const [at, room] of rooms.entries())
      room.events.addEventListener('event', ({ detail }) => received[at]?.add(JSON.stringify(detail.value)))
    let sent = 0
    const load = setInterval(() => {
      const room = rooms[sent % rooms.length]
      room?.broadcast({ n: sent })
      room?.presence.set({ n: sent })
      sent += 1
    }, 50)
    try {
      const fingerprint = await ada.keyring.add(second)
      await untilKeys(members, 2)
      await members[3]?.keyring.use(fingerprint)
      for (const member of members)
        for (let tries = 0; (await primaries([member]))[0] !== fingerprint && tries < 300; tries++)
          await new Promise(resolve => setTimeout(resolve, 100))
      expect(new Set(await primaries(members))).toEqual(new Set([fingerprint]))
      const { holders, silent } = await ada.keyring.holders()
      expect([holders[fingerprint]?.length, silent]).toEqual([8, []])
      await members[5]?.keyring.remove(first)
      await untilKeys(members, 1)
      // Longer than a connection may take to prove the new key.
      await new Promise(resolve => setTimeout(resolve, 6_000))
    } finally {
      clearInterval(load)
    }
    const newest = Array.from(rooms, (_, at) => sent - 1 - ((sent - 1 - at) % 8))
    for (const room of rooms)
      await until(room.presence.others, others =>
        others.every(
          ({ id, presence }) => presence.n === newest[members.findIndex(({ self }) => self.id === id)],
        ),
      )
    const ofOthers = rooms.map(
      (_, at) => Array.from({ length: sent }, (_, n) => n).filter(n => n % 8 !== at).length,
    )
    expect(received.map(each => each.size)).toEqual(ofOthers)
    expect(suspects).toEqual([])
    expect(members.map(({ health }) => health.getSnapshot().connections)).toEqual(members.map(() => 7))

    const stranger = await joinWith(ada, { secret: first, name: 'with the old key' })
    await until(stranger.health, ({ admissionError }) => admissionError !== undefined)
    expect(stranger.members.getSnapshot()).toHaveLength(1)
    const newcomer = await joinWith(ada, { secret: second, name: 'with the new key' })
    await untilAllSee([...members, newcomer], 9)
    const room = await newcomer.room('lobby')
    await until(room.presence.others, others => others.length === 8)
  })

  it('admit a member that has the new secret only as a further key, or as the primary one', async () => {
    const [ada] = await clusterOf(2)
    await ada.keyring.add(second)
    const bob = await joinWith(ada, { keyring: { primary: second }, name: 'bob' })
    const eve = await joinWith(ada, {
      keyring: { primary: 'a secret that nobody has', accepted: [first] },
      name: 'eve',
    })
    await untilAllSee([ada, bob, eve], 4)
  })

  it('are not removed while a member does not show the primary one', async () => {
    const [ada] = await clusterOf(2)
    const fingerprint = await ada.keyring.add(second)
    await expect(ada.keyring.remove(first)).rejects.toThrow(InvalidOptionsError)
    await expect(ada.keyring.use('0123456789abcdef')).rejects.toThrow('no such key')
    expect(await ada.keyring.add(second)).toBe(fingerprint)
  })

  it('tell a member that was away during a whole rotation that its secret was replaced', async () => {
    const [ada] = await clusterOf(2)
    await ada.keyring.use(await ada.keyring.add(second))
    await ada.keyring.remove(first, { force: true })
    const late = await joinWith(ada, { secret: first, name: 'late' })
    const problem = expect.objectContaining({
      name: 'not-admitted',
      text: expect.stringMatching(/secret, which was replaced .* Give this member the present secret/),
    })
    await until(late.health, ({ problems }) => problems.some(({ text }) => text.includes('was replaced')))
    expect(late.health.getSnapshot().problems).toContainEqual(problem)
    expect((await late.explain(ada.self.id)).hint).toMatch(/present secret/)
    const wrong = await joinWith(ada, { secret: 'a secret that nobody ever had', name: 'wrong' })
    await until(wrong.health, ({ admissionError }) => admissionError !== undefined)
    expect(wrong.health.getSnapshot().admissionError).toMatch('Give both ends the same secret')
  })

  it('cannot be changed in a cluster without a secret', async () => {
    const open = await join({ ...options, name: 'ada' })
    await expect(open.keyring.list()).rejects.toThrow(NotAllowedError)
  })
})
