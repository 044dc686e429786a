import { describe, expect, it } from 'vitest'
import { type BridgeView, PartitionBridges } from '../../src/spaces/partition-bridges.ts'

const linked = new Set<string>()
const unreachable = new Set<string>()
const present = new Set<string>()

const view: BridgeView = {
  self: 'm',
  isLinked: id => linked.has(id),
  isUnreachable: id => unreachable.has(id),
  isPresent: id => present.has(id),
}

function strangers(...ids: string[]): string[] {
  for (const set of [linked, unreachable, present]) set.clear()
  for (const id of ids) present.add(id)
  return ids
}

describe('bridges of a space', () => {
  it('are tried when nothing has come from a member for five seconds', () => {
    const bridges = new PartitionBridges()
    const ids = strangers('a')
    expect(bridges.take(ids, view, 0)).toEqual([])
    expect(bridges.dueMs).toBe(5_000)
    expect(bridges.take(ids, view, 5_000)).toEqual(['a'])
  })

  it('are tried two at a time, from the id after the own one on', () => {
    const bridges = new PartitionBridges()
    const ids = strangers('a', 'b', 'x', 'y')
    bridges.take(ids, view, 0)
    expect(bridges.take(ids, view, 5_000)).toEqual(['x', 'y'])
    unreachable.add('x').add('y')
    expect(bridges.take(ids, view, 6_000)).toEqual(['a', 'b'])
    unreachable.add('a').add('b')
    expect(bridges.take(ids, view, 7_000)).toEqual([])
    expect(bridges.dueMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('stay when they are connected, until the member is gone or cannot be reached', () => {
    const bridges = new PartitionBridges()
    const ids = strangers('a')
    bridges.take(ids, view, 0)
    bridges.take(ids, view, 5_000)
    linked.add('a')
    expect(bridges.take([], view, 6_000)).toEqual(['a'])
    linked.delete('a')
    expect(bridges.take([], view, 7_000)).toEqual(['a'])
    unreachable.add('a')
    expect(bridges.take([], view, 8_000)).toEqual([])
  })

  it('are not wanted to members that announced something in time', () => {
    const bridges = new PartitionBridges()
    bridges.take(strangers('a'), view, 0)
    expect(bridges.take([], view, 5_000)).toEqual([])
    expect(bridges.take(['a'], view, 9_000)).toEqual([])
  })

  it('are eight at most', () => {
    const bridges = new PartitionBridges()
    const ids = strangers(...'abcdefghij')
    bridges.take(ids, view, 0)
    for (let ms = 5_000; ms < 15_000; ms += 1_000)
      for (const id of bridges.take(ids, view, ms)) linked.add(id)
    expect(bridges.take([], view, 20_000).length).toBe(8)
  })
})
