import { describe, expect, it } from 'vitest'
import { createSimulatedCluster, namesFrom, runTwice, type SimulatedCluster } from './simulated-cluster.ts'

function settled(seed: number, members: number): SimulatedCluster {
  const cluster = createSimulatedCluster({ seed, members })
  cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
  cluster.run(30_000)
  return cluster
}

const membersOf = (cluster: SimulatedCluster, names: readonly string[]) =>
  names.map(name => cluster.member(name))

/** Whether each of these sees these alive and nobody else. */
function seeEachOther(cluster: SimulatedCluster, names: readonly string[]): boolean {
  const side = membersOf(cluster, names)
  return side.every(member => cluster.sees(member, side))
}

describe('partitions', () => {
  it('scenario 21: two halves of 16 count each other dead, suspect a partition, and are one again within 30 s', () => {
    const [left, right] = [namesFrom(0, 8), namesFrom(8, 16)]
    const cluster = runTwice(() => {
      const cluster = settled(21, 16)
      cluster.cut(left, right)
      cluster.run(60_000)
      for (const side of [left, right]) {
        expect(seeEachOther(cluster, side), cluster.replay()).toBe(true)
        for (const { machine } of membersOf(cluster, side))
          expect(machine.health().partitionSuspected, cluster.replay()).toBe(true)
      }
      cluster.heal()
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
      return cluster
    })
    for (const { machine } of cluster.members) {
      expect(machine.health().partitionSuspected).toBe(false)
      expect(machine.members().length).toBe(16)
    }
  })

  it('scenario 21: the same after ten minutes, when no connection of the old days is left', () => {
    const [left, right] = [namesFrom(0, 16), namesFrom(16, 32)]
    runTwice(() => {
      const cluster = settled(211, 32)
      cluster.cut(left, right)
      cluster.run(600_000)
      cluster.heal()
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
      return cluster
    })
  })

  it('scenario 22: a lonely member keeps trying, and is back within 30 s of healing', () => {
    const lonely = ['m9']
    const others = namesFrom(0, 16).filter(name => name !== 'm9')
    runTwice(() => {
      const cluster = settled(22, 16)
      cluster.cut(lonely, others)
      cluster.run(300_000)
      expect(seeEachOther(cluster, lonely), cluster.replay()).toBe(true)
      expect(seeEachOther(cluster, others), cluster.replay()).toBe(true)
      cluster.heal()
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
      return cluster
    })
  })

  it('scenario 23: who joined on either side of a split sees everybody after it', () => {
    runTwice(() => {
      const cluster = settled(23, 12)
      const [left, right] = [namesFrom(0, 6), namesFrom(6, 12)]
      cluster.cut(left, right)
      cluster.run(30_000)
      for (let i = 0; i < 3; i++) {
        const onTheLeft = cluster.add(['m0']).name
        const onTheRight = cluster.add(['m6']).name
        cluster.cut([...left, onTheLeft], [...right, onTheRight])
        left.push(onTheLeft)
        right.push(onTheRight)
      }
      cluster.run(30_000)
      expect(seeEachOther(cluster, left) && seeEachOther(cluster, right), cluster.replay()).toBe(true)
      cluster.heal()
      cluster.runUntil(() => cluster.isConverged(), { withinMs: 30_000 })
      return cluster
    })
  })
})
