import { describe, expect, it } from 'vitest'
import {
  type OverlayConnection,
  prunableConnections,
  pruneGraceMs,
} from '../../src/overlay/connection-pruning.ts'

function connectionsTo(...ids: string[]): Map<string, OverlayConnection> {
  return new Map(ids.map(id => [id, { isOurs: true, prunableSinceMs: undefined }]))
}

describe('connection pruning', () => {
  it('prunes a connection that was not wanted for the grace period', () => {
    const connections = connectionsTo('a', 'b')
    expect(prunableConnections(connections, new Set(['a']), 0)).toEqual([])
    expect(prunableConnections(connections, new Set(['a']), pruneGraceMs - 1)).toEqual([])
    expect(prunableConnections(connections, new Set(['a']), pruneGraceMs)).toEqual(['b'])
  })

  it('restarts the grace period when the peer was wanted in between', () => {
    const connections = connectionsTo('a', 'b')
    prunableConnections(connections, new Set(['a']), 0)
    prunableConnections(connections, new Set(['a', 'b']), pruneGraceMs - 1)
    expect(prunableConnections(connections, new Set(['a']), pruneGraceMs)).toEqual([])
    expect(prunableConnections(connections, new Set(['a']), 2 * pruneGraceMs)).toEqual(['b'])
  })

  it('prunes only connections that are ours', () => {
    const connections = new Map<string, OverlayConnection>([['b', { isOurs: false, prunableSinceMs: 0 }]])
    expect(prunableConnections(connections, new Set(), pruneGraceMs)).toEqual([])
  })

  it('prunes nothing while a wanted peer is not connected', () => {
    const connections = connectionsTo('a', 'b')
    prunableConnections(connections, new Set(['a']), 0)
    expect(prunableConnections(connections, new Set(['a', 'c']), pruneGraceMs)).toEqual([])
  })
})
