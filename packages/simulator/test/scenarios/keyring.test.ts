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
  it('among 32 members under churn and presence load loses no message, suspects nobody, and shuts out the old key', async () => {
    const received = new Map<string, Set<number>>()
    const rooms = new Map<string, { set(n: number): void }>()
    const simulation = createSimulation({
      seed: 34,
      members: 32,
      secret: () => first,
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
    await simulation.runUntil(() => simulation.isConverged() && rooms.size === 32, { withinMs: 60_000 })
    await simulation.run(10_000)
    const stable = simulation.members.slice(0, 24)
    let sent = 0
    const load = () => {
      const member = stable[sent % stable.length]
      if (member) rooms.get(member.name)?.set(sent)
      sent += 1
      if (sent < 600) simulation.after(50, load)
    }
    load()
    // Churn: in each second one of the last eight members leaves, and comes back.
    for (let round = 0; round < 8; round++) {
      const member = simulation.members[24 + round]
      simulation.after(2_000 * round, () => void member?.cluster.leave())
      simulation.after(2_000 * round + 3_000, () => simulation.restart(member?.name ?? ''))
    }
    await simulation.run(2_000)
    const times = []
    change(stable[3] as SimulatedMember, { type: 'add', key: newKey })
    times.push(await untilKeys(simulation, oldKey, newKey))
    await simulation.run(6_000)
    change(stable[7] as SimulatedMember, { type: 'use', fingerprint: newKey.fingerprint })
    times.push(await untilKeys(simulation, newKey, oldKey))
    await simulation.run(6_000)
    change(stable[11] as SimulatedMember, { type: 'remove', fingerprint: oldKey.fingerprint })
    times.push(await untilKeys(simulation, newKey))
    await simulation.run(40_000)
    expect(simulation.events.filter(({ type }) => type === 'suspect' || type === 'fail')).toEqual([])
    expect(simulation.falseDeaths).toBe(0)
    for (const [at, { name }] of stable.entries())
      expect([name, received.get(name)?.size]).toEqual([
        name,
        Array.from({ length: sent }, (_, n) => n).filter(n => n % 24 !== at).length,
      ])
    for (const time of times) expect(time).toBeLessThan(6_000)
    expect(simulation.isConverged()).toBe(true)

    const stranger = simulation.add()
    await simulation.run(60_000)
    expect(stranger.cluster.members.getSnapshot()).toHaveLength(1)
    expect(stable[0]?.cluster.members.getSnapshot().some(({ id }) => id === stranger.id)).toBe(false)
  })
})
