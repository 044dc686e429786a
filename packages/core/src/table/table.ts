/**
 * Table: everything known about the members, as registers that merge.
 *
 * Merging is commutative, associative and idempotent: whatever the order, duplication or loss of facts, two
 * tables that have seen the same facts are equal. It is bounded by `maxMembers`, and it believes signatures:
 * what comes in has been verified. Entries are read outside and written here only.
 */

import { lowerBound } from '../base/arrays.ts'
import { CopyOnWriteMap } from '../base/copy-on-write-map.ts'
import { prefixOf } from '../wire/codec.ts'
import { equalBytes } from '../wire/equal-bytes.ts'
import type { SignedFact } from '../wire/fact.ts'
import { bucketCount } from '../wire/hashes.ts'
import { keyFromMemberId } from '../wire/member-id.ts'
import { isPlausibleTimestamp, supersedes } from './incarnation.ts'
import { noSuspicions, rowHash, suspicionSummary } from './row-hash.ts'
import { addClaim, type SuspicionFact, type Suspicions } from './suspicions.ts'
import { TableHash } from './table-hash.ts'
import { Tombstones } from './tombstones.ts'

export type RecordFact = SignedFact & { readonly type: 'record' }
export type HeartbeatFact = SignedFact & { readonly type: 'heartbeat' }

/** One member's registers. */
interface MutableRow {
  readonly id: string
  readonly key: Uint8Array
  /** The key's first bytes, as digests name it. */
  readonly prefix: string
  readonly bucket: number
  record: RecordFact
  heartbeat: HeartbeatFact | undefined
  suspicions: Suspicions | undefined
  /** Of `suspicions`; empty without. */
  summary: Uint8Array
  /** In the table's hash right now; undefined once the member is no longer shared. */
  hash: Uint8Array | undefined
}

export type Row = Readonly<MutableRow>

/**
 * What became of a fact. `merged`: it was news. `known`: nothing changed, something as new was there.
 * `refused`: it cannot stand, whoever signed it. `unknown-member`: it is about nobody in the table; anti-entropy
 * brings it again once the record is here.
 */
export type MergeOutcome = 'merged' | 'known' | 'refused' | 'unknown-member'

export interface TableOptions {
  /** Members at most; a record beyond is refused. */
  readonly maxMembers: number
  /** How many forgotten ids are remembered. */
  readonly maxTombstones: number
  /** What is known from the start: another table, which is not changed any more. */
  readonly prior?: Table | undefined
}

export class Table {
  readonly #rows: CopyOnWriteMap<MutableRow>
  readonly #hash: TableHash
  readonly #tombstones: Tombstones
  readonly #maxMembers: number
  /** Ordered by id. The prior's own array until something changes. */
  #advertised: Row[]
  #advertisedIsOwn: boolean

  constructor({ maxMembers, maxTombstones, prior }: TableOptions) {
    this.#rows = new CopyOnWriteMap(prior && prior.#rows)
    this.#hash = new TableHash(prior?.bucketHashes())
    this.#advertised = prior ? prior.#advertised : []
    this.#advertisedIsOwn = !prior
    this.#maxMembers = maxMembers
    this.#tombstones = new Tombstones(maxTombstones)
  }

  get(id: string): Row | undefined {
    return this.#rows.get(id)
  }

  /** Everybody, also those who are no longer shared, in the order of arrival. */
  rows(): Iterable<Row> {
    return this.#rows.values()
  }

  get size(): number {
    return this.#rows.size
  }

