/**
 * Row hash: covers the part of a row on which two converged tables agree.
 *
 * The hash covers the incarnation and version of the record and the suspicions. The hash leaves out heartbeats: new ones are
 * always in transit, so tables would never have equal hashes.
 */
import { fromString as fromText } from 'uint8arrays/from-string'
import { shortHash } from '../wire/hashes.ts'
import type { Suspicions } from './suspicions.ts'

/** `sha256(key | incarnation | version | summary)`, the first 16 bytes; numbers as big-endian 64 bit. */
export function rowHash(
  key: Uint8Array,
  incarnation: number,
  version: number,
  summary: Uint8Array,
): Uint8Array {
  const bytes = new Uint8Array(key.length + 16 + summary.length)
  const view = new DataView(bytes.buffer)
  bytes.set(key)
  view.setBigUint64(key.length, BigInt(incarnation))
  view.setBigUint64(key.length + 8, BigInt(version))
  bytes.set(summary, key.length + 16)
  return shortHash(bytes)
}

/** The suspicion summary of a member without suspicions. */
export const noSuspicions: Uint8Array = new Uint8Array()

/**
 * A summary of all claims: the first 16 bytes of `sha256(incarnation, big-endian 64 bit | for each claim, ordered by
 * observer: refused, one byte | observer id as text)`. All ids have the same length.
 */
export function suspicionSummary(suspicions: Suspicions | undefined): Uint8Array {
  if (!suspicions) return noSuspicions
  const { incarnation, claims } = suspicions
  // Ids are ASCII, so a text of bytes below 128 is the fastest way to build the bytes.
  const bytes = fromText(claims.map(({ refused, author }) => (refused ? '\x01' : '\0') + author).join(''))
  const hashed = new Uint8Array(8 + bytes.length)
  new DataView(hashed.buffer).setBigUint64(0, BigInt(incarnation))
  hashed.set(bytes, 8)
  return shortHash(hashed)
}
