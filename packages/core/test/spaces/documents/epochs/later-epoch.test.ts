import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { firstEpoch, nextEpoch } from '../../../../src/spaces/documents/epochs/epoch.ts'
import { LaterEpoch } from '../../../../src/spaces/documents/epochs/later-epoch.ts'

const second = nextEpoch(firstEpoch, new Uint8Array(16))
const third = nextEpoch(second, new Uint8Array(16))
const update = Y.encodeStateAsUpdate(new Y.Doc())
let later: LaterEpoch

beforeEach(() => {
  later = new LaterEpoch()
  later.set(second)
})

describe('the base of a later epoch', () => {
  it('is taken from the one member that was asked', () => {
    later.beginGathering('a')
    expect(later.addPastUpdate('b', update, 100)).toBe(false)
    expect(later.addPastUpdate('a', update, 100)).toBe(true)
    expect(later.takeGathered('a')).toEqual([update])
    expect(later.takeGathered('a')).toBeUndefined()
  })

  it('is not taken from a member that was not asked', () => {
    later.beginGathering('a')
    later.addPastUpdate('a', update, 100)
    expect(later.takeGathered('b')).toBeUndefined()
  })

  it('is limited, over all updates, and must be readable', () => {
    later.beginGathering('a')
    expect(later.addPastUpdate('a', Uint8Array.of(255), 100)).toBe(false)
    expect(later.addPastUpdate('a', update, update.length)).toBe(true)
    expect(later.addPastUpdate('a', update, 2 * update.length - 1)).toBe(false)
  })

  it('is missing when no holder can provide it', () => {
    expect(later.isPastMissing(['a', 'b'], 0)).toBe(false)
    later.cannotProvidePast('a')
    expect([later.isWithoutPast('a'), later.isPastMissing(['a', 'b'], 0)]).toEqual([true, false])
    later.cannotProvidePast('b')
    expect(later.isPastMissing(['a', 'b'], 0)).toBe(true)
  })

  it('is missing when the replica would have to skip an epoch', () => {
    later.set(third)
    expect(later.isPastMissing(['a'], 0)).toBe(true)
    expect(later.isPastMissing(['a'], 1)).toBe(false)
  })

  it('is dropped with the member that sent something else, and when a further epoch is known', () => {
    later.beginGathering('a')
    later.cannotProvidePast('a')
    expect(later.addPastUpdate('a', update, 100)).toBe(false)
    later.set(third)
    expect(later.isWithoutPast('a')).toBe(false)
    expect(later.name).toEqual(third)
  })
})
