import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { EpochFollowUp } from '../../src/documents/epoch-follow-up.ts'
import type { EpochHolder } from '../../src/rooms/epoch-agreement.ts'
import { DocumentSync } from '../../src/spaces/documents/document-sync.ts'
import { firstEpoch, named, nextEpoch } from '../../src/spaces/documents/epochs/epoch.ts'

const second = nextEpoch(firstEpoch, new Uint8Array(16))
const never = Number.POSITIVE_INFINITY

let calls: string[]
let sync: DocumentSync
let followUp: EpochFollowUp

beforeEach(() => {
  calls = []
  followUp = new EpochFollowUp('m', {
    request: document => calls.push(`request ${document}`),
    supersede: document => calls.push(`supersede ${document}`),
  })
  sync = replicaIn(false)
})

/** A replica with content, in the first epoch. */
function replicaIn(isCarried: boolean): DocumentSync {
  const doc = new Y.Doc()
  doc.getText('text').insert(0, 'a')
  return new DocumentSync({
    name: 'notes',
    doc,
    origin: 'remote',
    isCarried,
    lineage: { epoch: named(firstEpoch) },
  })
}

const holder = (epoch: EpochHolder['epoch'], isSynced = true) =>
  ({ id: 'z', epoch, isSynced, isCarried: false }) as EpochHolder

describe('a replica in the epoch of the others', () => {
  it('needs no further review', () => {
    expect(followUp.review(sync, [holder(firstEpoch)], undefined, 0)).toBe(never)
    expect(calls).toEqual([])
  })
})

describe('a replica in an earlier epoch than the others', () => {
  it('requests the later epoch once, and gives it up 30 s after the last member was in it', () => {
    expect(followUp.review(sync, [holder(second)], undefined, 0)).toBe(30_000)
    expect(followUp.review(sync, [holder(second)], undefined, 10_000)).toBe(40_000)
    expect(calls).toEqual(['request notes'])
    expect(followUp.review(sync, [], undefined, 39_999)).toBe(40_000)
    expect(sync.epochs.later.name).toEqual(second)
    expect(followUp.review(sync, [], undefined, 40_000)).toBe(never)
    expect(sync.epochs.later.name).toBeUndefined()
  })

  it('is superseded when for 30 s no member can provide the base', () => {
    followUp.review(sync, [holder(second)], undefined, 0)
    sync.epochs.later.cannotProvidePast('z')
    expect(followUp.review(sync, [holder(second)], undefined, 10_000)).toBe(30_000)
    followUp.review(sync, [holder(second)], undefined, 30_000)
    expect(calls).toEqual(['request notes', 'supersede notes'])
  })

  it('is discarded at once by then, if it is carried for others', () => {
    const carried = replicaIn(true)
    followUp.review(carried, [holder(second)], undefined, 0)
    carried.epochs.later.cannotProvidePast('z')
    followUp.review(carried, [holder(second)], undefined, 30_000)
    expect(calls).toEqual(['request notes'])
    expect([carried.doc.getText('text').toString(), carried.epochs.current]).toEqual(['', undefined])
  })
})

describe('a replica in a later epoch than the others', () => {
  it('is superseded when for 60 s all synced members are in an earlier epoch', () => {
    const doc = new Y.Doc()
    const later = new DocumentSync({
      name: 'notes',
      doc,
      origin: 'remote',
      lineage: { epoch: named(second) },
    })
    followUp.review(later, [holder(firstEpoch)], undefined, 0)
    followUp.review(later, [holder(firstEpoch)], undefined, 59_999)
    expect(calls).toEqual([])
    followUp.review(later, [holder(firstEpoch)], undefined, 60_000)
    expect(calls).toEqual(['supersede notes'])
  })

  it('counts anew when a synced member is in its epoch again', () => {
    const lineage = { epoch: named(second) }
    const later = new DocumentSync({ name: 'notes', doc: new Y.Doc(), origin: 'remote', lineage })
    followUp.review(later, [holder(firstEpoch)], undefined, 0)
    followUp.review(later, [holder(second)], undefined, 30_000)
    followUp.review(later, [holder(firstEpoch)], undefined, 60_000)
    expect(calls).toEqual([])
  })
})
