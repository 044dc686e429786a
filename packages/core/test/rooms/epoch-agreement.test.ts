import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { EpochAgreement, type EpochHolder, minClients } from '../../src/rooms/epoch-agreement.ts'
import { DocumentSync } from '../../src/spaces/documents/document-sync.ts'
import { firstEpoch } from '../../src/spaces/documents/epochs/epoch.ts'
import { digestText } from '../../src/spaces/documents/sync-state.ts'
import { manyClients } from '../spaces/documents/past-clients.ts'

const numbers = (count: number, first = 1): number[] => Array.from({ length: count }, (_, i) => first + i)

function written(clients: number, { isCarried = false } = {}): DocumentSync {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, manyClients(numbers(clients)))
  const sync = new DocumentSync({ name: '', doc, origin: '', isCarried, lineage: { epoch: firstEpoch } })
  sync.state.establish()
  sync.hash()
  return sync
}

function holder(id: string, announcement: Partial<EpochHolder> = {}): EpochHolder {
  return {
    id,
    client: 7,
    isSynced: true,
    digest: undefined,
    isSeeder: false,
    isCarried: false,
    epoch: firstEpoch,
    agreed: undefined,
    keepsIds: false,
    ...announcement,
  }
}

/** The offer of `m` 3 s after its first review, without a change of the document. */
function offered(sync: DocumentSync, holders: readonly EpochHolder[]): string | undefined {
  const agreement = new EpochAgreement('m')
  expect(agreement.offer(sync, holders, 0)).toBeUndefined()
  return agreement.offer(sync, holders, 3_000)
}

describe('an epoch agreement', () => {
  it('is offered at eight clients for each holder and the minimum, after 3 s without a change', () => {
    const sync = written(minClients)
    expect(offered(sync, [])).toBe(digestText(sync.hash()))
    expect(offered(written(minClients - 1), [])).toBeUndefined()
    const many = numbers(minClients / 8).map(i => holder(`h${i}`))
    expect(offered(sync, many)).toBeUndefined()
    expect(offered(sync, many.slice(1))).toBeDefined()
  })

  it.each<[string, (sync: DocumentSync) => void, Partial<EpochHolder>]>([
    ['another member needs the ids', () => {}, { keepsIds: true }],
    ['an observer here needs the ids', ({ doc }) => doc.on('update', () => {}), {}],
    ['the replica is not synced', ({ state }) => state.reset(), {}],
    [
      'other members are in a later epoch',
      ({ epochs }) => epochs.observed({ number: 1, id: new Uint8Array(16) }),
      {},
    ],
  ])('is not offered while %s', (_, prepare, announcement) => {
    const sync = written(minClients)
    prepare(sync)
    expect(offered(sync, [holder('h', announcement)])).toBeUndefined()
  })

  it('is offered again, with another digest, after each change', () => {
    const sync = written(minClients)
    const agreement = new EpochAgreement('m')
    agreement.offer(sync, [], 0)
    const first = agreement.offer(sync, [], 3_000)
    sync.doc.getMap('m').set('on', 1)
    expect(agreement.offer(sync, [], 4_000)).toBeUndefined()
    expect(agreement.dueMs).toBe(7_000)
    const second = agreement.offer(sync, [], 7_000)
    expect(second).toBeDefined()
    expect(second).not.toBe(first)
  })

  it('is reached when all others announce the same digest, and not before', () => {
    const sync = written(minClients)
    const agreement = new EpochAgreement('m')
    const digest = digestText(sync.hash())
    const begins = (holders: readonly EpochHolder[], own: string | undefined = digest) =>
      agreement.mayBegin(sync, holders, own, 3_000)
    expect(begins([])).toBe(true)
    expect(begins([holder('h')])).toBe(false)
    expect(begins([holder('h', { agreed: digest }), holder('i')])).toBe(false)
    expect(begins([holder('h', { agreed: digest })])).toBe(true)
    expect(begins([holder('h', { agreed: digest })], 'another')).toBe(false)
    sync.doc.getMap('m').set('on', 1)
    expect(begins([holder('h', { agreed: digest })])).toBe(false)
  })

  it('is given up after a minute: the member with the smallest id that is no carrier begins', () => {
    const sync = written(minClients)
    const begins = (self: string, holders: readonly EpochHolder[], nowMs = 60_000, of = sync) => {
      const agreement = new EpochAgreement(self)
      agreement.offer(of, holders, 0)
      return agreement.mayBegin(of, holders, undefined, nowMs)
    }
    expect(begins('a', [holder('b')])).toBe(true)
    expect(begins('a', [holder('b')], 59_000)).toBe(false)
    expect(begins('c', [holder('b')])).toBe(false)
    expect(begins('c', [holder('b', { isCarried: true })])).toBe(true)
    expect(begins('a', [], 60_000, written(minClients, { isCarried: true }))).toBe(false)
  })

  it('waits for members that are still in an earlier epoch', () => {
    const sync = written(minClients)
    sync.epochs.begin()
    Y.applyUpdate(sync.doc, manyClients(numbers(minClients, 10_000)))
    const digest = digestText(sync.hash())
    const agreement = new EpochAgreement('a')
    const behind = [holder('b', { agreed: digest })]
    expect(agreement.mayBegin(sync, behind, digest, 0)).toBe(false)
    const there = [holder('b', { agreed: digest, epoch: sync.epochs.current })]
    expect(agreement.mayBegin(sync, there, digest, 0)).toBe(true)
  })

  it('that others have begun is followed at once by a replica that equals their base', () => {
    const sync = written(minClients)
    const next = sync.epochs.next()
    sync.epochs.observed(next)
    const agreement = new EpochAgreement('m')
    expect(agreement.mayBegin(sync, [holder('h', { epoch: next })], undefined, 0)).toBe(true)
    sync.doc.getMap('m').set('on', 1)
    expect(agreement.mayBegin(sync, [holder('h', { epoch: next })], undefined, 0)).toBe(false)
  })
})
