/**
 * Fact set: the facts of one space that a member holds, and what two members need to make theirs equal.
 *
 * It knows nothing of what the facts mean. Whoever owns it adds and removes; as long as all do that by the same
 * rules, sets that were exchanged are equal, and equal sets have equal hashes.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { SetHash } from '../state/set-hash.ts'
import { equalBytes } from '../wire/equal-bytes.ts'
import type { Held } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import { spaceFromBytes } from '../wire/space-tag.ts'

/** A fact that somebody holds. */
export interface HeldFact<F extends SpaceFact = SpaceFact> {
  readonly fact: F
  /** `sha256(signature)`, the first 8 bytes, as 16 hexadecimal digits. */
  readonly id: string
  readonly bucket: number
  readonly hash: Uint32Array
}

export interface FactChange {
  readonly type: 'added' | 'removed'
  readonly held: HeldFact
}

export function heldFact<F extends SpaceFact>(fact: F): HeldFact<F> {
  const digest = sha256(fact.signature)
  const view = new DataView(digest.buffer, digest.byteOffset)
  const hash = Uint32Array.from({ length: 4 }, (_, i) => view.getUint32(8 + i * 4))
  return { fact, id: spaceFromBytes(digest.subarray(0, 8)), bucket: digest[0] ?? 0, hash }
}

export class FactSet {
  readonly #facts = new Map<string, HeldFact>()
  readonly #hash = new SetHash()
  #onChange: ((change: FactChange) => void) | undefined

  /** Tells of each change from now on. */
  watch(onChange: (change: FactChange) => void): void {
    this.#onChange = onChange
  }

  get size(): number {
    return this.#facts.size
  }

  has(id: string): boolean {
    return this.#facts.has(id)
  }

  add(held: HeldFact): void {
    if (this.#facts.has(held.id)) return
    this.#facts.set(held.id, held)
    this.#hash.toggle(held.bucket, held.hash)
    this.#onChange?.({ type: 'added', held })
  }

  remove(held: HeldFact): void {
    if (!this.#facts.delete(held.id)) return
    this.#hash.toggle(held.bucket, held.hash)
    this.#onChange?.({ type: 'removed', held })
  }

  /** 8 bytes, not to be written. */
  hash(): Uint8Array {
    return this.#hash.whole().subarray(0, 8)
  }

  /** 256 × 8 bytes. */
  bucketHashes(): Uint8Array {
    return this.#hash.buckets()
  }

  /** In which buckets another's hashes differ from these. */
  differing(bucketHashes: Uint8Array): Set<number> {
    const own = this.bucketHashes()
    const differing = new Set<number>()
    for (let at = 0; at < own.length; at += 8)
      if (!equalBytes(own.subarray(at, at + 8), bucketHashes.subarray(at, at + 8))) differing.add(at / 8)
    return differing
  }

  /** What it holds in these buckets; undefined: in all. */
  held(buckets: ReadonlySet<number> | undefined, mutual: boolean): Held {
    const ids: string[] = []
    for (const { id, bucket } of this.#facts.values()) if (!buckets || buckets.has(bucket)) ids.push(id)
    return { buckets, ids, mutual }
  }

  /**
   * The facts that another lacks.
   *
   * @param maxBytes a budget; a single fact that is larger goes alone.
   * @param startAt any whole number ≥ 0: where to begin, modulo their number.
   */
  beyond(theirs: Held, startAt: number, maxBytes: number): { facts: SpaceFact[]; more: boolean } {
    const known = new Set(theirs.ids)
    const lacking = [...this.#facts.values()].filter(
      ({ id, bucket }) => (!theirs.buckets || theirs.buckets.has(bucket)) && !known.has(id),
    )
    const facts: SpaceFact[] = []
    let bytes = 0
    for (let i = 0; i < lacking.length; i++) {
      const held = lacking[(startAt + i) % lacking.length]
      if (!held) continue
      bytes += held.fact.payload.length + framingBytes
      if (bytes > maxBytes && facts.length > 0) return { facts, more: true }
      facts.push(held.fact)
    }
    return { facts, more: false }
  }
}

/** Author, signature and their framing. */
const framingBytes = 108
