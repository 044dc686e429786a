/**
 * Table: the latest facts about all members, stored as registers that merge.
 *
 * Merging is commutative, associative and idempotent: two tables that received the same facts are equal, regardless of
 * the order and repetition of the facts. The table has at most `maxMembers` rows. It does not verify signatures:
 * callers pass only verified facts. Only this class writes rows.
 */

import { lowerBound } from '../base/arrays.ts'
import { CopyOnWriteMap } from '../base/copy-on-write-map.ts'
import { isPlausibleTimestamp } from '../wire/checks.ts'
import { prefixOf } from '../wire/codec.ts'
import { type SignedFact, subjectOf } from '../wire/fact.ts'
import { bucketCount, equalBytes } from '../wire/hashes.ts'
import { keyFromMemberId } from '../wire/member-id.ts'
import { supersedes } from './incarnation.ts'
import { noSuspicions, rowHash, suspicionSummary } from './row-hash.ts'
import { addClaim, type SuspicionFact, type Suspicions } from './suspicions.ts'
import { TableHash } from './table-hash.ts'
import { Tombstones } from './tombstones.ts'

export type RecordFact = SignedFact & { readonly type: 'record' }
export type HeartbeatFact = SignedFact & { readonly type: 'heartbeat' }
export type IntroductionFact = SignedFact & { readonly type: 'introduction' }

/** One member's registers. */
interface MutableRow {
  readonly id: string
  readonly key: Uint8Array
  /** The first 8 bytes of the key, which identify the row in a digest. */
  readonly prefix: string
  readonly bucket: number
  record: RecordFact
  heartbeat: HeartbeatFact | undefined
  suspicions: Suspicions | undefined
  /**
   * The first introduction that arrived, until its author has no row any more. It travels with the record. Digests and
   * hashes leave it out, so tables with different introductions are equal.
   */
  introduction: IntroductionFact | undefined
  /** The summary of `suspicions`; empty without suspicions. */
  summary: Uint8Array
  /** The row hash that the table hash includes; undefined while the row is not advertised. */
  hash: Uint8Array | undefined
}

export type Row = Readonly<MutableRow>

/**
 * The result of merging a fact. `merged`: the fact was new. `known`: the table stores an equal or newer fact, nothing
 * changed. `rejected`: the fact is invalid or exceeds a limit. `unknown-member`: the table has no
 * record of that member in that incarnation; anti-entropy delivers the fact again after the record.
 */
export type MergeOutcome = 'merged' | 'known' | 'rejected' | 'unknown-member'

/** The limits and the initial content of a table. */
export interface TableOptions {
  /** The greatest number of rows; a record of a further member is rejected. */
  readonly maxMembers: number
  /** The greatest number of tombstones. */
  readonly maxTombstones: number
  /** The initial content: another table, which must not change any more. */
  readonly prior?: Table | undefined
}

export class Table {
  readonly #rows: CopyOnWriteMap<MutableRow>
  readonly #hash: TableHash
  readonly #tombstones: Tombstones
  readonly #maxMembers: number
  /** The advertised rows, ordered by id. The array is shared with the prior until the first change. */
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

  /** The row of this member. */
  get(id: string): Row | undefined {
    return this.#rows.get(id)
  }

  /** All rows in the order of their arrival, including rows that are not advertised. */
  rows(): Iterable<Row> {
    return this.#rows.values()
  }

  /** The number of rows, including rows that are not advertised. */
  get size(): number {
    return this.#rows.size
  }

  /** `free`: how many more rows fit. `of`: the greatest number of rows. */
  get capacity(): { readonly free: number; readonly of: number } {
    return { free: this.#maxMembers - this.#rows.size, of: this.#maxMembers }
  }

  /** The number of tombstones. */
  get tombstones(): number {
    return this.#tombstones.size
  }

  /** Whether a tombstone covers this incarnation of the member. */
  hasTombstone(id: string, incarnation: number, epochMs: number): boolean {
    return !this.#rows.get(id) && !this.#tombstones.admits(id, incarnation, epochMs)
  }

  /** Whether this member was removed, and its tombstone is still stored. */
  wasRemoved(id: string): boolean {
    return this.#tombstones.has(id)
  }

  /** The rows that this member sends to others, ordered by id, which is also the order of keys and buckets. */
  advertised(): readonly Row[] {
    return this.#advertised
  }

  /** The index of this member in `advertised()`; undefined if the member is not advertised. */
  index(id: string): number | undefined {
    const index = this.#firstNotBefore(id)
    return this.#advertised[index]?.id === id ? index : undefined
  }

  /** 16 bytes. Equal hashes mean equal advertised rows, except for heartbeats. */
  hash(): Uint8Array {
    return this.#hash.whole(this.#advertised)
  }

  /** 256 × 16 bytes. */
  bucketHashes(): Uint8Array {
    return this.#hash.buckets(this.#advertised)
  }

  /** What `merge` would return, without changing the table. Called before the signature check, which costs more. */
  outcome(fact: SignedFact, epochMs: number): MergeOutcome {
    const row = this.#rows.get(subjectOf(fact))
    switch (fact.type) {
      case 'record': {
        const { incarnation, version } = fact.record
        if (!isPlausibleTimestamp(incarnation, epochMs)) return 'rejected'
        if (row) return isNewer(fact.record, row.record.record, epochMs) ? 'merged' : 'known'
        if (!this.#tombstones.admits(fact.author, incarnation, epochMs)) return 'known'
        return this.#rows.size < this.#maxMembers && version >= 0 ? 'merged' : 'rejected'
      }
      case 'heartbeat':
        if (!row) return 'unknown-member'
        if (fact.incarnation !== row.record.record.incarnation)
          return fact.incarnation < row.record.record.incarnation ? 'known' : 'unknown-member'
        return fact.sequence > (row.heartbeat?.sequence ?? -1) ? 'merged' : 'known'
      case 'suspicion': {
        if (fact.author === fact.subject || !isPlausibleTimestamp(fact.incarnation, epochMs))
          return 'rejected'
        if (!row) return 'unknown-member'
        // A claim about an incarnation without a record would replace the claims about the current incarnation.
        if (fact.incarnation !== row.record.record.incarnation)
          return fact.incarnation < row.record.record.incarnation ? 'known' : 'unknown-member'
        return addClaim(row.suspicions, fact) === row.suspicions ? 'known' : 'merged'
      }
      case 'introduction': {
        if (fact.author === fact.subject || !isPlausibleTimestamp(fact.incarnation, epochMs))
          return 'rejected'
        if (!row) return 'unknown-member'
        const { introduction } = row
        const isUsable = introduction && this.#rows.get(introduction.author)
        return introduction && (isUsable || !this.#rows.get(fact.author)) ? 'known' : 'merged'
      }
      case 'revocation':
      case 'keyring':
        // Facts about the cluster are in the policy set.
        return 'rejected'
    }
  }

  /**
   * The stored copy of this fact, if both are equal byte for byte. Such a fact is the latest one, and its signature
   * was verified before.
   */
  stored(fact: SignedFact): SignedFact | undefined {
    const row = this.#rows.get(subjectOf(fact))
    const claims = row?.suspicions?.claims ?? []
    return [row?.record, row?.heartbeat, row?.introduction, ...claims].find(
      stored => stored !== undefined && isSame(stored, fact),
    )
  }

  /** Merges a verified fact. */
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
        const row = this.#mutable(fact.subject)
        row.suspicions = addClaim(row.suspicions, fact as SuspicionFact)
        row.summary = suspicionSummary(row.suspicions)
        if (row.hash) this.#rehash(row)
        break
      }
      case 'introduction':
        this.#mutable(fact.subject).introduction = fact
        break
    }
    return outcome
  }

