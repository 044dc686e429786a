import { describe, expect, it } from 'vitest'
import { createSimulatedCluster, namesFrom, runTwice, type SimulatedCluster } from './simulated-cluster.ts'

function settled(seed: number, members: number): SimulatedCluster {
  const cluster = createSimulatedCluster({ seed, members })
  cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
  cluster.run(30_000)
  return cluster
}

/** All that is not a join. */
function troubles(cluster: SimulatedCluster, sinceMs = 0): string[] {
  return cluster.events
    .filter(({ type, atMs }) => type !== 'join' && atMs >= sinceMs)
    .map(({ by, type, member }) => `${by}: ${type} ${member}`)
}

/** Whose signed suspicions anybody holds. */
function observers(cluster: SimulatedCluster): string[] {
  const authors = cluster.running.flatMap(({ machine }) =>
    [...machine.table.entries()].flatMap(
      ({ suspicions }) => suspicions?.claims.map(({ author }) => author) ?? [],
    ),
  )
  return [...new Set(authors)].map(id => cluster.nameOf(id)).sort()
}

describe('members that are slow, asleep or badly connected', () => {
  it('scenario 7: with one link cut, others vouch for both ends and no suspicion leaves the room', () => {
    const cluster = runTwice(() => {
      const cluster = settled(71, 12)
      cluster.cut(['m1'], ['m2'])
      cluster.run(120_000)
      return cluster
    })
    expect(troubles(cluster)).toEqual([])
    expect(observers(cluster)).toEqual([])
  })

  it('scenario 9: a member that answers every probe late is never counted dead', () => {
    const cluster = runTwice(() => {
      const cluster = settled(91, 12)
      const hiccup = (): void => {
        cluster.stall('m3', 800)
        cluster.later(1_000, hiccup)
      }
      hiccup()
      cluster.run(120_000)
      return cluster
    })
    expect(cluster.events.filter(({ type }) => type === 'fail')).toEqual([])
  })

  it('scenario 10: a member that stalled for 10 s accuses no one on waking, and is alive everywhere', () => {
    let stalledMs = 0
    const cluster = runTwice(() => {
      const cluster = settled(101, 32)
      stalledMs = cluster.nowMs
      cluster.stall('m5', 10_000)
      cluster.run(10_000)
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 2_000 })
      cluster.run(30_000)
      return cluster
    })
    expect(cluster.isConverged()).toBe(true)
    expect(troubles(cluster, stalledMs).filter(trouble => trouble.startsWith('m5'))).toEqual([])
    expect(observers(cluster)).not.toContain('m5')
    expect(cluster.member('m5').machine.health().stalls).toBeGreaterThan(0)
  })

  it('scenario 10: after an hour of sleep a member is back within two intervals, and accuses no one', () => {
    let wokeMs = 0
    let before = 0
    const cluster = runTwice(() => {
      const cluster = settled(102, 16)
      const m5 = cluster.member('m5')
      before = m5.storedIncarnation ?? 0
      cluster.sleep('m5', 3_600_000)
      cluster.run(3_599_000)
      expect(cluster.statusesOf('m5').at(-1), cluster.replay()).toBe('dead')
      cluster.run(1_000)
      wokeMs = cluster.nowMs
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 2_000 })
      cluster.run(30_000)
      return cluster
    })
    expect(cluster.isConverged()).toBe(true)
    expect(cluster.member('m5').storedIncarnation).toBeGreaterThan(before)
    expect(troubles(cluster, wokeMs).filter(trouble => /m5: (suspect|fail)/.test(trouble))).toEqual([])
    expect(observers(cluster)).not.toContain('m5')
  })

  it.each([{ othersNotice: true }, { othersNotice: false }])(
    'scenario 10b: a member that changes its network accuses no one, and its new address is known soon: %o',
    how => {
      let changedMs = 0
      const cluster = runTwice(() => {
        const cluster = settled(103, 16)
        const m5 = cluster.member('m5')
        changedMs = cluster.nowMs
        cluster.changeNetwork('m5', 3_000, how)
        cluster.run(3_000)
        const knowAddress = () =>
          cluster.running.every(({ machine }) => machine.member(m5.id)?.addresses[0] === m5.address)
        cluster.runUntil(() => knowAddress() && cluster.isConverged(), { withinMs: 3_000 })
        cluster.run(30_000)
        return cluster
      })
      expect(cluster.isConverged()).toBe(true)
      const since = troubles(cluster, changedMs)
      expect(since.filter(trouble => /m5: (suspect|fail)|fail m5/.test(trouble))).toEqual([])
      expect(observers(cluster)).not.toContain('m5')
    },
  )

  it('scenario 13: when only one of two hears the other, both stay and nothing oscillates', () => {
    const cluster = runTwice(() => {
      const cluster = settled(131, 16)
      for (const name of namesFrom(1, 16)) if (name !== 'm1') cluster.cut(['m1'], ['m2'], { oneWay: true })
      cluster.run(300_000)
      return cluster
    })
    expect(cluster.isConverged()).toBe(true)
    expect(troubles(cluster)).toEqual([])
  })

  it('scenario 24: when half of 64 die at once, the rest soon agree on 32 and news goes on spreading', () => {
    const roundsMs = 10_000
    const suspicionMs = 4 * Math.log10(64) * 1_000
    runTwice(() => {
      const cluster = settled(241, 64)
      cluster.crash(...namesFrom(0, 64).filter((_, i) => i % 2 === 0))
      cluster.runUntil(() => cluster.isConverged(), { withinMs: suspicionMs + roundsMs })
      const m1 = cluster.member('m1')
      m1.driver.handle({ type: 'change', change: { tags: { news: 'good' } } })
      const knowIt = () =>
        cluster.running.every(({ machine }) => machine.member(m1.id)?.tags['news'] === 'good')
      cluster.runUntil(knowIt, { withinMs: 10_000 })
      return cluster
    })
  })
})
