import { changedKeyring, keyringKey, secretKey } from '@hearsay/core/host'
import { describe, expect, it } from 'vitest'
import { createSimulation, type SimulatedMember, type Simulation } from '../../src/index.ts'

const [first, second] = ['the first secret of the cluster', 'the second secret of the cluster'] as const
const keyOf = (secret: string) => keyringKey(secretKey('simulated', secret), 0)
const [oldKey, newKey] = [keyOf(first), keyOf(second)]

type Change = Parameters<typeof changedKeyring>[1]

/** A member changes the keys. */
function change(member: SimulatedMember, change: Change): void {
  const { keyring, clock } = member.engine.host
  if (!keyring) throw new Error('no keyring')
  const next = changedKeyring(keyring.state, change, clock.now().epochMs)
  if (typeof next === 'string') throw new Error(next)
  void keyring.publish(next)
}

/** Waits until all running members have these keys, the primary one first. */
async function untilKeys(simulation: Simulation, ...keys: { fingerprint: string }[]): Promise<number> {
  const wanted = keys.map(({ fingerprint }) => fingerprint).join()
  const isThere = ({ keys }: SimulatedMember) => keys.map(({ fingerprint }) => fingerprint).join() === wanted
  return simulation.runUntil(() => simulation.running.every(isThere), { withinMs: 10_000 })
}

describe('a rotation of the secret', () => {
  it.each([
    { of: 'a cluster', members: 32, broadcasts: 600, changers: ['m3', 'm7', 'm11'] },
    {
      of: 'a cluster with an authority',
      members: 16,
      broadcasts: 300,
      changers: ['m3', 'm3', 'm3'],
      keyAuthority: 'm3',
    },
  ])(
    'of $of loses no message among $members members under churn and presence load, suspects nobody, and shuts out the old key',
    async ({ members, broadcasts, changers: [adder, user, remover], keyAuthority }) => {
      const received = new Map<string, Set<number>>()
      const rooms = new Map<string, { set(n: number): void }>()
      const simulation = createSimulation({
        seed: 34,
        members,
        secret: () => first,
        ...(keyAuthority && { keyAuthority }),
        app(cluster, name) {
          const ofMember = new Set<number>()
          received.set(name, ofMember)
          void cluster.room<{ n: number }>('lobby').then(room => {
            room.events.addEventListener('event', ({ detail }) => ofMember.add(Number(detail.value)))
            rooms.set(name, {
              set(n) {
                room.presence.set({ n })
                room.broadcast(n)
              },
            })
          })
          return () => rooms.delete(name)
        },
      })
      await simulation.runUntil(() => simulation.isConverged() && rooms.size === members, {
        withinMs: 60_000,
      })
      await simulation.run(10_000)
      const stable = simulation.members.slice(0, (members * 3) / 4)
      let sent = 0
      const load = () => {
        const member = stable[sent % stable.length]
        if (member) rooms.get(member.name)?.set(sent)
        sent += 1
        if (sent < broadcasts) simulation.after(50, load)
      }
      load()
      // Churn: in each second one of the other members leaves, and comes back.
      for (let round = 0; stable.length + round < members; round++) {
        const member = simulation.members[stable.length + round]
        simulation.after(2_000 * round, () => void member?.cluster.leave())
        simulation.after(2_000 * round + 3_000, () => simulation.restart(member?.name ?? ''))
      }
      await simulation.run(2_000)
      const times = []
      if (keyAuthority) {
        // Nobody merges the change of another member, not even this member itself.
        change(simulation.member('m5'), { type: 'add', key: newKey })
        await simulation.run(2_000)
        expect(new Set(simulation.running.map(({ keys }) => keys.length))).toEqual(new Set([1]))
      }
      change(simulation.member(`${adder}`), { type: 'add', key: newKey })
      times.push(await untilKeys(simulation, oldKey, newKey))
      await simulation.run(6_000)
      change(simulation.member(`${user}`), { type: 'use', fingerprint: newKey.fingerprint })
      times.push(await untilKeys(simulation, newKey, oldKey))
      await simulation.run(6_000)
      change(simulation.member(`${remover}`), { type: 'remove', fingerprint: oldKey.fingerprint })
      times.push(await untilKeys(simulation, newKey))
      await simulation.run(40_000)
      expect(simulation.events.filter(({ type }) => type === 'suspect' || type === 'fail')).toEqual([])
      expect(simulation.falseDeaths).toBe(0)
      for (const [at, { name }] of stable.entries())
        expect([name, received.get(name)?.size]).toEqual([
          name,
          Array.from({ length: sent }, (_, n) => n).filter(n => n % stable.length !== at).length,
        ])
      for (const time of times) expect(time).toBeLessThan(6_000)
      expect(simulation.isConverged()).toBe(true)

      const stranger = simulation.add()
      await simulation.run(60_000)
      expect(stranger.cluster.members.getSnapshot()).toHaveLength(1)
      expect(stable[0]?.cluster.members.getSnapshot().some(({ id }) => id === stranger.id)).toBe(false)
    },
  )
})
