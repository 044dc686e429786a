import { describe, expect, it } from 'vitest'
import { encodeRumors, encodeSync, syncMessage } from '../src/wire/codec.ts'
import type { SignedFact } from '../src/wire/fact.ts'
import { forgedFact, recordBody, signedFact, suspicionBody } from './signed-fact.ts'
import { createSimulatedCluster, namesFrom, runTwice, type SimulatedCluster } from './simulated-cluster.ts'
import type { SimulatedMember } from './simulated-member.ts'

/** A cluster that stands. */
function settled(seed: number, members: number): SimulatedCluster {
  const cluster = createSimulatedCluster({ seed, members })
  cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
  cluster.run(30_000)
  return cluster
}

function incarnationOf({ machine, id }: SimulatedMember): number {
  return machine.member(id)?.incarnation ?? Number.NaN
}

/** One member hears facts as a rumor from another, and passes on what it accepts only by anti-entropy. */
function tell(to: SimulatedMember, from: SimulatedMember, ...facts: SignedFact[]): unknown {
  return to.driver.rumor(from.id, encodeRumors(facts))
}

describe('suspicion and refutation', () => {
  it('scenario 2: a member that hears itself suspected lives on everywhere, under a greater incarnation', () => {
    let before = 0
    const cluster = runTwice(() => {
      const cluster = settled(2, 12)
      const [m1, m3] = [cluster.member('m1'), cluster.member('m3')]
      before = incarnationOf(m3)
      for (const member of cluster.members) tell(member, m1, signedFact(m1.id, suspicionBody(m3.id, before)))
      cluster.run(10_000)
      return cluster
    })
    expect(incarnationOf(cluster.member('m3'))).toBeGreaterThan(before)
    expect(cluster.isConverged()).toBe(true)
    expect(cluster.events.filter(({ type }) => type === 'fail')).toEqual([])
  })

  it('scenario 2: a member that everybody holds dead is back everywhere when it can be heard', () => {
    let before = 0
    const cluster = runTwice(() => {
      const cluster = settled(3, 12)
      before = incarnationOf(cluster.member('m3'))
      cluster.cut(['m3'], ['m0', 'm1', 'm2', ...namesFrom(4, 12)])
      cluster.runUntil(() => cluster.statusesOf('m3').join() === 'dead', { withinMs: 60_000 })
      cluster.heal()
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
      return cluster
    })
    expect(incarnationOf(cluster.member('m3'))).toBeGreaterThan(before)
  })

  it('scenario 2: a member whose id already lives with a greater incarnation goes above it', () => {
    let earlier = 0
    const cluster = runTwice(() => {
      const cluster = settled(4, 12)
      const m3 = cluster.member('m3')
      earlier = incarnationOf(m3) + 10_000
      tell(
        cluster.member('m1'),
        cluster.member('m2'),
        signedFact(m3.id, recordBody({ incarnation: earlier })),
      )
      cluster.run(10_000)
      return cluster
    })
    expect(incarnationOf(cluster.member('m3'))).toBeGreaterThan(earlier)
    expect(cluster.isConverged()).toBe(true)
  })

  it('scenario 3: no record of the incarnation that died revives a member, whoever tells; the next one does', () => {
    const cluster = runTwice(() => {
      const cluster = settled(5, 12)
      const m3 = cluster.member('m3')
      const incarnation = incarnationOf(m3)
      cluster.crash('m3')
      cluster.runUntil(() => cluster.statusesOf('m3').join() === 'dead', { withinMs: 30_000 })
      const again = signedFact(m3.id, recordBody({ incarnation, version: 1_000 }))
      for (const member of cluster.running) tell(member, cluster.member('m1'), again)
      cluster.run(10_000)
      expect(cluster.statusesOf('m3'), cluster.replay()).toEqual(['dead'])
      tell(
        cluster.member('m1'),
        cluster.member('m2'),
        signedFact(m3.id, recordBody({ incarnation: incarnation + 1 })),
      )
      cluster.run(100)
      expect(cluster.member('m1').machine.member(m3.id)?.status, cluster.replay()).toBe('alive')
      return cluster
    })
    expect(cluster.events.filter(({ by, type }) => by === 'm1' && type === 'join').length).toBe(12)
  })

  it('scenario 4: a foreign conclusion becomes a suspicion, which the suspect takes back through its only friend', () => {
    const cluster = runTwice(() => {
      const cluster = settled(6, 8)
      const others = ['m0', 'm1', 'm2', 'm4', 'm6', 'm7']
      cluster.cut(['m3', 'm5'], others)
      const areDead = () =>
        cluster.sees(
          cluster.member('m0'),
          others.map(name => cluster.member(name)),
        )
      cluster.runUntil(areDead, { withinMs: 60_000 })
      cluster.heal()
      cluster.cut(['m3'], others)
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 60_000 })
      return cluster
    })
    const seenByM5 = cluster.events.filter(({ by, member }) => by === 'm5' && member === 'm3')
    expect(seenByM5.map(({ type }) => type)).not.toContain('fail')
  })

  it('scenario 4: whoever joins later suspects the dead before it counts them dead', () => {
    const statuses: string[] = []
    runTwice(() => {
      const cluster = settled(7, 12)
      const { id } = cluster.member('m3')
      cluster.crash('m3')
      cluster.runUntil(() => cluster.statusesOf('m3').join() === 'dead', { withinMs: 30_000 })
      cluster.run(10_000)
      const late = cluster.add()
      statuses.length = 0
      cluster.runUntil(
        () => {
          const status = late.machine.member(id)?.status
          if (status && statuses.at(-1) !== status) statuses.push(status)
          return status === 'dead'
        },
        { withinMs: 60_000 },
      )
      expect(
        late.events.filter(event => event.id === id),
        cluster.replay(),
      ).toEqual([])
      return cluster
    })
    expect(statuses).toEqual(['suspect', 'dead'])
  })

  it('scenario 5: a suspect learns of it with its next probe, before any rumor', () => {
    runTwice(() => {
      const cluster = settled(8, 8)
      cluster.network.rumorLoss = 1
      const [m1, m2, m3] = [cluster.member('m1'), cluster.member('m2'), cluster.member('m3')]
      const before = incarnationOf(m3)
      tell(m1, m2, signedFact(m2.id, suspicionBody(m3.id, before)))
      expect(m1.machine.member(m3.id)?.status, cluster.replay()).toBe('suspect')
      cluster.runUntil(() => incarnationOf(m3) > before, { withinMs: 20 })
      expect(m3.machine.table.get(m3.id)?.suspicions, cluster.replay()).toBeUndefined()
      return cluster
    })
  })

  it('scenario 6: one member that suspects everybody each second kills nobody, at a bounded cost', () => {
    const cluster = runTwice(() => {
      const cluster = settled(9, 16)
      const liar = cluster.member('m5')
      const lie = (): void => {
        const others = liar.members().filter(({ id }) => id !== liar.id)
        const claims = others.map(({ id, incarnation }) =>
          signedFact(liar.id, suspicionBody(id, incarnation, true)),
        )
        cluster.network.transportOf(liar).publish(encodeRumors(claims))
        cluster.later(1_000, lie)
      }
      lie()
      const before = cluster.sent()
      cluster.run(60_000)
      const { rumor, sync, probe } = cluster.sent()
      const bytesASecond = (rumor + sync + probe - before.rumor - before.sync - before.probe) / 60 / 16
      expect(bytesASecond, cluster.replay()).toBeLessThan(100_000)
      return cluster
    })
    expect(cluster.events.filter(({ type }) => type === 'fail')).toEqual([])
    expect(cluster.events.filter(({ type, by }) => type === 'suspect' && by === 'm0').length).toBeLessThan(
      61 * 15,
    )
  })

  it('a suspicion that its observer did not sign changes nothing and is held against whoever brought it', () => {
    runTwice(() => {
      const cluster = settled(10, 8)
      const [m1, m2, m3] = [cluster.member('m1'), cluster.member('m2'), cluster.member('m3')]
      const before = incarnationOf(m3)
      expect(tell(m1, m2, forgedFact(m2.id, suspicionBody(m3.id, before)))).toBe('reject')
      m1.driver.frame(
        m2.id,
        'sync',
        encodeSync(syncMessage({ facts: [forgedFact(m2.id, suspicionBody(m3.id, before))] })),
      )
      cluster.run(10_000)
      expect(incarnationOf(m3)).toBe(before)
      expect(m1.driver.offences()).toEqual({ undecodable: 0, 'bad-signature': 2 })
      return cluster
    })
  })
})
