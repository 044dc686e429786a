import { describe, expect, it } from 'vitest'
import { encodeRumors } from '../src/wire/codec.ts'
import { idOf, recordBody, signedFact } from './signed-fact.ts'
import { createSimulatedCluster, namesFrom, runTwice, type SimulatedCluster } from './simulated-cluster.ts'

const dayMs = 86_400_000

function settled(seed: number, members: number, retentionMs = dayMs): SimulatedCluster {
  const cluster = createSimulatedCluster({ seed, members, machine: { retentionMs } })
  cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
  cluster.run(30_000)
  return cluster
}

function typesAbout(cluster: SimulatedCluster, name: string, sinceMs: number): string[] {
  const events = cluster.events.filter(({ member, atMs }) => member === name && atMs >= sinceMs)
  return [...new Set(events.map(({ type }) => type))].sort()
}

function bytesOver(cluster: SimulatedCluster, ms: number): number {
  const total = () => Object.values(cluster.sent()).reduce((sum, bytes) => sum + bytes, 0)
  const before = total()
  cluster.run(ms)
  return total() - before
}

describe('joining, leaving, returning', () => {
  it('scenario 14: 100 members that join one at the same instant all see all within 2·log₂ n rounds', () => {
    const roundsMs = 2 * Math.log2(100) * 1_000
    runTwice(() => {
      const cluster = createSimulatedCluster({ seed: 14, members: 100 })
      cluster.runUntil(() => cluster.isConverged(), { withinMs: roundsMs })
      return cluster
    })
  })

  it('scenario 14: the same holds when no rumor arrives', () => {
    const roundsMs = 2 * Math.log2(100) * 1_000
    runTwice(() => {
      const cluster = createSimulatedCluster({ seed: 15, members: 100 })
      cluster.network.rumorLoss = 1
      cluster.runUntil(() => cluster.isConverged(), { withinMs: roundsMs })
      return cluster
    })
  })

  it('scenario 15: who says goodbye has left everywhere, and nobody suspected anything', () => {
    let sinceMs = 0
    const cluster = runTwice(() => {
      const cluster = settled(151, 32)
      sinceMs = cluster.nowMs
      cluster.leave('m3')
      cluster.runUntil(() => cluster.statusesOf('m3').join() === 'left', { withinMs: 2_000 })
      cluster.run(60_000)
      return cluster
    })
    expect(cluster.statusesOf('m3')).toEqual(['left'])
    expect(cluster.member('m3').isRunning).toBe(false)
    expect(typesAbout(cluster, 'm3', sinceMs)).toEqual(['leave'])
    expect(cluster.events.filter(({ atMs, member }) => atMs >= sinceMs && member !== 'm3')).toEqual([])
  })

  it('scenario 15: two goodbyes at once do not echo', () => {
    runTwice(() => {
      const cluster = settled(152, 12)
      const quiet = bytesOver(cluster, 60_000)
      cluster.leave('m3')
      cluster.leave('m4')
      cluster.run(30_000)
      expect([...cluster.statusesOf('m3'), ...cluster.statusesOf('m4')], cluster.replay()).toEqual([
        'left',
        'left',
      ])
      expect(bytesOver(cluster, 60_000), cluster.replay()).toBeLessThanOrEqual(quiet)
      return cluster
    })
  })

  it('scenario 15: a goodbye that overtakes the join still ends as left, and nobody hears of either', () => {
    runTwice(() => {
      const cluster = settled(153, 8)
      const stranger = idOf('a stranger')
      const incarnation = cluster.member('m1').now().epochMs
      const goodbye = signedFact(stranger, recordBody({ incarnation, version: 3, leaving: true }))
      const join = signedFact(stranger, recordBody({ incarnation, version: 2 }))
      for (const fact of [goodbye, join]) {
        for (const { driver } of cluster.members) driver.rumor(cluster.member('m1').id, encodeRumors([fact]))
        cluster.run(5_000)
      }
      for (const { machine, events } of cluster.members) {
        expect(machine.member(stranger)?.status, cluster.replay()).toBe('left')
        expect(
          events.filter(({ id }) => id === stranger),
          cluster.replay(),
        ).toEqual([])
      }
      return cluster
    })
  })

  it.each([50, 900])(
    'scenario 16: crashed and started again after %i ms, it is one member in a new life',
    downMs => {
      let before = 0
      let startedMs = 0
      const cluster = runTwice(() => {
        const cluster = settled(16, 16)
        before = cluster.member('m3').storedIncarnation ?? 0
        cluster.crash('m3')
        cluster.run(downMs)
        startedMs = cluster.nowMs
        cluster.start('m3')
        cluster.runUntil(() => cluster.isConverged(), { withinMs: 5_000 })
        cluster.run(30_000)
        return cluster
      })
      expect(cluster.isConverged()).toBe(true)
      expect(cluster.member('m3').storedIncarnation).toBeGreaterThan(before)
      expect(cluster.member('m0').members().length).toBe(16)
      expect(typesAbout(cluster, 'm3', startedMs)).not.toContain('fail')
    },
  )

  it.each(['store', 'no store'])(
    'scenario 17: with the clock set back a day and %s, it still returns',
    kept => {
      let before = 0
      const cluster = runTwice(() => {
        const cluster = settled(17, 12)
        const m3 = cluster.member('m3')
        before = m3.storedIncarnation ?? 0
        cluster.crash('m3')
        cluster.run(5_000)
        m3.skewMs = -dayMs
        if (kept === 'no store') m3.storedIncarnation = undefined
        cluster.start('m3')
        cluster.runUntil(() => cluster.isConverged(), { withinMs: 5_000 })
        cluster.run(30_000)
        return cluster
      })
      expect(cluster.isConverged()).toBe(true)
      expect(cluster.member('m3').storedIncarnation).toBeGreaterThan(before)
    },
  )

  it('scenario 17: a clock a year ahead is believed by nobody, and locks no id', () => {
    runTwice(() => {
      const cluster = settled(18, 12)
      const m3 = cluster.member('m3')
      cluster.crash('m3')
      cluster.run(5_000)
      m3.skewMs = 365 * dayMs
      cluster.start('m3')
      cluster.run(30_000)
      expect(cluster.statusesOf('m3'), cluster.replay()).toEqual(['dead'])
      cluster.crash('m3')
      m3.skewMs = 0
      cluster.start('m3')
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 10_000 })
      return cluster
    })
  })

  it('scenario 20: a forgotten member that seven late joiners tell of stays absent; its own new record brings it back', () => {
    runTwice(() => {
      const cluster = settled(20, 8, 60_000)
      const m3 = cluster.member('m3')
      const incarnation = m3.storedIncarnation ?? 0
      cluster.crash('m3')
      cluster.runUntil(() => cluster.statusesOf('m3').join() === 'unknown', { withinMs: 180_000 })
      const old = signedFact(m3.id, recordBody({ incarnation, version: 9 }))
      for (let i = 0; i < 7; i++) {
        const late = cluster.add()
        cluster.run(1_000)
        for (const { driver, isRunning } of cluster.running)
          if (isRunning && driver !== late.driver) driver.rumor(late.id, encodeRumors([old]))
      }
      cluster.run(10_000)
      const elders = namesFrom(0, 8).filter(name => name !== 'm3')
      for (const name of elders)
        expect(cluster.member(name).machine.member(m3.id), cluster.replay()).toBeUndefined()
      cluster.start('m3')
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 10_000 })
      return cluster
    })
  })

  it('grows quiet again after it has forgotten a member that some met later than others', () => {
    runTwice(() => {
      const cluster = settled(201, 8, 300_000)
      const quiet = bytesOver(cluster, 60_000)
      cluster.crash('m3')
      cluster.run(240_000)
      cluster.add()
      cluster.run(110_000)
      expect(cluster.statusesOf('m3'), cluster.replay()).toEqual(['dead'])
      expect(bytesOver(cluster, 60_000), cluster.replay()).toBeLessThan(1.5 * quiet)
      return cluster
    })
  })
})
