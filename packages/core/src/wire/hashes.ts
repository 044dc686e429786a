/** Hashes: short hashes, and the 256 buckets in which members compare tables and fact sets part by part. */
import { sha256 } from '@noble/hashes/sha2.js'

/** The size of every hash on the wire. */
export const hashBytes = 16

export const bucketCount = 256

/** A set of buckets as a bitmap of 32 bytes. */
export function bitmapOf(buckets: ReadonlySet<number>): Uint8Array<ArrayBuffer> {
  const bitmap = new Uint8Array(bucketCount / 8)
  for (const bucket of buckets) bitmap[bucket >> 3] = (bitmap[bucket >> 3] ?? 0) | (1 << (bucket & 7))
  return bitmap
}

/** The set of buckets of a bitmap. */
export function bucketsOf(bitmap: Uint8Array): Set<number> {
  const isSet = (bit: number) => ((bitmap[bit >> 3] ?? 0) & (1 << (bit & 7))) !== 0
  return new Set(Array.from({ length: bucketCount }, (_, bucket) => bucket).filter(isSet))
}

/** The first 16 bytes of a sha256: finding two inputs with the same hash takes about 2⁶⁴ attempts. */
export function shortHash(bytes: Uint8Array): Uint8Array {
  return sha256(bytes).slice(0, hashBytes)
}

export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
