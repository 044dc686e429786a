import { describe, expect, it } from 'vitest'
import { TokenBuckets } from '../../src/base/token-buckets.ts'

const options = { burst: 2, refillMs: 1_000, maxKeys: 3 }

describe('TokenBuckets', () => {
  it('grants a burst, and then one token each interval', () => {
    const buckets = new TokenBuckets(options)
    expect([0, 0, 0].map(nowMs => buckets.take('ada', nowMs))).toEqual([true, true, false])
    expect([999, 1_000, 1_000].map(nowMs => buckets.take('ada', nowMs))).toEqual([false, true, false])
  })

  it('keeps the buckets of different keys apart, and never exceeds the burst', () => {
    const buckets = new TokenBuckets(options)
    for (const nowMs of [0, 0]) buckets.take('ada', nowMs)
    expect(buckets.has('ada', 0)).toBe(false)
    expect(buckets.has('grace', 0)).toBe(true)
    expect([99_000, 99_000, 99_000].map(nowMs => buckets.take('ada', nowMs))).toEqual([true, true, false])
  })

  it('takes several tokens, or none if there are too few', () => {
    const buckets = new TokenBuckets(options)
    expect(buckets.take('ada', 0, { cost: 3 })).toBe(false)
    expect(buckets.take('ada', 0, { cost: 1.5 })).toBe(true)
    expect(buckets.take('ada', 0)).toBe(false)
    expect(buckets.take('ada', 500)).toBe(true)
  })

  it('takes more tokens than a bucket has if forced, and gives tokens back up to the burst', () => {
    const buckets = new TokenBuckets(options)
    expect(buckets.take('ada', 0, { cost: 4, isForced: true })).toBe(true)
    expect([1_000, 2_999, 3_000].map(nowMs => buckets.has('ada', nowMs))).toEqual([false, false, true])
    buckets.take('ada', 3_000, { cost: -9, isForced: true })
    expect([2, 3].map(cost => buckets.has('ada', 3_000, cost))).toEqual([true, false])
  })

  it('stores a bounded number of buckets, and none that is full', () => {
    const buckets = new TokenBuckets(options)
    for (const key of ['a', 'b', 'c', 'd']) buckets.take(key, 0)
    expect(buckets.size).toBe(3)
    buckets.sweep(1_000)
    expect(buckets.size).toBe(0)
  })
})
