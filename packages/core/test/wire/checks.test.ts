import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { isCount, isPlainObject, isPlausibleTimestamp, maxAheadMs } from '../../src/wire/checks.ts'

describe('a count', () => {
  it.each([0, 1, Number.MAX_SAFE_INTEGER])('is %d', value => {
    expect(isCount(value)).toBe(true)
  })

  it.each([undefined, -1, 0.5, 2 ** 53, Number.NaN, Number.POSITIVE_INFINITY])('is not %d', value => {
    expect(isCount(value)).toBe(false)
  })
})

describe('a plain object', () => {
  it.each<[string, unknown]>([
    ['a literal', { a: 1 }],
    ['an object without a prototype', Object.create(null)],
    ['an object of another realm', runInNewContext('({ a: 1 })')],
  ])('is %s', (_, value) => {
    expect(isPlainObject(value)).toBe(true)
  })

  it.each<[string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a text', 'a'],
    ['a function', () => 1],
    ['a list', [1]],
    ['a list of another realm', runInNewContext('[1]')],
    ['an instance', new Map()],
    ['an object that inherits from a plain object without a prototype', Object.create(Object.create({}))],
  ])('is not %s', (_, value) => {
    expect(isPlainObject(value)).toBe(false)
  })
})

describe('a time that a member signed', () => {
  const nowMs = 1_700_000_000_000

  it.each([
    [0, true],
    [nowMs + maxAheadMs, true],
    [nowMs + maxAheadMs + 1, false],
    [-1, false],
    [1.5, false],
    [Number.NaN, false],
  ])('is plausible at %d: %s', (timestampMs, expected) => {
    expect(isPlausibleTimestamp(timestampMs, nowMs)).toBe(expected)
  })
})
