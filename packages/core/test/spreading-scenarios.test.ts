import { describe, expect, it } from 'vitest'
import { beatIntervalMs } from '../src/cluster/beats.ts'
import { createSimulatedCluster, runTwice, type SimulatedCluster } from './simulated-cluster.ts'

function settled(seed: number, members: number): SimulatedCluster {
  const cluster = createSimulatedCluster({ seed, members })
  cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
  cluster.run(60_000)
  return cluster
}

function syncBytesASecond(cluster: SimulatedCluster, ms: number): number {
  const before = cluster.sent().sync
  cluster.run(ms)
  return ((cluster.sent().sync - before) / ms) * 1_000
}

describe('spreading', () => {
  it('scenario 27: when gossipsub drops everything for a minute, anti-entropy alone spreads the news', () => {
    runTwice(() => {
      const cluster = settled(27, 32)
      cluster.network.rumorLoss = 1
      const m3 = cluster.member('m3')
      m3.driver.handle({ type: 'change', change: { tags: { news: 'good' } } })
      cluster.add()
      cluster.crash('m7')
      const isKnown = () =>
        cluster.running.every(({ machine }) => machine.member(m3.id)?.tags['news'] === 'good')
      cluster.runUntil(() => isKnown() && cluster.isConverged(), { withinMs: 60_000 })
      return cluster
    })
  })

  it('scenario 28: with a budget of 1 kB and one member whose record is 30 kB, nobody starves', () => {
    runTwice(() => {
      const cluster = createSimulatedCluster({ seed: 28, members: 24, machine: { maxDeltaBytes: 1_024 } })
      cluster.network.rumorLoss = 1
      const rooms = Array.from({ length: 250 }, (_, i) => `${i}`.padEnd(120, 'x'))
      const large = cluster.member('m5')
      large.driver.handle({ type: 'change', change: { rooms } })
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
      const knowsLarge = () =>
        cluster.running.every(
          ({ machine }) => machine.table.get(large.id)?.record.record.rooms.length === 250,
        )
      cluster.runUntil(knowsLarge, { withinMs: 30_000 })
      return cluster
    })
  })

  it.each([16, 128])(
    'scenario 29: among %i quiet members an exchange is the hash and the beats that came, at the slow interval',
    members => {
      const exchangesASecond = 1_000 / 5_000
      // An offer, its answer, and what was wanted of the offer: each the hash, two marks and their framing.
      const bytesAnExchange = 3 * 30
      const beatsASecond = (members * 1_000) / beatIntervalMs(members)
      // Each beat comes to each member once: its signature, its place and its count. It is named, by place and
      // count, to each of eight neighbours, or they name it first.
      const bytesABeat = 74 + (8 / 2) * 4
      runTwice(() => {
        const cluster = settled(29, members)
        const bytes = syncBytesASecond(cluster, 120_000) / members
        expect(bytes, cluster.replay()).toBeLessThan(
          exchangesASecond * bytesAnExchange + beatsASecond * bytesABeat,
        )
        return cluster
      })
    },
  )
})
