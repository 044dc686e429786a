import { describe, expect, it } from 'vitest'
import { graceMs, type Link, surplusLinks } from '../../src/overlay/connection-pruning.ts'

function linksTo(...ids: string[]): Map<string, Link> {
  return new Map(ids.map(id => [id, { isOurs: true, surplusSinceMs: undefined }]))
}

describe('surplus', () => {
  it('gives up what has been nobody’s neighbour for the time of grace', () => {
    const links = linksTo('a', 'b')
    expect(surplusLinks(links, new Set(['a']), 0)).toEqual([])
    expect(surplusLinks(links, new Set(['a']), graceMs - 1)).toEqual([])
    expect(surplusLinks(links, new Set(['a']), graceMs)).toEqual(['b'])
  })

  it('counts anew when the other was a neighbour in between', () => {
    const links = linksTo('a', 'b')
    surplusLinks(links, new Set(['a']), 0)
    surplusLinks(links, new Set(['a', 'b']), graceMs - 1)
    expect(surplusLinks(links, new Set(['a']), graceMs)).toEqual([])
    expect(surplusLinks(links, new Set(['a']), 2 * graceMs)).toEqual(['b'])
  })

  it('closes only what this end isOurs', () => {
    const links = new Map<string, Link>([['b', { isOurs: false, surplusSinceMs: 0 }]])
    expect(surplusLinks(links, new Set(), graceMs)).toEqual([])
  })

  it('closes nothing while a neighbour is not connected', () => {
    const links = linksTo('a', 'b')
    surplusLinks(links, new Set(['a']), 0)
    expect(surplusLinks(links, new Set(['a', 'c']), graceMs)).toEqual([])
  })
})
