/**
 * Config entries: the last few entries of each key, the newest first.
 *
 * Entries are ordered by hybrid time, then author, then id. A key keeps its `maxVersions` greatest entries. Which
 * entries these are does not depend on the order of arrival, so all members keep the same entries of a key.
 *
 * A deletion is an entry, too. A deleted key disappears in two steps. The times of both steps depend on the time of
 * the deletion, so all members perform them at the same time. After the retention, the member stops sharing the key. An
 * eighth of the retention later, when no member should still share it, the member drops the key. The member
 * remembers the time of the deletion for longer, because clocks and sweeps differ: otherwise old values from another
 * member would reappear.
 *
 * If there are more keys than a member stores, the keys with the latest newest entries stay. So all members keep the same keys.
 *
 * Stored entries whose time has become implausible for the local clock are quarantined: they are neither shared nor
 * shown, and remain in storage. Quarantined entries are checked again at each sweep, which runs at intervals and when the clock
 * was set.
 */

import type { Instant } from '../base/clock.ts'
import { type FactSet, type StoredFact, storedFact } from '../spaces/fact-set.ts'
import type { Admission } from '../spaces/space-replica.ts'
import type { WriterRule } from '../spaces/writer-rule.ts'
import { isPlausibleTimestamp } from '../wire/checks.ts'
import { equalBytes } from '../wire/hashes.ts'
import type { EntryFact } from '../wire/space-fact.ts'
import { compareTimes, HybridClock, type HybridTime } from './hybrid-clock.ts'
import { hasSpaceForKey, maxStoredKeys } from './key-capacity.ts'

export interface ConfigEntriesOptions {
  /** The set to which stored entries are added, and from which replaced ones are removed. */
  readonly facts: FactSet
  /** Whether an entry of its author counts. */
  readonly mayWrite: WriterRule
  /** How long a deletion is remembered, in milliseconds. */
  readonly retentionMs: number
}

/** Our choice: 8 entries a key, the present one and seven that it replaced. */
export const maxVersions = 8
const dropFactor = 1.125
/** Dropped keys whose deletion time is remembered. */
const maxDropped = 4_096

/** A merged entry, its index among the versions of its key, and the newest version before it. */
export interface Merged {
  readonly entry: StoredFact<EntryFact>
  /** 0: the entry is the newest version of its key. −1: the entry is older than all versions that are kept. */
  readonly index: number
  /** The newest version before the merge. */
  readonly former: StoredFact<EntryFact> | undefined
  /** A key that was dropped, because there are too many. */
  readonly dropped: string | undefined
}

export class ConfigEntries {
  readonly #options: ConfigEntriesOptions
  readonly #keys = new Map<string, StoredFact<EntryFact>[]>()
  readonly #clock = new HybridClock()
  /** Dropped keys → time of their deletion, in epoch ms; the key that was dropped first comes first. */
  readonly #dropped = new Map<string, number>()

  /** The key whose newest entry is older than those of all other keys. Undefined: no key was searched since the last change. */
  #earliest: { readonly key: string; readonly newest: StoredFact<EntryFact> } | undefined

  /** Stored entries whose time is implausible now; by id. */
  readonly #quarantined = new Map<string, StoredFact<EntryFact>>()

  constructor(options: ConfigEntriesOptions) {
    this.#options = options
  }

