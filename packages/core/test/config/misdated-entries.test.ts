import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { replacementOf, type Version } from '../../src/config/config-conflicts.ts'
import { rewriteOfTooNew, rewriteOfTooOld } from '../../src/config/misdated-entries.ts'
import { storedFact } from '../../src/spaces/fact-set.ts'
import { isClockSet } from '../../src/wire/checks.ts'
import { entryFact } from '../helpers/space-facts.ts'

const [me, other] = [idOf('me'), idOf('other')]
const nowMs = 1_800_000_000_000

const entry = (author: string, value: string, epochMs: number, replaces?: Version): Version =>
  storedFact(entryFact(author, { value, epochMs, count: 0, replaces: replacementOf(replaces) }))

describe('an entry of a clock that was behind', () => {
  const red = entry(other, 'red', nowMs)
  const blue = entry(me, 'blue', 1_000, red)
  const green = entry(me, 'green', 2_000, blue)

  it('is rewritten right after the entry that it replaced, if it is the newest one', () => {
    expect(rewriteOfTooOld([blue, red], me)).toMatchObject({
      value: 'blue',
      time: { epochMs: nowMs, count: 1 },
    })
    expect(rewriteOfTooOld([green, blue, red], me)).toMatchObject({ key: 'k', value: 'green' })
  })

  it('is not rewritten if the same value exists, or if another member wrote after the replaced entry', () => {
    const repeated = entry(me, 'blue', nowMs + 1, red)
    const white = entry(other, 'white', nowMs + 1, red)
    expect(rewriteOfTooOld([blue, red, repeated], me)).toBeUndefined()
    expect(rewriteOfTooOld([blue, red, white], me)).toBeUndefined()
  })

  it('is not rewritten by other members, or if it replaced nothing', () => {
    expect(rewriteOfTooOld([blue, red], other)).toBeUndefined()
    expect(rewriteOfTooOld([entry(me, 'blue', 1_000), red], me)).toBeUndefined()
    expect(rewriteOfTooOld([], me)).toBeUndefined()
  })
})

describe('an entry of a clock that was ahead', () => {
  const red = entry(other, 'red', nowMs)
  const blue = entry(me, 'blue', 2 * nowMs, red)
  const green = entry(me, 'green', 2 * nowMs + 1, blue)

  it('is rewritten right after the last entry with a plausible time', () => {
    expect(rewriteOfTooNew([green, blue], me, true)).toMatchObject({
      value: 'green',
      replaces: { epochMs: nowMs },
      time: { epochMs: nowMs, count: 1 },
    })
  })

  it('is rewritten with the present time if it is the only entry of its key', () => {
    const only = entry(me, 'only', 2 * nowMs)
    expect(rewriteOfTooNew([only], me, false)).toMatchObject({ value: 'only', time: undefined })
    expect(rewriteOfTooNew([only], me, true)).toBeUndefined()
  })

  it('is not rewritten by other members', () => {
    expect(rewriteOfTooNew([green, blue], other, true)).toBeUndefined()
  })
})

describe('a clock', () => {
  it.each([
    [0, false],
    [1_599_999_999_999, false],
    [1_600_000_000_000, true],
  ])('at %d ms counts as set: %s', (epochMs, expected) => {
    expect(isClockSet(epochMs)).toBe(expected)
  })
})
