/** Document carriers: which members are asked to carry a document. */
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { DocumentCarriers } from '../../src/rooms/document-carriers.ts'
import type { DocumentRoster } from '../../src/rooms/document-roster.ts'
import { carrierRequestIntervalMs } from '../../src/spaces/document-requests.ts'
import { DocumentSync } from '../../src/spaces/documents/document-sync.ts'

/** No two holders can reach each other, and no member has begun to carry the document. */
const roster = {
  isConnected: () => false,
  isConnectedByCarriers: () => false,
  holdersOf: () => [],
} as Partial<DocumentRoster> as DocumentRoster

const connected = ['a', 'b', 'c', 'd', 'e']

function carriers(): DocumentCarriers {
  const sync = new DocumentSync({ name: 'notes', doc: new Y.Doc(), origin: undefined, isCarried: false })
  const listener = { carriedChanged() {}, unreachable: () => new Set<string>() }
  return new DocumentCarriers(new Map([['notes', sync]]), roster, listener)
}

describe('document carriers', () => {
  it('are the same two members within one interval, and others in the next one', () => {
    const tested = carriers()
    const askedAt = (ms: number) => tested.toRequest(connected, ms).requests.map(([, id]) => id)
    expect(askedAt(0)).toEqual(['a', 'b'])
    expect(askedAt(carrierRequestIntervalMs - 1)).toEqual(['a', 'b'])
    expect(askedAt(carrierRequestIntervalMs)).toEqual(['c', 'd'])
    expect(askedAt(2 * carrierRequestIntervalMs)).toEqual(['e', 'a'])
  })

  it('are requested even if only one member is connected', () => {
    expect(carriers().toRequest(['a'], 7 * carrierRequestIntervalMs)).toEqual({
      requests: [['notes', 'a']],
      areEnough: false,
    })
    expect(carriers().toRequest([], 0).requests).toEqual([])
  })
})