  /** The quarantined entries of a key, newest first. */
  quarantined(key: string): readonly StoredFact<EntryFact>[] {
    return [...this.#quarantined.values()]
      .filter(({ fact }) => fact.key === key)
      .sort((a, b) => compareEntries(b, a))
  }

  /** All quarantined entries. */
  get allQuarantined(): readonly StoredFact<EntryFact>[] {
    return [...this.#quarantined.values()]
  }

  isQuarantined({ id }: StoredFact): boolean {
    return this.#quarantined.has(id)
  }

  /** Quarantines a stored entry whose time is implausible now. */
  quarantine(entry: StoredFact<EntryFact>): void {
    this.#quarantined.set(entry.id, entry)
  }

  /**
   * Whether the latest observed time is plausible. If not, the clock was set back, and all entries must be checked
   * again.
   */
  areTimesPlausible(epochMs: number): boolean {
    return isPlausibleTimestamp(this.#clock.last.epochMs, epochMs)
  }

  /**
   * Quarantines entries whose time is implausible now, because the clock may have changed.
   *
   * @returns the entries that were quarantined now, and those that left quarantine and have to be admitted again
   */
  recheckQuarantined(epochMs: number): {
    readonly quarantined: readonly StoredFact<EntryFact>[]
    readonly again: readonly StoredFact<EntryFact>[]
  } {
    const again = [...this.#quarantined.values()].filter(({ fact }) =>
      isPlausibleTimestamp(fact.epochMs, epochMs),
    )
    for (const { id } of again) this.#quarantined.delete(id)
    const quarantined = [...this.#keys.values()]
      .flat()
      .filter(({ fact }) => !isPlausibleTimestamp(fact.epochMs, epochMs))
    for (const entry of quarantined) this.#moveToQuarantine(entry)
    if (quarantined.length > 0) this.#earliest = undefined
    if (!this.areTimesPlausible(epochMs)) this.#setClockBack()
    return { quarantined, again }
  }

  /** Number of keys with stored entries, deletions included. */
  get size(): number {
    return this.#keys.size
  }

  /** Whether the local member may write a new key. */
  get hasSpace(): boolean {
    return hasSpaceForKey(this.#keys, ([newest]) => newest?.fact.value !== undefined)
  }

  /** All keys with entries, deleted ones included. */
  keys(): IterableIterator<string> {
    return this.#keys.keys()
  }

  /** Newest first. */
  versions(key: string): readonly StoredFact<EntryFact>[] {
    return this.#keys.get(key) ?? []
  }

  /** A time later than all observed entries. */
  nextTime(epochMs: number): HybridTime {
    return this.#clock.next(epochMs)
  }

  admit(fact: EntryFact, { epochMs }: Instant): Admission {
    if (!this.#options.mayWrite(fact)) return 'rejected'
    if (!isPlausibleTimestamp(fact.epochMs, epochMs)) return 'rejected'
    const versions = this.#keys.get(fact.key)
    if (!versions) {
      if (fact.epochMs <= (this.#dropped.get(fact.key) ?? Number.NEGATIVE_INFINITY)) return 'stale'
      if (this.#isDeletedFor(fact, epochMs, dropFactor)) return 'stale'
      return this.#hasCapacityFor(fact) ? 'new' : 'stale'
    }
    if (versions.some(({ fact: { signature } }) => equalBytes(signature, fact.signature))) return 'stale'
    const last = versions.at(-1)
    const isFull = versions.length >= maxVersions
    return isFull && last && compareEntries(storedFact(fact), last) < 0 ? 'stale' : 'new'
  }

  /** Merges a new entry. */
  merge(fact: EntryFact, epochMs: number): Merged {
    this.#clock.observe(fact)
    const entry = storedFact(fact)
    const versions = this.#keys.get(fact.key) ?? []
    const former = versions[0]
    versions.push(entry)
    versions.sort((a, b) => compareEntries(b, a))
    this.#keys.set(fact.key, versions)
    // The limit is a count: with a limit in bytes, a small old entry would fit after a large newer one was dropped.
    const last = versions.length > maxVersions ? versions.pop() : undefined
    if (last) this.#options.facts.remove(last)
    this.#dropOldVersions(versions, epochMs)
    if (this.#earliest && compareEntries(entry, this.#earliest.newest) < 0) this.#earliest = undefined
    return { entry, index: versions.indexOf(entry), former, dropped: this.#dropBeyondCapacity() }
  }

  /**
   * Stops sharing keys that were deleted long ago, and drops those that no member shares any more.
   *
   * @returns the dropped keys
   */
  sweep(epochMs: number): readonly string[] {
    this.#forgetDropped(epochMs)
    const dropped: string[] = []
    for (const [key, versions] of this.#keys) {
      this.#dropOldVersions(versions, epochMs)
      if (!this.#isDeletedFor(versions[0]?.fact, epochMs, dropFactor)) continue
      this.#drop(key, versions)
      dropped.push(key)
    }
    return dropped
  }

  /**
   * Drops entries of authors that may not write any more, because they were revoked before they signed them.
   *
   * @returns the keys of these entries
   */
  recheckAuthors(): readonly string[] {
    const { facts, mayWrite } = this.#options
    const changed: string[] = []
    for (const [key, versions] of this.#keys) {
      const rest = versions.filter(({ fact }) => mayWrite(fact))
      if (rest.length === versions.length) continue
      for (const version of versions) if (!rest.includes(version)) facts.remove(version)
      if (rest.length > 0) this.#keys.set(key, rest)
      else this.#keys.delete(key)
      changed.push(key)
    }
    if (changed.length > 0) this.#earliest = undefined
    return changed
  }

  #hasCapacityFor(fact: EntryFact): boolean {
    if (this.#keys.size < maxStoredKeys) return true
    const earliest = this.#findEarliest()
    return earliest !== undefined && compareEntries(storedFact(fact), earliest.newest) > 0
  }

  #dropBeyondCapacity(): string | undefined {
    if (this.#keys.size <= maxStoredKeys) return undefined
    // The merged entry may be that of the earliest key.
    this.#earliest = undefined
    const key = this.#findEarliest()?.key
    if (key === undefined) return undefined
    // The oldest first: if the process ends meanwhile, a deletion outlives the value it deleted.
    for (const version of this.versions(key).toReversed()) this.#options.facts.remove(version)
    this.#keys.delete(key)
    this.#earliest = undefined
    return key
  }

  #findEarliest(): { readonly key: string; readonly newest: StoredFact<EntryFact> } | undefined {
    const known = this.#earliest
    if (known && this.#keys.get(known.key)?.[0] === known.newest) return known
    this.#earliest = undefined
    for (const [key, [newest]] of this.#keys)
      if (newest && (!this.#earliest || compareEntries(newest, this.#earliest.newest) < 0))
        this.#earliest = { key, newest }
    return this.#earliest
  }

  #moveToQuarantine(entry: StoredFact<EntryFact>): void {
    const { key } = entry.fact
    const rest = this.versions(key).filter(version => version !== entry)
    if (rest.length > 0) this.#keys.set(key, rest)
    else this.#keys.delete(key)
    // Quarantine the entry before removing it from the facts: the storage of facts keeps quarantined entries.
    this.quarantine(entry)
    this.#options.facts.remove(entry)
  }

  #setClockBack(): void {
    const times = [...this.#keys.values()].flatMap(([newest]) => (newest ? [newest.fact] : []))
    this.#clock.setBack(times.sort(compareTimes).at(-1) ?? { epochMs: 0, count: 0 })
  }

  #drop(key: string, [newest]: readonly StoredFact<EntryFact>[]): void {
    this.#keys.delete(key)
    this.#dropped.delete(key)
    if (newest) this.#dropped.set(key, newest.fact.epochMs)
    const [firstDropped] = this.#dropped.keys()
    if (this.#dropped.size > maxDropped && firstDropped !== undefined) this.#dropped.delete(firstDropped)
  }

  /** The clock was ahead when these keys were dropped, and was set back. Other members still share the deletions. */
  #forgetDropped(epochMs: number): void {
    for (const [key, deletedMs] of this.#dropped)
      if (epochMs - deletedMs < dropFactor * this.#options.retentionMs) this.#dropped.delete(key)
  }

  #dropOldVersions(versions: readonly StoredFact<EntryFact>[], epochMs: number): void {
    const { facts } = this.#options
    const isShared = !this.#isDeletedFor(versions[0]?.fact, epochMs, 1)
    // The oldest first: if the process ends during the removal from storage, a deletion outlives the value it
    // deleted.
    for (const version of versions.toReversed()) {
      if (isShared) facts.add(version)
      else facts.remove(version)
    }
  }

  /** Whether the newest entry is a deletion that is older than `times` retentions. */
  #isDeletedFor(newest: EntryFact | undefined, epochMs: number, times: number): boolean {
    if (!newest || newest.value !== undefined) return false
    return epochMs - newest.epochMs >= times * this.#options.retentionMs
  }
}

function compareEntries(a: StoredFact<EntryFact>, b: StoredFact<EntryFact>): number {
  const byTime = compareTimes(a.fact, b.fact)
  if (byTime !== 0) return byTime
  if (a.fact.author !== b.fact.author) return a.fact.author < b.fact.author ? -1 : 1
  return a.id < b.id ? -1 : a.id > b.id ? 1 : 0
}
