import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  type DocumentAnnouncement,
  maxUnreachable,
  printAnnouncements,
  readAnnouncements,
  readUnreachable,
} from '../../src/rooms/document-announcements.ts'
import type { Json } from '../../src/wire/json.ts'
import * as limits from '../../src/wire/limits.ts'

const announcement = (change: Partial<DocumentAnnouncement> = {}): DocumentAnnouncement => ({
  client: 1,
  isSynced: false,
  digest: undefined,
  isSeeder: false,
  isCarried: false,
  epoch: undefined,
  agreed: undefined,
  keepsIds: false,
  ...change,
})

describe('document announcements', () => {
  it('are read as they were printed', () => {
    const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', '', '7'))
    const announcements = fc.record({
      client: fc.maxSafeNat(),
      isSynced: fc.boolean(),
      digest: fc.option(fc.string(), { nil: undefined }),
      isSeeder: fc.boolean(),
      isCarried: fc.boolean(),
      epoch: fc.option(
        fc.record({
          number: fc.integer({ min: 1, max: 999_999 }),
          id: fc.uint8Array({ minLength: 16, maxLength: 16 }),
        }),
        { nil: undefined },
      ),
      agreed: fc.option(fc.string(), { nil: undefined }),
      keepsIds: fc.boolean(),
    })
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.tuple(names, announcements), { selector: ([name]) => name, maxLength: 64 }),
        all => {
          const announced = JSON.parse(JSON.stringify(printAnnouncements(new Map(all))))
          expect(readAnnouncements(announced)).toEqual(new Map(all))
        },
      ),
    )
  })

  it('distinguish a member without documents from one that announced nothing', () => {
    expect(readAnnouncements(printAnnouncements(new Map()))).toEqual(new Map())
    expect(readAnnouncements(undefined)).toBeUndefined()
  })

  it('take few bytes for a synced document', () => {
    const announcements = new Map([['notes', announcement({ client: 4_294_967_295, isSynced: true })]])
    expect(JSON.stringify(printAnnouncements(announcements)).length).toBeLessThan(40)
  })

  it.each<[string, Json | undefined]>([
    ['null', null],
    ['a text', 'notes'],
    ['a number', 1],
    ['a list', [{ c: 1 }]],
  ])('that are %s count as not announced', (_, value) => {
    expect(readAnnouncements(value)).toBeUndefined()
  })

  it.each<[string, Json, Partial<DocumentAnnouncement> | undefined]>([
    ['that is no object is ignored', 1, undefined],
    ['that is a list is ignored', [1], undefined],
    ['that is null is ignored', null, undefined],
    ['that is empty stands for an empty replica', {}, { client: 0 }],
    ['with wrong types is read like an empty one', { c: '7', s: true, d: 5, e: 'x', r: {} }, { client: 0 }],
    ['with unknown keys keeps the known ones', { c: 7, s: 1, z: 9 }, { client: 7, isSynced: true }],
  ])('an announcement %s', (_, value, expected) => {
    const read = readAnnouncements({ notes: value, other: { c: 3 } })
    expect(read?.get('notes')).toEqual(expected && announcement(expected))
    expect(read?.get('other')).toEqual(announcement({ client: 3 }))
  })

  it('are limited to the documents of a room', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`d${i}`, { c: i }]))
    expect(readAnnouncements(many)?.size).toBe(limits.maxDocuments)
  })
})

describe('unreachable members', () => {
  it('are limited to a number of ids', () => {
    expect(readUnreachable(['a', 1, null, 'b', {}])).toEqual(['a', 'b'])
    expect(readUnreachable(Array.from({ length: 999 }, (_, i) => `m${i}`)).length).toBe(maxUnreachable)
    for (const value of [undefined, null, 'a', {}, 3]) expect(readUnreachable(value)).toEqual([])
  })
})
