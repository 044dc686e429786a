import { describe, expect, it } from 'vitest'
import { type BridgeView, PartitionBridges } from '../../src/spaces/partition-bridges.ts'

const connected = new Set<string>()
const unreachable = new Set<string>()
const present = new Set<string>()

const view: BridgeView = {
  self: 'm',
  isConnected: id => connected.has(id),
  isUnreachable: id => unreachable.has(id),
  isInSpace: id => present.has(id),
}

function strangers(...ids: string[]): string[] {
  for (const set of [connected, unreachable, present]) set.clear()
  for (const id of ids) present.add(id)
  return ids
}

describe('partition bridges', () => {
  it('dial a member that has sent nothing for five seconds', () => {
    const bridges = new PartitionBridges()
    const ids = strangers('a')
    expect(bridges.review(ids, view, 0)).toEqual([])
    expect(bridges.dueMs).toBe(5_000)
    expect(bridges.review(ids, view, 5_000)).toEqual(['a'])
  })

  it('dial two members at a time, from the id after the local one on', () => {
    const bridges = new PartitionBridges()
    const ids = strangers('a', 'b', 'x', 'y')
    bridges.review(ids, view, 0)
    expect(bridges.review(ids, view, 5_000)).toEqual(['x', 'y'])
    unreachable.add('x').add('y')
    expect(bridges.review(ids, view, 6_000)).toEqual(['a', 'b'])
    unreachable.add('a').add('b')
    expect(bridges.review(ids, view, 7_000)).toEqual([])
    expect(bridges.dueMs).toBe(Number.POSITIVE_INFINITY)
  })

  it('stay once they are connected, until the member leaves or becomes unreachable', () => {
    const bridges = new PartitionBridges()
    const ids = strangers('a')
    bridges.review(ids, view, 0)
    bridges.review(ids, view, 5_000)
    connected.add('a')
    expect(bridges.review([], view, 6_000)).toEqual(['a'])
    connected.delete('a')
    expect(bridges.review([], view, 7_000)).toEqual(['a'])
    unreachable.add('a')
    expect(bridges.review([], view, 8_000)).toEqual([])
  })

  it('do not dial members that announced something in time', () => {
    const bridges = new PartitionBridges()
    bridges.review(strangers('a'), view, 0)
    expect(bridges.review([], view, 5_000)).toEqual([])
    expect(bridges.review(['a'], view, 9_000)).toEqual([])
  })

  it('are at most eight', () => {
    const bridges = new PartitionBridges()
    const ids = strangers(...'abcdefghij')
    bridges.review(ids, view, 0)
    for (let ms = 5_000; ms < 15_000; ms += 1_000)
      for (const id of bridges.review(ids, view, ms)) connected.add(id)
    expect(bridges.review([], view, 20_000).length).toBe(8)
  })
})
