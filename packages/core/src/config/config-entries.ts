/**
 * Config entries: of each key the last few entries, the newest first.
 *
 * Ordered by hybrid time, then author, then id. A key keeps its `maxVersions` greatest entries, so what is kept is a
 * join as well, and everybody tells the same history. A deletion is an entry, too. A key that was deleted goes in two
 * stages, by the time of the deletion, so with all members alike: after the retention it is no longer shared, an
 * eighth of the retention later, when nobody should tell of it any more, it is dropped. When it was deleted is known a
 * while longer, because clocks and sweeps differ, and old values that somebody still tells of would stand again.
 *
 * Entries that this member held once, and whose date its clock does not believe now, are put aside: they are neither
 * shared nor shown, stay in the store, and are judged again when the clock changes.
 */

import type { Instant } from '../base/clock.ts'
import type { Admission } from '../spaces/admission.ts'
import { type FactSet, type StoredFact, storedFact } from '../spaces/fact-set.ts'
import { isPlausibleTimestamp } from '../table/incarnation.ts'
import { equalBytes } from '../wire/hashes.ts'
import type { EntryFact } from '../wire/space-fact.ts'
import { compareTimes, HybridClock, type HybridTime } from './hybrid-clock.ts'

export interface ConfigEntriesOptions {
  /** Where what is held here is added, and what no longer is, removed. */
  readonly facts: FactSet
  /** Whose entries count. */
  readonly writers: 'anyone' | ReadonlySet<string>
  /** How long a deletion is remembered, in milliseconds. */
  readonly retentionMs: number
}

/** Our choice: 8 entries a key, the present one and seven that it replaced. */
export const maxVersions = 8
/** With the largest values and full histories 134 MB. */
export const maxKeys = 1_024
const dropFactor = 1.125
/** Keys that are gone, of which the time of the deletion is still known. */
const maxDropped = 4_096

/** A merged entry: which place it took, and what it met there. */
export interface Merged {
  readonly entry: StoredFact<EntryFact>
  /** 0: it is the newest of its key; −1: it is older than all that are kept. */
  readonly index: number
  /** The newest before it. */
  readonly former: StoredFact<EntryFact> | undefined
}

export class ConfigEntries {
  readonly #options: ConfigEntriesOptions
  readonly #keys = new Map<string, StoredFact<EntryFact>[]>()
  readonly #clock = new HybridClock()
  /** Dropped keys, and when they were deleted; the longest dropped first. */
  readonly #dropped = new Map<string, number>()

  /** Held, but not believed now; by id. */
  readonly #quarantined = new Map<string, StoredFact<EntryFact>>()

  constructor(options: ConfigEntriesOptions) {
    this.#options = options
  }

