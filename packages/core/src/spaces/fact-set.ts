/**
 * Fact set: the facts of one space that a member has stored, and what two members need to make their sets equal.
 *
 * The set does not interpret facts. The owner of the set adds and removes facts. If all owners apply the same rules, sets are
 * equal after an exchange, and equal sets have equal hashes.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { factBytes } from '../wire/fact-envelope.ts'
import { bucketCount, differingBuckets, hashBytes, prefixBytes, prefixOf, shortHash } from '../wire/hashes.ts'
import type { StoredIds } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import { spaceFromBytes } from '../wire/tags.ts'

/** A fact with its digest. */
export interface StoredFact<F extends SpaceFact = SpaceFact> {
  readonly fact: F
  /** The first 8 bytes of `digest`, as 16 hexadecimal digits. */
  readonly id: string
  /** The same 8 bytes, as `prefixOf` returns them. */
  readonly prefix: string
  /** `sha256(signature)`, 32 bytes. */
  readonly digest: Uint8Array
}

/** A fact was added to a set or removed from it. */
export interface FactChange {
  readonly type: 'added' | 'removed'
  readonly stored: StoredFact
}

export function storedFact<F extends SpaceFact>(fact: F): StoredFact<F> {
  const digest = sha256(fact.signature)
  return { fact, id: spaceFromBytes(digest.subarray(0, prefixBytes)), prefix: prefixOf(digest), digest }
}

interface Bucket {
  /** Fact id → fact. */
  readonly facts: Map<string, StoredFact>
  /** The hash of `facts`. Undefined: `facts` changed, and the hash was not computed since. */
  hash: Uint8Array | undefined
}

const noFacts = new Uint8Array(hashBytes)

export class FactSet {
  readonly #buckets = new Map<number, Bucket>()
  #size = 0
  #bytes = 0
  /** The hash of all buckets. Undefined: a fact changed, and the hash was not computed since. */
  #hash: Uint8Array | undefined
  #onChange: ((change: FactChange) => void) | undefined

  /** Calls `onChange` for each later change. */
  watch(onChange: (change: FactChange) => void): void {
    this.#onChange = onChange
  }

  get size(): number {
    return this.#size
  }

  /** Approximate bytes of all facts, encoded. */
  get bytes(): number {
    return this.#bytes
  }

  /** All facts, in no particular order. */
  all(): StoredFact[] {
    return this.#in(undefined)
  }

  has(stored: StoredFact): boolean {
    return this.#buckets.get(bucketOf(stored))?.facts.has(stored.id) ?? false
  }

  add(stored: StoredFact): void {
    const index = bucketOf(stored)
    const bucket = this.#buckets.get(index) ?? { facts: new Map(), hash: undefined }
    if (bucket.facts.has(stored.id)) return
    this.#buckets.set(index, bucket)
    bucket.facts.set(stored.id, stored)
    this.#changed(bucket, stored, 1)
    this.#onChange?.({ type: 'added', stored })
  }

  remove(stored: StoredFact): void {
    const bucket = this.#buckets.get(bucketOf(stored))
    const known = bucket?.facts.get(stored.id)
    if (!bucket || !known) return
    bucket.facts.delete(stored.id)
    if (bucket.facts.size === 0) this.#buckets.delete(bucketOf(stored))
    this.#changed(bucket, known, -1)
    this.#onChange?.({ type: 'removed', stored })
  }

  /** 16 bytes that the caller must not change. */
  hash(): Uint8Array {
    this.#hash ??= shortHash(this.bucketHashes())
    return this.#hash
  }

  /** 256 × 16 bytes. */
  bucketHashes(): Uint8Array {
    const hashes = new Uint8Array(bucketCount * hashBytes)
    for (const index of this.#buckets.keys()) {
      hashes.set(this.#hashOfBucket(index), index * hashBytes)
    }
    return hashes
  }

  /** The buckets whose hashes differ from those of another set. */
  differing(bucketHashes: Uint8Array): Set<number> {
    return differingBuckets(this.bucketHashes(), bucketHashes)
  }

  /** The ids of the facts in these buckets; undefined: in all buckets. */
  storedIds(buckets: ReadonlySet<number> | undefined, mutual: boolean): StoredIds {
    const stored = this.#in(buckets)
    const ids = new Uint8Array(stored.length * prefixBytes)
    let at = 0
    for (const { digest } of stored) for (let i = 0; i < prefixBytes; i++) ids[at++] = digest[i] ?? 0
    return { buckets, ids, mutual }
  }

  /** Whether another set contains the same facts. False unless `storedIds` covers all buckets. */
  equals({ buckets, ids }: StoredIds): boolean {
    if (buckets || ids.length !== this.#size * prefixBytes) return false
    const theirs = prefixesOf(ids)
    return theirs.size === this.#size && this.#in(undefined).every(({ prefix }) => theirs.has(prefix))
  }

  /**
   * The facts that another set lacks.
   *
   * @param maxBytes a budget; a single larger fact is sent alone
   * @param startAt any whole number ≥ 0: the index to begin at, modulo the number of missing facts
   */
  beyond(theirs: StoredIds, startAt: number, maxBytes: number): { facts: SpaceFact[]; more: boolean } {
    const known = prefixesOf(theirs.ids)
    const missing = this.#in(theirs.buckets).filter(({ prefix }) => !known.has(prefix))
    const facts: SpaceFact[] = []
    let bytes = 0
    for (let i = 0; i < missing.length; i++) {
      const stored = missing[(startAt + i) % missing.length]
      if (!stored) continue
      bytes += factBytes(stored.fact)
      if (bytes > maxBytes && facts.length > 0) return { facts, more: true }
      facts.push(stored.fact)
    }
    return { facts, more: false }
  }

  #in(buckets: ReadonlySet<number> | undefined): StoredFact[] {
    return [...this.#buckets]
      .filter(([index]) => !buckets || buckets.has(index))
      .flatMap(([, { facts }]) => [...facts.values()])
  }

  #hashOfBucket(index: number): Uint8Array {
    const bucket = this.#buckets.get(index)
    if (!bucket) return noFacts
    bucket.hash ??= hashOf(bucket.facts)
    return bucket.hash
  }

  #changed(bucket: Bucket, stored: StoredFact, by: 1 | -1): void {
    bucket.hash = undefined
    this.#hash = undefined
    this.#size += by
    this.#bytes += by * factBytes(stored.fact)
  }
}

function prefixesOf(ids: Uint8Array): Set<string> {
  const prefixes = new Set<string>()
  for (let at = 0; at < ids.length; at += prefixBytes) prefixes.add(prefixOf(ids, at))
  return prefixes
}

const bucketOf = ({ digest }: StoredFact): number => (digest[0] ?? 0) % bucketCount

/** Hashes the digests in order. An author could choose facts whose parts cancel out in a sum. */
function hashOf(facts: ReadonlyMap<string, StoredFact>): Uint8Array {
  const digests = [...facts.values()].sort((a, b) => (a.id < b.id ? -1 : 1)).map(({ digest }) => digest)
  return shortHash(concat(digests))
}
