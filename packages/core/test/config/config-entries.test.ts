import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { ConfigEntries, maxVersions } from '../../src/config/config-entries.ts'
import { maxKeys, maxStoredKeys } from '../../src/config/key-capacity.ts'
import { FactSet } from '../../src/spaces/fact-set.ts'
import { type WriterList, writerRule } from '../../src/spaces/writer-rule.ts'
import type { EntryFact, SpaceFact } from '../../src/wire/space-fact.ts'
import { entryFact } from '../helpers/space-facts.ts'

const dayMs = 86_400_000
const retentionMs = 30 * dayMs
const nowMs = 1_800_000_000_000
const at = (epochMs: number) => ({ epochMs, monotonicMs: 0 })

interface Holder {
  readonly facts: FactSet
  readonly entries: ConfigEntries
}

function holder(writers: WriterList = 'anyone'): Holder {
  const facts = new FactSet()
  return { facts, entries: new ConfigEntries({ facts, mayWrite: writerRule(writers), retentionMs }) }
}

/** Merges new entries only, as spaces do. */
function merge({ entries }: Holder, facts: readonly EntryFact[], epochMs = nowMs): void {
  for (const fact of facts) if (entries.admit(fact, at(epochMs)) === 'new') entries.merge(fact, epochMs)
}

const valuesOf = ({ entries }: Holder, key = 'k'): unknown[] =>
  entries.versions(key).map(({ fact }) => fact.value)

const ids = ['ada', 'bob', 'eve'].map(idOf)

const someFacts = fc.array(
  fc
    .record({
      author: fc.constantFrom(...ids),
      key: fc.constantFrom('k', 'l'),
      epochMs: fc.integer({ min: nowMs - 20, max: nowMs }),
      count: fc.nat(2),
      value: fc.option(
        fc.oneof(
          fc.nat(9),
          fc.constantFrom(6_000, 15_000).map(length => 'x'.repeat(length)),
        ),
        { nil: undefined },
      ),
    })
    .map(({ author, ...body }) => entryFact(author, body)),
  { maxLength: 24 },
)

const stateOf = ({ facts, entries }: Holder) => ({
  hash: Buffer.from(facts.hash()).toString('hex'),
  size: facts.size,
  k: entries.versions('k').map(({ id }) => id),
  l: entries.versions('l').map(({ id }) => id),
})

