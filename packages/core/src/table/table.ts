/**
 * Table: the latest facts about all members, stored as registers that merge.
 *
 * Merging is commutative, associative and idempotent: two tables that received the same facts are equal, regardless of
 * the order and repetition of the facts. The table has at most `maxMembers` rows. The table does not verify signatures:
 * callers pass only verified facts. Only this class writes rows, except for their hashes.
 */

import { CopyOnWriteMap } from '../base/copy-on-write-map.ts'
import { isPlausibleTimestamp } from '../wire/checks.ts'
import { type SignedFact, subjectOf } from '../wire/fact.ts'
import { equalBytes } from '../wire/hashes.ts'
import { AdvertisedRows } from './advertised-rows.ts'
import { supersedes } from './incarnation.ts'
import { createRow, type MutableRow, type RecordFact, type Row } from './row.ts'
import { noSuspicions, suspicionSummary } from './row-hash.ts'
import { addClaim, type SuspicionFact } from './suspicions.ts'
import { Tombstones } from './tombstones.ts'

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
  readonly #tombstones: Tombstones
  readonly #maxMembers: number
  readonly #advertised: AdvertisedRows

  constructor({ maxMembers, maxTombstones, prior }: TableOptions) {
    this.#rows = new CopyOnWriteMap(prior && prior.#rows)
    this.#advertised = new AdvertisedRows(prior && prior.#advertised)
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
    return this.#advertised.rows
  }

  /** The index of this member in `advertised()`; undefined if the member is not advertised. */
  index(id: string): number | undefined {
    return this.#advertised.index(id)
  }

  /** 16 bytes. Equal hashes mean equal advertised rows, except for heartbeats. */
  hash(): Uint8Array {
    return this.#advertised.hash()
  }

  /** 256 × 16 bytes. */
  bucketHashes(): Uint8Array {
    return this.#advertised.bucketHashes()
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
        if (row.hash) this.#advertised.put(row)
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
    this.#advertised.remove(this.#mutable(id))
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
    const row = this.#rows.get(fact.author) ? this.#mutable(fact.author) : this.#insert(createRow(fact))
    const { incarnation } = fact.record
    if (incarnation !== row.record.record.incarnation) {
      row.heartbeat = undefined
      row.suspicions = undefined
      row.summary = noSuspicions
    }
    row.record = fact
    this.#advertised.put(row)
  }

  #insert(row: MutableRow): MutableRow {
    this.#rows.set(row.id, row)
    return row
  }

  /** A row that may be modified: a row of the prior is copied first. */
  #mutable(id: string): MutableRow {
    const row = this.#rows.get(id)
    if (!row) throw new Error(`no row of ${id}`)
    if (this.#rows.owns(id)) return row
    const own = { ...row }
    this.#rows.set(id, own)
    this.#advertised.replace(own)
    return own
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
