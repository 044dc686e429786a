import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { applyDiff, diffTables, emptyTable, type Row, type Table } from '../src/table.ts'

const row = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom(1, 2, 'x'), {
  noNullPrototype: true,
})
const table: fc.Arbitrary<Table> = fc
  .dictionary(fc.constantFrom('ada', 'bob', 'cy'), row, { noNullPrototype: true })
  .map(rows => new Map(Object.entries(rows)))

describe('the difference of two tables', () => {
  it('makes the second of the first', () => {
    fc.assert(
      fc.property(table, table, (before, after) => {
        const diff = diffTables(before, after)
        expect(diff ? applyDiff(before, diff) : before).toEqual(after)
      }),
    )
  })

  it('contains only changed columns, and keeps rows and values that did not change', () => {
    const tags = { role: 'editor' }
    const ada: Row = { name: 'ada', tags, status: 'alive' }
    const bob: Row = { name: 'bob', status: 'alive' }
    const before: Table = new Map([
      ['ada', ada],
      ['bob', bob],
    ])
    const after: Table = new Map([
      ['ada', { ...ada, status: 'suspect' }],
      ['bob', bob],
    ])
    const diff = diffTables(before, after)
    expect(diff).toEqual({ changed: [['ada', { status: 'suspect' }, []]], removed: [] })
    const applied = applyDiff(before, diff ?? { changed: [], removed: [] })
    expect(applied.get('bob')).toBe(bob)
    expect(applied.get('ada')?.['tags']).toBe(tags)
  })

  it('treats a column with the value undefined as absent', () => {
    const before: Table = new Map([['ada', { phi: 1, roundTripMs: undefined }]])
    const diff = diffTables(before, new Map([['ada', { phi: 1 }]]))
    expect(diff).toBeUndefined()
    expect(diffTables(before, new Map([['ada', { phi: undefined }]]))?.changed).toEqual([
      ['ada', {}, ['phi']],
    ])
    expect(diffTables(emptyTable, new Map([['ada', {}]]))?.changed).toEqual([['ada', {}, []]])
  })
})
