import { describe, expect, it } from 'vitest'
import { anchorCount, OpenConnections, pruneGraceMs } from '../../src/overlay/open-connections.ts'

/** Connections to these peers, the oldest first, and `prune` without anchors unless a test passes their ids. */
function connectionsTo(ids: string[], isOurs = true) {
  const connections = new OpenConnections()
  for (const id of ids) connections.opened(id, isOurs)
  const prune = (wanted: string[], nowMs: number, anchors: string[] = []): string[] =>
    connections.prune(new Set(wanted), id => anchors.includes(id), nowMs)
  return { connections, prune }
}

describe('open connections', () => {
  it('are pruned after they were not wanted for the grace period', () => {
    const { prune } = connectionsTo(['a', 'b'])
    expect(prune(['a'], 0)).toEqual([])
    expect(prune(['a'], pruneGraceMs - 1)).toEqual([])
    expect(prune(['a'], pruneGraceMs)).toEqual(['b'])
  })

  it('have another grace period after they were wanted in between', () => {
    const { prune } = connectionsTo(['a', 'b'])
    prune(['a'], 0)
    prune(['a', 'b'], pruneGraceMs - 1)
    expect(prune(['a'], pruneGraceMs)).toEqual([])
    expect(prune(['a'], 2 * pruneGraceMs)).toEqual(['b'])
  })

  it('are pruned only by the end that dialled', () => {
    const { prune } = connectionsTo(['b'], false)
    prune([], 0)
    expect(prune([], pruneGraceMs)).toEqual([])
  })

  it('are not pruned while a wanted peer is not connected', () => {
    const { prune } = connectionsTo(['a', 'b'])
    prune(['a'], 0)
    expect(prune(['a', 'c'], pruneGraceMs)).toEqual([])
  })

  it('are not pruned while they are anchors: the oldest eligible ones', () => {
    const { connections, prune } = connectionsTo(['a', 'b', 'c', 'd'])
    expect(anchorCount).toBe(2)
    prune([], 0, ['b', 'c', 'd'])
    expect(prune([], pruneGraceMs, ['b', 'c', 'd'])).toEqual(['a', 'd'])
    connections.closed('b')
    connections.closed('d')
    connections.opened('b', true)
    prune([], 0, ['b', 'c'])
    expect(connections.ids()).toEqual(['a', 'c', 'b'])
    expect(prune([], pruneGraceMs, ['b', 'c'])).toEqual(['a'])
  })

  it('count as released after either end released them, until they close or open again', () => {
    const { connections, prune } = connectionsTo(['a', 'b', 'c'])
    prune(['b', 'c'], 0)
    prune(['b', 'c'], pruneGraceMs)
    connections.released('b')
    expect(['a', 'b', 'c'].map(id => connections.closed(id))).toEqual([true, true, false])
    connections.opened('a', true)
    expect(connections.closed('a')).toBe(false)
  })
})
