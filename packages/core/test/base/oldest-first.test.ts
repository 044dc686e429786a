import { describe, expect, it } from 'vitest'
import { dropOldest, setNewest } from '../../src/base/oldest-first.ts'

describe('dropOldest', () => {
  it.each([
    ['fewer entries than the greatest size', 3, ['a', 'b']],
    ['as many', 2, ['a', 'b']],
    ['one more', 1, ['b']],
  ])('keeps the newest entries of a set with %s', (_, max, expected) => {
    const entries = new Set(['a', 'b'])
    dropOldest(entries, max)
    expect([...entries]).toEqual(expected)
  })

  it('leaves an empty map unchanged', () => {
    const entries = new Map()
    dropOldest(entries, 0)
    expect(entries.size).toBe(0)
  })
})

describe('setNewest', () => {
  it('deletes the entry that was set least recently', () => {
    const entries = new Map<string, number>()
    for (const key of ['a', 'b', 'a', 'c']) setNewest(entries, key, 1, 2)
    expect([...entries.keys()]).toEqual(['a', 'c'])
  })

  it('deletes no other entry when it replaces one', () => {
    const entries = new Map([
      ['a', 1],
      ['b', 1],
    ])
    setNewest(entries, 'a', 2, 2)
    expect([...entries]).toEqual([
      ['b', 1],
      ['a', 2],
    ])
  })
})
