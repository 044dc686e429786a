/** Config replica: the local member's copy of a shared config, with the entries of each key. */

import type { Instant } from '../base/clock.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { FactSet, type StoredFact, storedFact } from '../spaces/fact-set.ts'
import {
  type Admission,
  type CarrierRequests,
  noCarrierRequests,
  type SpaceReplica,
} from '../spaces/space-replica.ts'
import { isClockSet, isPlausibleTimestamp } from '../wire/checks.ts'
import type { EntryFact, SpaceFact } from '../wire/space-fact.ts'
import { ConfigEntries, type ConfigEntriesOptions, type Merged } from './config-entries.ts'
import { compareTimes } from './hybrid-clock.ts'
import { type Rewrite, rewriteOfTooNew, rewriteOfTooOld } from './misdated-entries.ts'

const noDocuments: ReadonlyMap<string, DocumentSync> = new Map()

export interface ConfigReplicaOptions extends Omit<ConfigEntriesOptions, 'facts'> {
  /** The local member's id. */
  readonly self: string
  /** Called after the replica has merged an entry. */
  readonly merged: (merged: Merged) => void
  /** Called after the replica has quarantined a merged entry, because the time of the entry is no longer plausible. */
  readonly quarantined: (entry: StoredFact<EntryFact>) => void
  /** Called after an entry has left quarantine, if the replica did not admit it again. */
  readonly dropped: (entry: StoredFact<EntryFact>) => void
  /** Called after the replica has dropped a key (deleted long ago, or beyond the capacity), or entries of revoked authors. */
  readonly forgotten: (key: string) => void
}

export class ConfigReplica implements SpaceReplica {
  readonly facts: FactSet = new FactSet()
  readonly documents: ReadonlyMap<string, DocumentSync> = noDocuments
  readonly entries: ConfigEntries
  readonly #options: ConfigReplicaOptions
  readonly #rewrites = new Map<string, Rewrite>()

  constructor(options: ConfigReplicaOptions) {
    this.#options = options
    this.entries = new ConfigEntries({ ...options, facts: this.facts })
  }

  admit(fact: SpaceFact, now: Instant): Admission {
    return fact.type === 'entry' ? this.entries.admit(fact, now) : 'rejected'
  }

  merge(fact: SpaceFact, now: Instant): void {
    const { epochMs } = now
    if (fact.type !== 'entry') return
    const before = this.entries.versions(fact.key)
    const merged = this.entries.merge(fact, epochMs)
    this.#options.merged(merged)
    if (merged.dropped !== undefined) this.#options.forgotten(merged.dropped)
    // While the local clock was behind, other members accepted the time of this entry and this member did not. So an entry
    // that this member wrote in that time may be misdated.
    if (merged.index === 0) this.#plan(this.#rewritesIn([merged.entry, ...before], now))
  }

  /**
   * Merges the entries that an earlier process stored, and quarantines those with an implausible time. The oldest entry
   * is merged first. Otherwise an old deletion would be stale, because its key is unknown, and the deleted value would
   * return.
   *
   * @returns the entries that need not be stored any more, the oldest first
   */
  restore(stored: readonly SpaceFact[], now: Instant): readonly StoredFact[] {
    const entries = stored.flatMap(fact => (fact.type === 'entry' ? [fact] : [])).sort(compareTimes)
    for (const entry of entries.map(storedFact))
      if (!isPlausibleTimestamp(entry.fact.epochMs, now.epochMs)) this.entries.quarantine(entry)
    const plausible = entries.filter(({ epochMs }) => isPlausibleTimestamp(epochMs, now.epochMs))
    const rewrites = this.#rewritesIn(plausible.map(storedFact), now)
    const counting = plausible.filter(fact => {
      const admission = this.admit(fact, now)
      if (admission === 'new') this.merge(fact, now)
      return admission !== 'rejected'
    })
    this.entries.sweep(now.epochMs)
    this.#plan(rewrites)
    this.#planRewritesOfQuarantined(this.entries.allQuarantined, now)
    return counting.map(storedFact).filter(entry => !this.facts.has(entry))
  }

  /** Returns the values that the local member wrote while its clock was wrong and has to write again, each value once. */
  takeRewrites(): readonly Rewrite[] {
    const rewrites = [...this.#rewrites.values()]
    this.#rewrites.clear()
    return rewrites
  }

  mergeUpdate(): 'rejected' {
    return 'rejected'
  }

  memberChanged(): boolean {
    return false
  }

  holdersOf(): [] {
    return []
  }

  mayHaveDocument(): boolean {
    return false
  }

  hasUnreachablePair(): boolean {
    return false
  }

  carry(): void {}

  /** None: members of a config announce nothing. */
  membersWithoutAnnouncement(): readonly string[] {
    return []
  }

  carriersToRequest(): CarrierRequests {
    return noCarrierRequests
  }

  sweep(now: Instant): void {
    const { quarantined, again: released } = this.entries.recheckQuarantined(now.epochMs)
    const ofReleasedKeys = [...byKey(released)].flatMap(([key, ofKey]) => [
      ...this.entries.versions(key),
      ...ofKey,
    ])
    // Computed before the merge, which keeps only the newest eight entries of a key.
    const rewrites = this.#rewritesIn(ofReleasedKeys, now)
    for (const entry of [...released].sort((a, b) => compareTimes(a.fact, b.fact))) {
      if (this.admit(entry.fact, now) === 'new') this.merge(entry.fact, now)
      else if (!this.facts.has(entry)) this.#options.dropped(entry)
    }
    this.#plan(rewrites)
    for (const entry of quarantined) this.#options.quarantined(entry)
    this.#planRewritesOfQuarantined(quarantined, now)
    const changed = [...this.entries.recheckAuthors(), ...this.entries.sweep(now.epochMs)]
    for (const key of changed) this.#options.forgotten(key)
  }

  #rewritesIn(
    entries: readonly StoredFact<EntryFact>[],
    { epochMs }: Instant,
  ): Map<string, Rewrite | undefined> {
    const { self } = this.#options
    return new Map(
      [...byKey(entries)].map(([key, ofKey]) => [
        key,
        isClockSet(epochMs) ? rewriteOfTooOld(ofKey, self) : undefined,
      ]),
    )
  }

  #plan(rewrites: ReadonlyMap<string, Rewrite | undefined>): void {
    for (const [key, rewrite] of rewrites) {
      if (rewrite) this.#rewrites.set(key, rewrite)
      else this.#rewrites.delete(key)
    }
  }

  #planRewritesOfQuarantined(entries: readonly StoredFact<EntryFact>[], { epochMs }: Instant): void {
    // If the clock was never set, it will be set soon, and the times may then be plausible.
    if (!isClockSet(epochMs)) return
    for (const key of byKey(entries).keys()) {
      const hasOthers = this.entries.versions(key).length > 0
      const rewrite = rewriteOfTooNew(this.entries.quarantined(key), this.#options.self, hasOthers)
      if (rewrite && (!rewrite.time || isPlausibleTimestamp(rewrite.time.epochMs, epochMs)))
        this.#rewrites.set(key, rewrite)
    }
  }
}

function byKey(entries: readonly StoredFact<EntryFact>[]): Map<string, StoredFact<EntryFact>[]> {
  const keys = new Map<string, StoredFact<EntryFact>[]>()
  for (const entry of entries) keys.set(entry.fact.key, [...(keys.get(entry.fact.key) ?? []), entry])
  return keys
}
