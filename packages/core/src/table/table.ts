/**
 * Table: everything known about the members, as registers that merge.
 *
 * Merging is commutative, associative and idempotent: whatever the order, duplication or loss of facts, two
 * tables that have seen the same facts are equal. It is bounded by `maxMembers`, and it believes signatures:
 * what comes in has been verified. Entries are read outside and written here only.
 */

import { firstIndex } from '../base/arrays.ts'
import { LayeredMap } from '../base/copy-on-write-map.ts'
import { prefixOf } from '../wire/codec.ts'
import { equalBytes } from '../wire/equal-bytes.ts'
import type { SignedFact } from '../wire/fact.ts'
import { bucketCount } from '../wire/hashes.ts'
import { keyFromMemberId } from '../wire/member-id.ts'
import { believable, supersedes } from './incarnation.ts'
import { entryHash, noSuspicions, suspicionSummary } from './row-hash.ts'
import { addClaim, type SuspicionFact, type Suspicions } from './suspicions.ts'
import { TableHash } from './table-hash.ts'
import { Forgotten } from './tombstones.ts'

export type RecordFact = SignedFact & { readonly type: 'record' }
export type HeartbeatFact = SignedFact & { readonly type: 'heartbeat' }

/** One member's registers. */
interface OwnEntry {
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

export type Entry = Readonly<OwnEntry>

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
  readonly maxForgotten: number
  /** What is known from the start: another table, which is not changed any more. */
  readonly prior?: Table | undefined
}

export class Table {
  readonly #entries: LayeredMap<OwnEntry>
  readonly #hash: TableHash
  readonly #forgotten: Forgotten
  readonly #maxMembers: number
  /** Ordered by id. The prior's own array until something changes. */
  #shared: Entry[]
  #sharedIsOwn: boolean

  constructor({ maxMembers, maxForgotten, prior }: TableOptions) {
    this.#entries = new LayeredMap(prior && prior.#entries)
    this.#hash = new TableHash(prior?.bucketHashes())
    this.#shared = prior ? prior.#shared : []
    this.#sharedIsOwn = !prior
    this.#maxMembers = maxMembers
    this.#forgotten = new Forgotten(maxForgotten)
  }

  get(id: string): Entry | undefined {
    return this.#entries.get(id)
  }

  /** Everybody, also those who are no longer shared, in the order of arrival. */
  entries(): Iterable<Entry> {
    return this.#entries.values()
  }

  get size(): number {
    return this.#entries.size
  }

