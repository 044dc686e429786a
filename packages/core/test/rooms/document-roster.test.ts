import { beforeEach, describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import type { DocumentAnnouncement } from '../../src/rooms/document-announcements.ts'
import { DocumentRoster } from '../../src/rooms/document-roster.ts'
import { PresenceRegisters } from '../../src/rooms/presence-registers.ts'
import { documentsField, unreachableField } from '../../src/rooms/reserved-fields.ts'
import { FactSet } from '../../src/spaces/fact-set.ts'
import type { Json } from '../../src/wire/json.ts'
import { draftSpaceFact } from '../../src/wire/space-fact.ts'

const noUnreachable: ReadonlySet<string> = new Set()

let presence: PresenceRegisters
let others: string[]
let suspects: string[]
let generations: Map<string, number>
let roster: DocumentRoster
let version = 0

beforeEach(() => {
  presence = new PresenceRegisters(new FactSet())
  others = []
  suspects = []
  generations = new Map()
  roster = new DocumentRoster({
    self: 'self',
    presence,
    others: () => others,
    suspects: () => suspects,
    isOfPresentGeneration: id => generations.get(id) === presence.generationOf(id),
  })
})

function announce(id: string, name: string, value: Json, generation = 1): void {
  version += 1
  const draft = draftSpaceFact(id, { type: 'field', generation, version, name, value })
  if (draft.type !== 'field') throw new Error('a field')
  presence.merge({ ...draft, signature: new Uint8Array(64) })
}

/** Puts a member into the room, with these documents. */
function enter(id: string, documents: Json | undefined, generation = 1): void {
  if (!others.includes(id)) others.push(id)
  generations.set(id, generation)
  if (documents !== undefined) announce(id, documentsField, documents, generation)
}

const announcement: DocumentAnnouncement = {
  client: 0,
  isSynced: false,
  digest: undefined,
  isSeeder: false,
  isCarried: false,
  epoch: undefined,
  agreed: undefined,
  keepsIds: false,
}

describe('the document roster of a room', () => {
  it('knows which members hold a document, which do not, and which have not announced it', () => {
    enter('a', { notes: { c: 3, s: 1 } })
    enter('b', {})
    enter('c', undefined)
    expect(roster.holdersOf('notes')).toEqual([{ ...announcement, id: 'a', client: 3, isSynced: true }])
    expect(roster.holdersOf('other')).toEqual([])
    expect(roster.unknown()).toEqual(['c'])
    expect(['a', 'b', 'c', 'absent'].map(id => roster.mayHaveDocument(id, 'notes'))).toEqual([
      true,
      false,
      true,
      false,
    ])
  })

  it('does not know whether a member is alive that was always suspect, whatever it announced', () => {
    enter('a', {})
    suspects = ['b']
    expect([roster.unknown(), roster.mayHaveDocument('b', 'notes')]).toEqual([['b'], false])
    suspects = []
    expect(roster.unknown()).toEqual([])
  })

  it('follows new announcements', () => {
    enter('a', {})
    announce('a', documentsField, { notes: {} })
    expect(roster.holdersOf('notes').map(({ id }) => id)).toEqual(['a'])
    announce('a', documentsField, {})
    expect([roster.holdersOf('notes'), roster.mayHaveDocument('a', 'notes')]).toEqual([[], false])
  })

  it('ignores announcements of an earlier generation, and members that are not in the room', () => {
    enter('a', { notes: {} }, 1)
    generations.set('a', 2)
    expect([roster.of('a'), roster.unknown()]).toEqual([undefined, ['a']])
    announce('a', documentsField, {}, 2)
    expect(roster.of('a')).toEqual(new Map())
    enter('b', { notes: {} })
    others = ['a']
    expect(roster.holdersOf('notes')).toEqual([])
  })
})

describe('the members that have a document open', () => {
  const open = (ids: readonly string[], change: Record<string, Json> = {}): void => {
    for (const id of ids) enter(id, { notes: { c: 1, ...change } })
  }

  it('are connected if all members are reachable, however many they are', () => {
    for (let count = 0; count <= 40; count++) {
      expect(roster.isConnected('notes', false, noUnreachable)).toBe(true)
      open([`m${count}`])
    }
  })

  it('are not connected if they are two and one of them announces the other as unreachable', () => {
    open(['a'])
    expect(roster.isConnected('notes', false, new Set(['a']))).toBe(false)
    announce('a', unreachableField, ['self'])
    expect(roster.isConnected('notes', false, noUnreachable)).toBe(false)
    announce('a', unreachableField, [])
    expect(roster.isConnected('notes', false, noUnreachable)).toBe(true)
  })

  it('are connected by a carrier, which does not count as an opener', () => {
    open(['a'])
    open(['carrier'], { r: 1 })
    announce('a', unreachableField, ['self'])
    expect(roster.isConnected('notes', false, noUnreachable)).toBe(false)
    expect(roster.isConnectedByCarriers('notes', noUnreachable)).toBe(true)
    // From the view of the carrier, there is only one opener.
    expect(roster.isConnected('notes', true, noUnreachable)).toBe(true)
  })

  it('are judged alike by all members, based on their announcements', () => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = mulberry32(seed)
      const members = Array.from({ length: 2 + Math.floor(random() * 6) }, (_, i) => `m${i}`)
      const unreachable = new Map(
        members.map(id => [id, members.filter(other => other !== id && random() < 0.3)]),
      )
      const judgements = members.map(self => {
        const registers = new PresenceRegisters(new FactSet())
        const seen = new DocumentRoster({
          self,
          presence: registers,
          others: () => members.filter(id => id !== self),
          suspects: () => [],
          isOfPresentGeneration: () => true,
        })
        presence = registers
        for (const id of members) {
          announce(id, documentsField, { notes: {} })
          announce(id, unreachableField, unreachable.get(id) ?? [])
        }
        return seen.isConnected('notes', false, new Set(unreachable.get(self)))
      })
      expect(new Set(judgements).size, `seed ${seed}`).toBe(1)
    }
  })
})
