import { beforeEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { type OpenedDocument, SyncEstablishment } from '../../src/documents/sync-establishment.ts'
import type { DocumentAnnouncement } from '../../src/rooms/document-announcements.ts'
import type { DocumentRoster } from '../../src/rooms/document-roster.ts'
import { DocumentSync } from '../../src/spaces/documents/document-sync.ts'

type Holder = Partial<DocumentAnnouncement> & { readonly id: string }

let sync: DocumentSync
let holders: Holder[]
let unknown: string[]
let present: string[]
let isSettled: boolean
let establishment: SyncEstablishment

beforeEach(() => {
  sync = new DocumentSync({ name: 'notes', doc: new Y.Doc(), origin: 'remote' })
  holders = []
  unknown = []
  present = []
  isSettled = true
  const roster = {
    holdersOf: () => holders,
    unknown: () => unknown,
    mayHaveDocument: (id: string) => holders.some(holder => holder.id === id),
    isPresent: (id: string) => present.includes(id),
  } as unknown as DocumentRoster
  establishment = new SyncEstablishment({ self: 'm', roster, host: { isSettled: () => isSettled } })
})

function opened(seed?: () => void): OpenedDocument {
  return { openedMs: 0, seed, peersWithoutDocument: new Map() }
}

describe('a replica', () => {
  it('is synced 1 s after it was opened when no other member holds the document', () => {
    expect(establishment.isEstablished(sync, opened(), 999)).toBe(false)
    expect(establishment.isEstablished(sync, opened(), 1_000)).toBe(true)
  })

  it('is not synced before the member knows the cluster', () => {
    isSettled = false
    expect(establishment.isEstablished(sync, opened(), 60_000)).toBe(false)
  })

  it('waits 10 s for a member that announces nothing', () => {
    unknown = ['z']
    expect(establishment.isEstablished(sync, opened(), 1_000)).toBe(false)
    expect(establishment.isEstablished(sync, opened(), 10_999)).toBe(false)
    expect(establishment.isEstablished(sync, opened(), 11_000)).toBe(true)
  })

  it('waits anew for a member that was known in the meantime', () => {
    unknown = ['z']
    establishment.isEstablished(sync, opened(), 1_000)
    unknown = []
    expect(establishment.isEstablished(sync, opened(), 2_000)).toBe(true)
    unknown = ['z']
    expect(establishment.isEstablished(sync, opened(), 11_000)).toBe(false)
  })

  it('is established by the opener with the smallest id only', () => {
    holders = [{ id: 'z' }]
    expect(establishment.isEstablished(sync, opened(), 1_000)).toBe(true)
    holders = [{ id: 'a' }]
    expect(establishment.isEstablished(sync, opened(), 1_000)).toBe(false)
    holders = [{ id: 'a', isCarried: true }]
    expect(establishment.isEstablished(sync, opened(), 1_000)).toBe(true)
  })

  it('is established by a seeder before all other openers', () => {
    holders = [{ id: 'a' }]
    expect(
      establishment.isEstablished(
        sync,
        opened(() => {}),
        1_000,
      ),
    ).toBe(true)
    holders = [{ id: 'a', isSeeder: true }]
    expect(
      establishment.isEstablished(
        sync,
        opened(() => {}),
        1_000,
      ),
    ).toBe(false)
    holders = [{ id: 'z', isSeeder: true }]
    expect(establishment.isEstablished(sync, opened(), 1_000)).toBe(false)
  })

  it('is not established while a holder is synced, or has content that was not compared', () => {
    holders = [{ id: 'z', isSynced: true }]
    expect(establishment.isEstablished(sync, opened(), 1_000)).toBe(false)
    holders = [{ id: 'z', digest: 'unknown' }]
    expect(establishment.isEstablished(sync, opened(), 1_000)).toBe(false)
  })

  it('is never established when it is carried for others', () => {
    const carried = new DocumentSync({ name: 'notes', doc: new Y.Doc(), origin: 'remote', isCarried: true })
    expect(establishment.isEstablished(carried, opened(), 60_000)).toBe(false)
  })
})

describe('a member that closed the document', () => {
  it('is dropped after 1 s without an announcement', () => {
    const document = opened()
    sync.state.markAhead('z')
    expect([...sync.state.members()]).toContain('z')
    establishment.dropDeparted(sync, document, 0)
    establishment.dropDeparted(sync, document, 999)
    expect([...sync.state.members()]).toContain('z')
    establishment.dropDeparted(sync, document, 1_000)
    expect([...sync.state.members()]).not.toContain('z')
  })

  it('is not dropped if it announces the document again', () => {
    const document = opened()
    sync.state.markAhead('z')
    establishment.dropDeparted(sync, document, 0)
    holders = [{ id: 'z' }]
    establishment.dropDeparted(sync, document, 500)
    holders = []
    establishment.dropDeparted(sync, document, 1_000)
    expect([...sync.state.members()]).toContain('z')
  })
})

describe('a member with more content whose connection closed', () => {
  it('is waited for while it is in the room, and dropped at once when it left or died', () => {
    holders = [{ id: 'z' }]
    present = ['z']
    sync.state.establish()
    sync.state.markAhead('z')
    sync.state.closed('z')
    establishment.dropDeparted(sync, opened(), 60_000)
    expect(sync.state.isSynced).toBe(false)
    present = []
    establishment.dropDeparted(sync, opened(), 60_000)
    expect(sync.state.isSynced).toBe(true)
  })
})