  /** How many more it could hold, and of how many at most. */
  get room(): { readonly left: number; readonly of: number } {
    return { left: this.#maxMembers - this.#entries.size, of: this.#maxMembers }
  }

  /** Ids that are remembered as forgotten. */
  get forgotten(): number {
    return this.#forgotten.size
  }

  /** Whether this member was forgotten, and this incarnation of it with it. */
  hasForgotten(id: string, incarnation: number, epochMs: number): boolean {
    return !this.#entries.get(id) && !this.#forgotten.admits(id, incarnation, epochMs)
  }

  /** Those whom others are told of, ordered by id, which is by key, so by bucket. */
  shared(): readonly Entry[] {
    return this.#shared
  }

  /** Where in `shared()` this member stands. */
  place(id: string): number | undefined {
    const place = this.#firstNotBefore(id)
    return this.#shared[place]?.id === id ? place : undefined
  }

  /** 16 bytes: equal hashes, equal tables, beats aside. */
  hash(): Uint8Array {
    return this.#hash.whole(this.#shared)
  }

  /** 256 × 16 bytes. */
  bucketHashes(): Uint8Array {
    return this.#hash.buckets(this.#shared)
  }

  /** Whether `merge` would change anything: asked before the signature is checked, which costs more. */
  outcome(fact: SignedFact, epochMs: number): MergeOutcome {
    const entry = this.#entries.get(fact.type === 'suspicion' ? fact.subject : fact.author)
    switch (fact.type) {
      case 'record': {
        const { incarnation, version } = fact.record
        if (!believable(incarnation, epochMs)) return 'refused'
        if (entry) return isNewer(fact.record, entry.record.record, epochMs) ? 'merged' : 'known'
        if (!this.#forgotten.admits(fact.author, incarnation, epochMs)) return 'known'
        return this.#entries.size < this.#maxMembers && version >= 0 ? 'merged' : 'refused'
      }
      case 'heartbeat':
        if (!entry) return 'unknown-member'
        if (fact.incarnation !== entry.record.record.incarnation)
          return fact.incarnation < entry.record.record.incarnation ? 'known' : 'unknown-member'
        return fact.beat > (entry.heartbeat?.beat ?? -1) ? 'merged' : 'known'
      case 'suspicion': {
        if (fact.author === fact.subject || !believable(fact.incarnation, epochMs)) return 'refused'
        if (!entry) return 'unknown-member'
        // Of a life it has not spoken of: in the register it would hide the claims about the present one.
        if (fact.incarnation !== entry.record.record.incarnation)
          return fact.incarnation < entry.record.record.incarnation ? 'known' : 'unknown-member'
        return addClaim(entry.suspicions, fact) === entry.suspicions ? 'known' : 'merged'
      }
    }
  }

  /** This very fact, byte for byte, as it is held: then it is the latest word, and was verified. */
  held(fact: SignedFact): SignedFact | undefined {
    const entry = this.#entries.get(fact.type === 'suspicion' ? fact.subject : fact.author)
    const claims = entry?.suspicions?.claims ?? []
    return [entry?.record, entry?.heartbeat, ...claims].find(held => held !== undefined && isSame(held, fact))
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
        this.#own(fact.author).heartbeat = fact
        break
      case 'suspicion': {
        const entry = this.#own(fact.subject)
        entry.suspicions = addClaim(entry.suspicions, fact as SuspicionFact)
        entry.summary = suspicionSummary(entry.suspicions)
        if (entry.hash) this.#rehash(entry)
        break
      }
    }
    return outcome
  }

  /** No longer tells others of this member: the first stage of forgetting. A newer record undoes it. */
  unshare(id: string): void {
    if (!this.#entries.get(id)?.hash) return
    const entry = this.#own(id)
    entry.hash = undefined
    this.#hash.changed(entry.bucket)
    this.#ownShared().splice(this.#firstNotBefore(id), 1)
  }

  /** Drops a member, but for its last incarnation: the second stage. */
  forget(id: string): void {
    const entry = this.#entries.get(id)
    if (!entry) return
    this.unshare(id)
    this.#entries.delete(id)
    this.#forgotten.remember(id, entry.record.record.incarnation)
  }

  #mergeRecord(fact: RecordFact): void {
    const entry = this.#entries.get(fact.author) ? this.#own(fact.author) : this.#enter(fact)
    const { incarnation } = fact.record
    if (incarnation !== entry.record.record.incarnation) {
      entry.heartbeat = undefined
      entry.suspicions = undefined
      entry.summary = noSuspicions
    }
    entry.record = fact
    this.#rehash(entry)
  }

  #enter(fact: RecordFact): OwnEntry {
    const key = keyFromMemberId(fact.author) ?? new Uint8Array()
    const prefix = prefixOf(key)
    const bucket = (key[0] ?? 0) % bucketCount
    const entry: OwnEntry = {
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
    this.#entries.set(entry.id, entry)
    return entry
  }

  #rehash(entry: OwnEntry): void {
    if (!entry.hash) this.#ownShared().splice(this.#firstNotBefore(entry.id), 0, entry)
    const { incarnation, version } = entry.record.record
    entry.hash = entryHash(entry.key, incarnation, version, entry.summary)
    this.#hash.changed(entry.bucket)
  }

  /** To be written: the prior's entries are copied first. */
  #own(id: string): OwnEntry {
    const entry = this.#entries.get(id)
    if (!entry) throw new Error(`no entry of ${id}`)
    if (this.#entries.owns(id)) return entry
    const own = { ...entry }
    this.#entries.set(id, own)
    if (own.hash) this.#ownShared()[this.#firstNotBefore(id)] = own
    return own
  }

  #ownShared(): Entry[] {
    if (!this.#sharedIsOwn) this.#shared = [...this.#shared]
    this.#sharedIsOwn = true
    return this.#shared
  }

  /** Where in `shared()` this member stands or would stand. */
  #firstNotBefore(id: string): number {
    return firstIndex(this.#shared, entry => entry.id >= id)
  }
}

/** The order of records: (incarnation, version), of incarnations that are believable now. */
function isNewer(a: RecordFact['record'], held: RecordFact['record'], epochMs: number): boolean {
  if (a.incarnation === held.incarnation) return a.version > held.version
  return supersedes(a.incarnation, held.incarnation, epochMs)
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