describe('config entries', () => {
  it('reach the same state for any order, grouping and repetition', () => {
    fc.assert(
      fc.property(
        someFacts.chain(facts =>
          fc.record({
            facts: fc.constant(facts),
            shuffled: fc.shuffledSubarray(facts, { minLength: facts.length }),
            cut: fc.nat(facts.length),
          }),
        ),
        ({ facts, shuffled, cut }) => {
          const [inOrder, otherwise, left, right] = [holder(), holder(), holder(), holder()]
          merge(inOrder, facts)
          merge(otherwise, [...shuffled, ...facts])
          merge(left, facts.slice(0, cut))
          merge(right, facts.slice(cut))
          // One side does not get what the other has dropped, and this must not matter.
          const { facts: exchanged } = right.facts.beyond(left.facts.storedIds(undefined, false), 0, 1e9)
          merge(left, exchanged as EntryFact[])
          expect(stateOf(otherwise)).toEqual(stateOf(inOrder))
          expect(stateOf(left)).toEqual(stateOf(inOrder))
        },
      ),
      { numRuns: 300 },
    )
  })

  it('are ordered by time, then count, then author', () => {
    const a = holder()
    const [low, high] = [...ids].sort()
    merge(a, [
      entryFact(high ?? '', { value: 'later author', epochMs: nowMs, count: 1 }),
      entryFact(low ?? '', { value: 'greater count', epochMs: nowMs, count: 2 }),
      entryFact(low ?? '', { value: 'earlier author', epochMs: nowMs, count: 1 }),
      entryFact(high ?? '', { value: 'earlier', epochMs: nowMs - 1, count: 9 }),
    ])
    expect(valuesOf(a)).toEqual(['greater count', 'later author', 'earlier author', 'earlier'])
  })

  it('are limited to the last eight of a key', () => {
    const a = holder()
    merge(
      a,
      Array.from({ length: 20 }, (_, i) => entryFact(ids[0] ?? '', { value: i, epochMs: nowMs + i })),
    )
    expect(valuesOf(a)).toEqual([19, 18, 17, 16, 15, 14, 13, 12])
    expect(a.facts.size).toBe(maxVersions)
  })

  it('are removed from the oldest on when a deletion is no longer shared', () => {
    const replica = holder()
    const written = [1, 2, undefined].map((value, count) =>
      entryFact(ids[0] ?? '', { key: 'k', epochMs: nowMs, count, value }),
    )
    merge(replica, written)
    const left: (SpaceFact | undefined)[] = []
    replica.facts.watch(({ stored: { fact } }) => left.push(fact))
    replica.entries.sweep(nowMs + retentionMs)
    expect(left).toEqual(written)
  })

  it('are rejected if the author may not write, or the time is in the far future', () => {
    const [ada = '', bob = ''] = ids
    const a = holder(new Set([ada]))
    expect(a.entries.admit(entryFact(ada, { epochMs: nowMs }), at(nowMs))).toBe('new')
    expect(a.entries.admit(entryFact(bob, { epochMs: nowMs }), at(nowMs))).toBe('rejected')
    expect(a.entries.admit(entryFact(ada, { epochMs: nowMs + 2 * dayMs }), at(nowMs))).toBe('rejected')
  })

  it('keep the keys that were set or deleted last, up to four times as many as a member may write', () => {
    const a = holder()
    const [ada = ''] = ids
    const keyAt = (key: string, ms: number) => entryFact(ada, { key, epochMs: nowMs + ms })
    merge(
      a,
      Array.from({ length: maxStoredKeys }, (_, i) => keyAt(`${i}`, i - maxStoredKeys)),
    )
    expect(a.entries.admit(keyAt('earlier', -maxStoredKeys - 1), at(nowMs))).toBe('stale')
    expect(a.entries.merge(keyAt('later', 0), nowMs).dropped).toBe('0')
    expect(a.entries.size).toBe(maxStoredKeys)
    // A new entry makes the key one of the latest.
    merge(a, [keyAt('1', 1)])
    expect(a.entries.merge(keyAt('last', 2), nowMs).dropped).toBe('2')
    expect(a.facts.size).toBe(maxStoredKeys + 1)
  })

  it('of 1,024 keys by each side of a partition become the same everywhere, and no member writes a further key', () => {
    const [ada = '', bob = ''] = ids
    const keysBy = (author: string) =>
      Array.from({ length: maxKeys }, (_, i) => entryFact(author, { key: `${author} ${i}`, epochMs: nowMs }))
    const [a, b] = [holder(), holder()]
    merge(a, [...keysBy(ada), ...keysBy(bob)])
    merge(b, [...keysBy(bob), ...keysBy(ada)])
    expect(a.entries.size).toBe(2 * maxKeys)
    expect(a.facts.hash()).toEqual(b.facts.hash())
    expect(a.entries.hasSpace).toBe(false)
  })

  it('of a new key find space although deleted keys are still stored, up to 1,024 of these', () => {
    const [ada = ''] = ids
    const a = holder()
    const keys = Array.from({ length: maxKeys }, (_, i) => `${i}`)
    merge(
      a,
      keys.map(key => entryFact(ada, { key, epochMs: nowMs, value: undefined })),
    )
    expect(a.entries.hasSpace).toBe(true)
    merge(
      a,
      keys.map(key => entryFact(ada, { key: `new ${key}`, epochMs: nowMs })),
    )
    expect(a.entries.hasSpace).toBe(false)
    expect(a.entries.admit(entryFact(ada, { key: '0', epochMs: nowMs + 1 }), at(nowMs))).toBe('new')
  })

  it('provide times later than all observed ones, whatever the wall clock shows', () => {
    const a = holder()
    merge(a, [entryFact(ids[0] ?? '', { epochMs: nowMs + 5_000, count: 3 })])
    expect(a.entries.nextTime(nowMs)).toEqual({ epochMs: nowMs + 5_000, count: 4 })
    expect(a.entries.nextTime(nowMs - 1e6)).toEqual({ epochMs: nowMs + 5_000, count: 5 })
    expect(a.entries.nextTime(nowMs + 9_000)).toEqual({ epochMs: nowMs + 9_000, count: 0 })
  })
})

