import { createRings } from '@hearsay/failure-detector'
import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { groupNeighbours } from '../../src/spaces/space-rings.ts'

interface Drawn {
  readonly group: readonly string[]
  readonly cannotReach: (a: string, b: string) => boolean
  readonly areClusterNeighbours: (a: string, b: string) => boolean
}

/** A group within a cluster of up to 80 members, and pairs of members in it that cannot reach each other. */
function draw(seed: number, unreachableRate: number): Drawn {
  const random = mulberry32(seed)
  const cluster = Array.from({ length: 2 + Math.floor(random() * 79) }, (_, i) => `m${seed}-${i}`)
  const group = cluster.slice(0, Math.min(cluster.length, 2 + Math.floor(random() * 39)))
  const rings = createRings(4, cluster)
  const neighbours = new Map(cluster.map(id => [id, new Set(rings.neighbours(id))]))
  const unreachablePairs = new Set<string>()
  for (const a of group)
    for (const b of group) if (a < b && random() < unreachableRate) unreachablePairs.add(`${a} ${b}`)
  return {
    group,
    cannotReach: (a, b) => unreachablePairs.has(a < b ? `${a} ${b}` : `${b} ${a}`),
    areClusterNeighbours: (a, b) => neighbours.get(a)?.has(b) === true,
  }
}

function isConnected(group: readonly string[], neighboursOf: (id: string) => readonly string[]): boolean {
  const edges = new Map(group.map(id => [id, new Set<string>()]))
  for (const id of group)
    for (const other of neighboursOf(id)) {
      edges.get(id)?.add(other)
      edges.get(other)?.add(id)
    }
  const reached = new Set(group.slice(0, 1))
  for (const id of reached) for (const other of edges.get(id) ?? []) reached.add(other)
  return reached.size === group.length
}

const chosen =
  ({ group, cannotReach, areClusterNeighbours }: Drawn) =>
  (self: string) =>
    groupNeighbours(
      {
        self,
        isNeighbour: id => areClusterNeighbours(self, id),
        isUnreachable: id => cannotReach(self, id),
      },
      group,
    )

describe('the neighbours that the members of a group choose', () => {
  it('connect the group if all members are reachable, however many cluster neighbours are in it', () => {
    for (let seed = 1; seed <= 1_000; seed++) {
      const drawn = draw(seed, 0)
      const context = { ...drawn, cannotReach: () => false }
      expect(isConnected(drawn.group, chosen(context)), `seed ${seed}`).toBe(true)
      expect(
        isConnected(drawn.group, chosen({ ...context, areClusterNeighbours: () => true })),
        `seed ${seed}`,
      ).toBe(true)
    }
  })

  it('connect the group, together with the connections of the cluster, whenever two rings alone do', () => {
    for (const rate of [0.02, 0.1, 0.3, 0.6])
      for (let seed = 1; seed <= 500; seed++) {
        const drawn = draw(seed, rate)
        const { group, cannotReach, areClusterNeighbours } = drawn
        const rings = createRings(2, group)
        const byRings = (id: string) => rings.neighbours(id, other => cannotReach(id, other))
        if (!isConnected(group, byRings)) continue
        const choose = chosen(drawn)
        const all = (id: string) => [
          ...choose(id),
          ...group.filter(other => areClusterNeighbours(id, other) && !cannotReach(id, other)),
        ]
        expect(isConnected(group, all), `seed ${seed}, rate ${rate}`).toBe(true)
      }
  })

  it('include those of the second ring if two members of the group cannot reach each other', () => {
    const view = { self: 'a', isNeighbour: () => true, isUnreachable: () => false }
    const group = [...'abcdefghij']
    const [first, both] = [1, 2].map(count => new Set(createRings(count, group).neighbours('a', () => false)))
    expect(new Set(groupNeighbours(view, group))).toEqual(first)
    expect(new Set(groupNeighbours(view, group, true))).toEqual(both)
    expect(both?.size).toBeGreaterThan(first?.size ?? 0)
  })

  it('are at most four, and never include the member itself or an unreachable one', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const drawn = draw(seed, 0.2)
      for (const self of drawn.group) {
        const neighbours = chosen(drawn)(self)
        expect(neighbours.length).toBeLessThanOrEqual(4)
        expect(neighbours.some(id => id === self || drawn.cannotReach(self, id))).toBe(false)
      }
    }
  })

  it('are mutual if all members are reachable and no member has enough cluster neighbours in the group', () => {
    const drawn = { ...draw(5, 0), areClusterNeighbours: () => false }
    const choose = chosen(drawn)
    for (const self of drawn.group) for (const id of choose(self)) expect(choose(id)).toContain(self)
  })

  it('are all other members in a group of up to three, and empty in a group of one', () => {
    const view = { self: 'a', isNeighbour: () => false, isUnreachable: () => false }
    expect(new Set(groupNeighbours(view, ['a', 'b', 'c']))).toEqual(new Set(['b', 'c']))
    expect(groupNeighbours(view, ['a'])).toEqual([])
    expect(groupNeighbours(view, [])).toEqual([])
    expect(groupNeighbours(view, ['b'])).toEqual(['b'])
  })
})