  /**
   * The first stage of removal: digests, deltas and hashes leave this member out. A newer record advertises
   * it again.
   */
  stopAdvertising(id: string): void {
    if (!this.#rows.get(id)?.hash) return
    const row = this.#mutable(id)
    row.hash = undefined
    this.#hash.changed(row.bucket)
    this.#mutableAdvertised().splice(this.#firstNotBefore(id), 1)
  }

  /** The second stage of removal: deletes the row and stores its last incarnation as a tombstone. */
  remove(id: string): void {
    const row = this.#rows.get(id)
    if (!row) return
    this.stopAdvertising(id)
    this.#rows.delete(id)
    this.#tombstones.add(id, row.record.record.incarnation)
  }

  #mergeRecord(fact: RecordFact): void {
    const row = this.#rows.get(fact.author) ? this.#mutable(fact.author) : this.#insert(fact)
    const { incarnation } = fact.record
    if (incarnation !== row.record.record.incarnation) {
      row.heartbeat = undefined
      row.suspicions = undefined
      row.summary = noSuspicions
    }
    row.record = fact
    this.#rehash(row)
  }

  #insert(fact: RecordFact): MutableRow {
    const key = keyFromMemberId(fact.author) ?? new Uint8Array()
    const prefix = prefixOf(key)
    const bucket = (key[0] ?? 0) % bucketCount
    const row: MutableRow = {
      id: fact.author,
      key,
      prefix,
      bucket,
      record: fact,
      heartbeat: undefined,
      suspicions: undefined,
      introduction: undefined,
      summary: noSuspicions,
      hash: undefined,
    }
    this.#rows.set(row.id, row)
    return row
  }

  #rehash(row: MutableRow): void {
    if (!row.hash) this.#mutableAdvertised().splice(this.#firstNotBefore(row.id), 0, row)
    const { incarnation, version } = row.record.record
    row.hash = rowHash(row.key, incarnation, version, row.summary)
    this.#hash.changed(row.bucket)
  }

  /** A row that may be modified: a row of the prior is copied first. */
  #mutable(id: string): MutableRow {
    const row = this.#rows.get(id)
    if (!row) throw new Error(`no row of ${id}`)
    if (this.#rows.owns(id)) return row
    const own = { ...row }
    this.#rows.set(id, own)
    if (own.hash) this.#mutableAdvertised()[this.#firstNotBefore(id)] = own
    return own
  }

  #mutableAdvertised(): Row[] {
    if (!this.#advertisedIsOwn) this.#advertised = [...this.#advertised]
    this.#advertisedIsOwn = true
    return this.#advertised
  }

  /** The index of this member in `advertised()`, or the index at which to insert it. */
  #firstNotBefore(id: string): number {
    return lowerBound(this.#advertised, row => row.id >= id)
  }
}

/**
 * Whether `a` is newer than the stored record. The order of records is (incarnation, version). An implausible stored
 * incarnation counts as older.
 */
function isNewer(a: RecordFact['record'], stored: RecordFact['record'], epochMs: number): boolean {
  if (a.incarnation === stored.incarnation) return a.version > stored.version
  return supersedes(a.incarnation, stored.incarnation, epochMs)
}

function isSame(a: SignedFact, b: SignedFact): boolean {
  return (
    a.type === b.type &&
    a.author === b.author &&
    equalBytes(a.signature, b.signature) &&
    // Equal signatures prove nothing: a forger can copy a signature onto another payload.
    equalBytes(a.payload, b.payload)
  )
}