  /** What was put aside of a key, newest first. */
  quarantined(key: string): readonly StoredFact<EntryFact>[] {
    return [...this.#quarantined.values()]
      .filter(({ fact }) => fact.key === key)
      .sort((a, b) => compareEntries(b, a))
  }

  /** All that was put aside. */
  get allQuarantined(): readonly StoredFact<EntryFact>[] {
    return [...this.#quarantined.values()]
  }

  isQuarantined({ id }: StoredFact): boolean {
    return this.#quarantined.has(id)
  }

  /** An entry out of the store that is not believed now. */
  quarantine(entry: StoredFact<EntryFact>): void {
    this.#quarantined.set(entry.id, entry)
  }

  /** Whether all times that were seen may be: else the clock was set back, and everything has to be judged again. */
  areTimesPlausible(epochMs: number): boolean {
    return isPlausibleTimestamp(this.#clock.last.epochMs, epochMs)
  }

  /**
   * The clock may have changed: puts aside what it does not believe now.
   *
   * @returns what was put aside just now, and what was aside and is not any more: it has to be judged again
   */
  recheckQuarantined(epochMs: number): {
    readonly hidden: readonly StoredFact<EntryFact>[]
    readonly again: readonly StoredFact<EntryFact>[]
  } {
    const again = [...this.#quarantined.values()].filter(({ fact }) =>
      isPlausibleTimestamp(fact.epochMs, epochMs),
    )
    for (const { id } of again) this.#quarantined.delete(id)
    const hidden = [...this.#keys.values()]
      .flat()
      .filter(({ fact }) => !isPlausibleTimestamp(fact.epochMs, epochMs))
    for (const entry of hidden) this.#hide(entry)
    if (!this.areTimesPlausible(epochMs)) this.#setClockBack()
    return { hidden, again }
  }

  /** Keys of which something is held, deletions included. */
  get size(): number {
    return this.#keys.size
  }

  /** Newest first. */
  versions(key: string): readonly StoredFact<EntryFact>[] {
    return this.#keys.get(key) ?? []
  }

  /** A time later than all entries seen. */
  nextTime(epochMs: number): HybridTime {
    return this.#clock.next(epochMs)
  }

  admit(fact: EntryFact, { epochMs }: Instant): Admission {
    const { writers } = this.#options
    if (writers !== 'anyone' && !writers.has(fact.author)) return 'rejected'
    if (!isPlausibleTimestamp(fact.epochMs, epochMs)) return 'rejected'
    const versions = this.#keys.get(fact.key)
    if (!versions) {
      if (fact.epochMs <= (this.#dropped.get(fact.key) ?? Number.NEGATIVE_INFINITY)) return 'stale'
      if (this.#isDeletedFor(fact, epochMs, dropFactor)) return 'stale'
      return this.#keys.size < maxKeys ? 'new' : 'rejected'
    }
    if (versions.some(({ fact: { signature } }) => equalBytes(signature, fact.signature))) return 'stale'
    const last = versions.at(-1)
    const isFull = versions.length >= maxVersions
    return isFull && last && compareEntries(storedFact(fact), last) < 0 ? 'stale' : 'new'
  }

  /** An entry that is news. */
  merge(fact: EntryFact, epochMs: number): Merged {
    this.#clock.observe(fact)
    const entry = storedFact(fact)
    const versions = this.#keys.get(fact.key) ?? []
    const former = versions[0]
    versions.push(entry)
    versions.sort((a, b) => compareEntries(b, a))
    this.#keys.set(fact.key, versions)
    // By number alone: were it by bytes, a small old one would find room after a large newer one was dropped.
    const last = versions.length > maxVersions ? versions.pop() : undefined
    if (last) this.#options.facts.remove(last)
    this.#dropOldVersions(versions, epochMs)
    return { entry, index: versions.indexOf(entry), former }
  }

  /** Stops sharing the keys that were deleted long ago, and drops those that nobody shares any more. */
  sweep(epochMs: number): void {
    for (const [key, versions] of this.#keys) {
      this.#dropOldVersions(versions, epochMs)
      if (this.#isDeletedFor(versions[0]?.fact, epochMs, dropFactor)) this.#drop(key, versions)
    }
  }

  #hide(entry: StoredFact<EntryFact>): void {
    const { key } = entry.fact
    const rest = this.versions(key).filter(version => version !== entry)
    if (rest.length > 0) this.#keys.set(key, rest)
    else this.#keys.delete(key)
    // First, so that whoever keeps the facts in a store knows that this one is only put aside.
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
    const [longest] = this.#dropped.keys()
    if (this.#dropped.size > maxDropped && longest !== undefined) this.#dropped.delete(longest)
  }

  #dropOldVersions(versions: readonly StoredFact<EntryFact>[], epochMs: number): void {
    const { facts } = this.#options
    const isShared = !this.#isDeletedFor(versions[0]?.fact, epochMs, 1)
    // The oldest first: wherever a process ends that takes them out of its store, a deletion outlives what it deleted.
    for (const held of versions.toReversed()) {
      if (isShared) facts.add(held)
      else facts.remove(held)
    }
  }

  /** Whether it is a deletion, and so many times the retention ago. */
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
