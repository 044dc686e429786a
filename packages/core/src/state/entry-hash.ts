/**
 * Entry hash: what two members must agree on about a third.
 *
 * The incarnation and version of its record and who suspects it; not its beats, which are always on their way.
 * The hash of a set of entries is the exclusive or of theirs: it is kept up by adding and removing in any order.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import type { Suspicions } from './suspicions.ts'

/** Four words of 32 bits. */
export type EntryHash = Uint32Array

/** `sha256(key | incarnation | version | suspicions)`, the first 16 bytes; numbers as big-endian 64 bit, the last 32 bit. */
export function entryHash(
  key: Uint8Array,
  incarnation: number,
  version: number,
  suspicions: number,
): EntryHash {
  const bytes = new Uint8Array(key.length + 20)
  const view = new DataView(bytes.buffer)
  bytes.set(key)
  view.setBigUint64(key.length, BigInt(incarnation))
  view.setBigUint64(key.length + 8, BigInt(version))
  view.setUint32(key.length + 16, suspicions)
  return wordsOf(sha256(bytes))
}

/**
 * A summary of the claims, 32 bit, 0 when there are none: the exclusive or over them of the first word of
 * `sha256(incarnation, big-endian 64 bit | hard, one byte | observer id as text)`.
 */
export function suspicionSummary(suspicions: Suspicions | undefined): number {
  let summary = 0
  for (const { author, incarnation, hard } of suspicions?.claims ?? []) {
    const bytes = new Uint8Array(9 + author.length)
    new DataView(bytes.buffer).setBigUint64(0, BigInt(incarnation))
    bytes[8] = hard ? 1 : 0
    for (let i = 0; i < author.length; i++) bytes[9 + i] = author.charCodeAt(i)
    summary ^= wordsOf(sha256(bytes))[0] ?? 0
  }
  return summary >>> 0
}

function wordsOf(hash: Uint8Array): EntryHash {
  const view = new DataView(hash.buffer, hash.byteOffset)
  return Uint32Array.from({ length: 4 }, (_, i) => view.getUint32(i * 4))
}