describe('a deletion', () => {
  const value = entryFact(ids[0] ?? '', { value: 'old', epochMs: nowMs })
  const deletion = entryFact(ids[1] ?? '', { value: undefined, epochMs: nowMs + 1 })

  it('wins over an older value that arrives later', () => {
    const a = holder()
    merge(a, [deletion, value])
    expect(valuesOf(a)).toEqual([undefined, 'old'])
  })

  it('is shared until the end of the retention, and dropped an eighth later, with the history of its key', () => {
    const a = holder()
    merge(a, [value, deletion])
    a.entries.sweep(nowMs + retentionMs)
    expect(a.facts.size).toBe(2)
    a.entries.sweep(nowMs + 1 + retentionMs)
    expect(a.facts.size).toBe(0)
    expect(valuesOf(a)).toEqual([undefined, 'old'])
    a.entries.sweep(nowMs + 1 + 1.125 * retentionMs)
    expect(valuesOf(a)).toEqual([])
  })

  it('prevents older values while another member still shares them', () => {
    const a = holder()
    const laterMs = nowMs + 1.1 * retentionMs
    merge(a, [deletion, value], laterMs)
    expect(valuesOf(a)).toEqual([undefined, 'old'])
    expect(a.facts.size).toBe(0)
    expect(holder().entries.admit(deletion, at(nowMs + 1.2 * retentionMs))).toBe('stale')
  })

  it('is remembered for a while after its key was dropped, so that old values do not come back', () => {
    const a = holder()
    merge(a, [value, deletion])
    const laterMs = nowMs + 1 + 1.125 * retentionMs
    a.entries.sweep(laterMs)
    merge(a, [value, deletion], laterMs)
    expect(valuesOf(a)).toEqual([])
    merge(a, [entryFact(ids[0] ?? '', { value: 'new', epochMs: nowMs + 2 })], laterMs)
    expect(valuesOf(a)).toEqual(['new'])
  })

  it('does not affect a value that is written after it', () => {
    const a = holder()
    merge(a, [value, deletion])
    const again = entryFact(ids[0] ?? '', { value: 'new', epochMs: nowMs + 2 })
    merge(a, [again], nowMs + retentionMs + 5)
    a.entries.sweep(nowMs + 2 * retentionMs)
    expect(valuesOf(a)).toEqual(['new', undefined, 'old'])
    expect(a.facts.size).toBe(3)
  })

  it('have the same keys at all members, however many the sides of a partition have written', () => {
    const sides = ids.map(() => holder())
    const random = mulberry32(1)
    for (const [side, each] of sides.entries())
      for (let n = 0; n < maxStoredKeys; n++) {
        // Some keys are written on all sides, and some are deleted.
        const key = n % 8 === 0 ? `${n}` : `${n} ${side}`
        const epochMs = nowMs - Math.floor(random() * 1_000_000)
        merge(each, [entryFact(ids[side] ?? '', { key, epochMs, value: n % 5 === 0 ? undefined : n })])
      }
    const hashes = () => new Set(sides.map(({ facts }) => Buffer.from(facts.hash()).toString('hex')))
    for (let exchange = 0; hashes().size > 1 && exchange < 12; exchange++) {
      const [from, to] = [sides[exchange % 3], sides[(exchange + 1) % 3]]
      if (!from || !to) continue
      const { entries } = from
      merge(
        to,
        [...entries.keys()].flatMap(key => entries.versions(key).map(({ fact }) => fact)),
      )
    }
    expect(hashes().size).toBe(1)
    expect(sides.map(({ entries }) => entries.size)).toEqual(Array(3).fill(maxStoredKeys))
  })
})
