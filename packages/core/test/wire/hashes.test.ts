import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  bitmapOf,
  decodeBucketHashes,
  decodeBuckets,
  differingBuckets,
  equalBytes,
} from '../../src/wire/hashes.ts'
import { buckets, bytes } from './codec-arbitraries.ts'

describe('the bitmap of a set of buckets', () => {
  it('is decoded to the set', () => {
    fc.assert(
      fc.property(buckets, buckets => {
        expect(decodeBuckets(bitmapOf(buckets))).toEqual({ ok: true, value: buckets })
      }),
    )
  })

  it('is absent if the message is about all buckets', () => {
    expect(decodeBuckets(undefined)).toEqual({ ok: true, value: undefined })
  })

  it.each([0, 31, 33])('is rejected with %i bytes', length => {
    expect(decodeBuckets(new Uint8Array(length)).ok).toBe(false)
  })
})

describe('the hashes of all buckets', () => {
  it.each([
    [0, false],
    [4_095, false],
    [4_096, true],
    [4_097, false],
  ])('with %i bytes are accepted: %s', (length, isAccepted) => {
    expect(decodeBucketHashes(new Uint8Array(length)).ok).toBe(isAccepted)
  })

  it('may be absent', () => {
    expect(decodeBucketHashes(undefined)).toEqual({ ok: true, value: undefined })
  })

  it('differ in the buckets in which any byte differs', () => {
    fc.assert(
      fc.property(bytes(4_096), buckets, fc.nat(15), (hashes, buckets, byte) => {
        const others = hashes.slice()
        for (const bucket of buckets) others[bucket * 16 + byte] = ~(others[bucket * 16 + byte] ?? 0)
        expect(differingBuckets(hashes, others)).toEqual(buckets)
      }),
    )
  })
})

describe('equal bytes', () => {
  it.each([
    [[], [], true],
    [[1, 2], [1, 2], true],
    [[1, 2], [1, 3], false],
    [[1, 2], [3, 2], false],
    [[1, 2], [1, 2, 0], false],
    [[1, 2, 0], [1, 2], false],
  ])('%j and %j: %s', (a, b, expected) => {
    expect(equalBytes(Uint8Array.from(a), Uint8Array.from(b))).toBe(expected)
  })
})
