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
import { limits } from '../../src/wire/limits.ts'

const holding = (change: Partial<DocumentAnnouncement> = {}): DocumentAnnouncement => ({
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

describe('holdings', () => {
  it('are read as they were announced', () => {
    const names = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'toString', '', '7'))
    const holdings = fc.record({
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
        fc.uniqueArray(fc.tuple(names, holdings), { selector: ([name]) => name, maxLength: 64 }),
        all => {
          const announced = JSON.parse(JSON.stringify(printAnnouncements(new Map(all))))
          expect(readAnnouncements(announced)).toEqual(new Map(all))
        },
      ),
    )
  })

  it('are known to be none, or are not known', () => {
    expect(readAnnouncements(printAnnouncements(new Map()))).toEqual(new Map())
    expect(readAnnouncements(undefined)).toBeUndefined()
  })

  it('take few bytes of a document that is synced', () => {
    const holdings = new Map([['notes', holding({ client: 4_294_967_295, isSynced: true })]])
    expect(JSON.stringify(printAnnouncements(holdings)).length).toBeLessThan(40)
  })

  it.each<[string, Json | undefined]>([
    ['null', null],
    ['a text', 'notes'],
    ['a number', 1],
    ['a list', [{ c: 1 }]],
  ])('that are %s are as if nothing was announced', (_, value) => {
    expect(readAnnouncements(value)).toBeUndefined()
  })

  it.each<[string, Json, Partial<DocumentAnnouncement> | undefined]>([
    ['no object is left out', 1, undefined],
    ['a list is left out', [1], undefined],
    ['null is left out', null, undefined],
    ['empty is of a replica that is empty', {}, { client: 0 }],
    [
      'of wrong types is read as if nothing was said',
      { c: '7', s: true, d: 5, e: 'x', r: {} },
      { client: 0 },
    ],
    ['with more than is known keeps what is known', { c: 7, s: 1, z: 9 }, { client: 7, isSynced: true }],
  ])('of which one is %s', (_, value, expected) => {
    const read = readAnnouncements({ notes: value, other: { c: 3 } })
    expect(read?.get('notes')).toEqual(expected && holding(expected))
    expect(read?.get('other')).toEqual(holding({ client: 3 }))
  })

  it('are no more than a room has documents, whatever was announced', () => {
    const many = Object.fromEntries(Array.from({ length: 1_000 }, (_, i) => [`d${i}`, { c: i }]))
    expect(readAnnouncements(many)?.size).toBe(limits.maxDocuments)
  })
})

describe('unreachable members', () => {
  it('are read as far as they are ids, and so many', () => {
    expect(readUnreachable(['a', 1, null, 'b', {}])).toEqual(['a', 'b'])
    expect(readUnreachable(Array.from({ length: 999 }, (_, i) => `m${i}`)).length).toBe(maxUnreachable)
    for (const value of [undefined, null, 'a', {}, 3]) expect(readUnreachable(value)).toEqual([])
  })
})
