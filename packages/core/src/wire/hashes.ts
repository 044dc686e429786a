/** Hashes: short hashes, and the 256 buckets in which members compare tables and fact sets part by part. */
import { sha256 } from '@noble/hashes/sha2.js'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'

/** The size of every hash on the wire. */
export const hashBytes = 16

export const bucketCount = 256

/** The size of a part of an id that is sent instead of the id. */
export const prefixBytes = 8

const bitmapBytes = bucketCount / 8
const bucketHashesBytes = bucketCount * hashBytes

/**
 * The first 8 bytes of an id as a string of eight characters, which can be the key of a map. A spread or a hexadecimal number
 * takes seven times as long, and a message may have 16,384 ids.
 *
 * @param at where the id begins @default 0
 */
export function prefixOf(bytes: Uint8Array, at = 0): string {
  const byte = (i: number) => bytes[at + i] ?? 0
  return String.fromCharCode(byte(0), byte(1), byte(2), byte(3), byte(4), byte(5), byte(6), byte(7))
}

/** A set of buckets as a bitmap of 32 bytes. */
export function bitmapOf(buckets: ReadonlySet<number>): Uint8Array<ArrayBuffer> {
  const bitmap = new Uint8Array(bitmapBytes)
  for (const bucket of buckets) bitmap[bucket >> 3] = (bitmap[bucket >> 3] ?? 0) | (1 << (bucket & 7))
  return bitmap
}

/** The set of buckets of a bitmap; undefined if the message has no bitmap. */
export function decodeBuckets(
  bitmap: Uint8Array | undefined,
): Result<ReadonlySet<number> | undefined, DecodeFailure> {
  if (!bitmap) return ok(undefined)
  if (bitmap.length !== bitmapBytes) return failed('invalid', `a bucket bitmap has ${bitmapBytes} bytes`)
  const buckets = new Set<number>()
  for (let bucket = 0; bucket < bucketCount; bucket++)
    if ((bitmap[bucket >> 3] ?? 0) & (1 << (bucket & 7))) buckets.add(bucket)
  return ok(buckets)
}

/** The hashes of all buckets, `bucketCount * hashBytes` bytes; undefined if the message has none. */
export function decodeBucketHashes(
  hashes: Uint8Array | undefined,
): Result<Uint8Array | undefined, DecodeFailure> {
  return hashes && hashes.length !== bucketHashesBytes
    ? failed('invalid', `${bucketCount} bucket hashes have ${hashBytes} bytes each`)
    : ok(hashes)
}

/** The buckets whose hashes differ. */
export function differingBuckets(a: Uint8Array, b: Uint8Array): Set<number> {
  const differing = new Set<number>()
  a.forEach((byte, i) => {
    if (byte !== b[i]) differing.add(Math.floor(i / hashBytes))
  })
  return differing
}

/** The first 16 bytes of a sha256: finding two inputs with the same hash takes about 2⁶⁴ attempts. */
export function shortHash(bytes: Uint8Array): Uint8Array {
  return sha256(bytes).slice(0, hashBytes)
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
