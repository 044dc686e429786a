import { describe, expect, it } from 'vitest'
import {
  type OverlayConnection,
  prunableConnections,
  pruneGraceMs,
} from '../../src/overlay/connection-pruning.ts'

function linksTo(...ids: string[]): Map<string, OverlayConnection> {
  return new Map(ids.map(id => [id, { isOurs: true, prunableSinceMs: undefined }]))
}

describe('surplus', () => {
  it('gives up what has been nobody’s neighbour for the time of grace', () => {
    const links = linksTo('a', 'b')
    expect(prunableConnections(links, new Set(['a']), 0)).toEqual([])
    expect(prunableConnections(links, new Set(['a']), pruneGraceMs - 1)).toEqual([])
    expect(prunableConnections(links, new Set(['a']), pruneGraceMs)).toEqual(['b'])
  })

  it('counts anew when the other was a neighbour in between', () => {
    const links = linksTo('a', 'b')
    prunableConnections(links, new Set(['a']), 0)
    prunableConnections(links, new Set(['a', 'b']), pruneGraceMs - 1)
    expect(prunableConnections(links, new Set(['a']), pruneGraceMs)).toEqual([])
    expect(prunableConnections(links, new Set(['a']), 2 * pruneGraceMs)).toEqual(['b'])
  })

  it('closes only what this end isOurs', () => {
    const links = new Map<string, OverlayConnection>([['b', { isOurs: false, prunableSinceMs: 0 }]])
    expect(prunableConnections(links, new Set(), pruneGraceMs)).toEqual([])
  })

  it('closes nothing while a neighbour is not connected', () => {
    const links = linksTo('a', 'b')
    prunableConnections(links, new Set(['a']), 0)
    expect(prunableConnections(links, new Set(['a', 'c']), pruneGraceMs)).toEqual([])
  })
})