  /** How many more it could hold, and of how many at most. */
  get capacity(): { readonly free: number; readonly of: number } {
    return { free: this.#maxMembers - this.#rows.size, of: this.#maxMembers }
  }

  /** Ids that are remembered as forgotten. */
  get tombstones(): number {
    return this.#tombstones.size
  }

  /** Whether this member was forgotten, and this incarnation of it with it. */
  hasTombstone(id: string, incarnation: number, epochMs: number): boolean {
    return !this.#rows.get(id) && !this.#tombstones.admits(id, incarnation, epochMs)
  }

  /** Those whom others are told of, ordered by id, which is by key, so by bucket. */
  advertised(): readonly Row[] {
    return this.#advertised
  }

  /** Where in `shared()` this member stands. */
  index(id: string): number | undefined {
    const index = this.#firstNotBefore(id)
    return this.#advertised[index]?.id === id ? index : undefined
  }

  /** 16 bytes: equal hashes, equal tables, beats aside. */
  hash(): Uint8Array {
    return this.#hash.whole(this.#advertised)
  }

  /** 256 × 16 bytes. */
  bucketHashes(): Uint8Array {
    return this.#hash.buckets(this.#advertised)
  }

  /** Whether `merge` would change anything: asked before the signature is checked, which costs more. */
  outcome(fact: SignedFact, epochMs: number): MergeOutcome {
    const entry = this.#rows.get(fact.type === 'suspicion' ? fact.subject : fact.author)
    switch (fact.type) {
      case 'record': {
        const { incarnation, version } = fact.record
        if (!isPlausibleTimestamp(incarnation, epochMs)) return 'refused'
        if (entry) return isNewer(fact.record, entry.record.record, epochMs) ? 'merged' : 'known'
        if (!this.#tombstones.admits(fact.author, incarnation, epochMs)) return 'known'
        return this.#rows.size < this.#maxMembers && version >= 0 ? 'merged' : 'refused'
      }
      case 'heartbeat':
        if (!entry) return 'unknown-member'
        if (fact.incarnation !== entry.record.record.incarnation)
          return fact.incarnation < entry.record.record.incarnation ? 'known' : 'unknown-member'
        return fact.sequence > (entry.heartbeat?.sequence ?? -1) ? 'merged' : 'known'
      case 'suspicion': {
        if (fact.author === fact.subject || !isPlausibleTimestamp(fact.incarnation, epochMs)) return 'refused'
        if (!entry) return 'unknown-member'
        // Of a life it has not spoken of: in the register it would hide the claims about the present one.
        if (fact.incarnation !== entry.record.record.incarnation)
          return fact.incarnation < entry.record.record.incarnation ? 'known' : 'unknown-member'
        return addClaim(entry.suspicions, fact) === entry.suspicions ? 'known' : 'merged'
      }
    }
  }

  /** This very fact, byte for byte, as it is held: then it is the latest word, and was verified. */
  stored(fact: SignedFact): SignedFact | undefined {
    const entry = this.#rows.get(fact.type === 'suspicion' ? fact.subject : fact.author)
    const claims = entry?.suspicions?.claims ?? []
    return [entry?.record, entry?.heartbeat, ...claims].find(
      stored => stored !== undefined && isSame(stored, fact),
    )
  }

  /** Takes a verified fact in. */
  merge(fact: SignedFact, epochMs: number): MergeOutcome {
    const outcome = this.outcome(fact, epochMs)
    if (outcome !== 'merged') return outcome
    switch (fact.type) {
      case 'record':
        this.#mergeRecord(fact)
        break
      case 'heartbeat':
        this.#mutable(fact.author).heartbeat = fact
        break
      case 'suspicion': {
        const entry = this.#mutable(fact.subject)
        entry.suspicions = addClaim(entry.suspicions, fact as SuspicionFact)
        entry.summary = suspicionSummary(entry.suspicions)
        if (entry.hash) this.#rehash(entry)
        break
      }
    }
    return outcome
  }

  /** No longer tells others of this member: the first stage of forgetting. A newer record undoes it. */
  stopAdvertising(id: string): void {
    if (!this.#rows.get(id)?.hash) return
    const entry = this.#mutable(id)
    entry.hash = undefined
    this.#hash.changed(entry.bucket)
    this.#mutableAdvertised().splice(this.#firstNotBefore(id), 1)
  }

  /** Drops a member, but for its last incarnation: the second stage. */
  remove(id: string): void {
    const entry = this.#rows.get(id)
    if (!entry) return
    this.stopAdvertising(id)
    this.#rows.delete(id)
    this.#tombstones.add(id, entry.record.record.incarnation)
  }

  #mergeRecord(fact: RecordFact): void {
    const entry = this.#rows.get(fact.author) ? this.#mutable(fact.author) : this.#insert(fact)
    const { incarnation } = fact.record
    if (incarnation !== entry.record.record.incarnation) {
      entry.heartbeat = undefined
      entry.suspicions = undefined
      entry.summary = noSuspicions
    }
    entry.record = fact
    this.#rehash(entry)
  }

  #insert(fact: RecordFact): MutableRow {
    const key = keyFromMemberId(fact.author) ?? new Uint8Array()
    const prefix = prefixOf(key)
    const bucket = (key[0] ?? 0) % bucketCount
    const entry: MutableRow = {
      id: fact.author,
      key,
      prefix,
      bucket,
      record: fact,
      heartbeat: undefined,
      suspicions: undefined,
      summary: noSuspicions,
      hash: undefined,
    }
    this.#rows.set(entry.id, entry)
    return entry
  }

  #rehash(entry: MutableRow): void {
    if (!entry.hash) this.#mutableAdvertised().splice(this.#firstNotBefore(entry.id), 0, entry)
    const { incarnation, version } = entry.record.record
    entry.hash = rowHash(entry.key, incarnation, version, entry.summary)
    this.#hash.changed(entry.bucket)
  }

  /** To be written: the prior's entries are copied first. */
  #mutable(id: string): MutableRow {
    const entry = this.#rows.get(id)
    if (!entry) throw new Error(`no entry of ${id}`)
    if (this.#rows.owns(id)) return entry
    const own = { ...entry }
    this.#rows.set(id, own)
    if (own.hash) this.#mutableAdvertised()[this.#firstNotBefore(id)] = own
    return own
  }

  #mutableAdvertised(): Row[] {
    if (!this.#advertisedIsOwn) this.#advertised = [...this.#advertised]
    this.#advertisedIsOwn = true
    return this.#advertised
  }

  /** Where in `shared()` this member stands or would stand. */
  #firstNotBefore(id: string): number {
    return lowerBound(this.#advertised, entry => entry.id >= id)
  }
}

/** The order of records: (incarnation, version), of incarnations that are believable now. */
function isNewer(a: RecordFact['record'], stored: RecordFact['record'], epochMs: number): boolean {
  if (a.incarnation === stored.incarnation) return a.version > stored.version
  return supersedes(a.incarnation, stored.incarnation, epochMs)
}

function isSame(a: SignedFact, b: SignedFact): boolean {
  return (
    a.type === b.type &&
    a.author === b.author &&
    equalBytes(a.signature, b.signature) &&
    // The signature alone says nothing: it may have been put under other words.
    equalBytes(a.payload, b.payload)
  )
}
