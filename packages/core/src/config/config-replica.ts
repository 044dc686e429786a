/** Config content: what is held of one shared config: the entries of each key. */

import type { Instant } from '../base/clock.ts'
import type { Judgement } from '../spaces/admission.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { FactSet, type HeldFact, heldFact } from '../spaces/fact-set.ts'
import { noCarriers, type SpaceContent, type WantedCarriers } from '../spaces/space-replica.ts'
import { believable } from '../table/incarnation.ts'
import type { EntryFact, SpaceFact } from '../wire/space-fact.ts'
import { ConfigEntries, type ConfigEntriesOptions, type Merged } from './config-entries.ts'
import { compareTimes } from './hybrid-clock.ts'
import { isPlausible, type Repeat, repeatOfTooNew, repeatOfTooOld } from './misdated-entries.ts'

const noDocuments: ReadonlyMap<string, DocumentSync> = new Map()

export interface ConfigContentOptions extends Omit<ConfigEntriesOptions, 'facts'> {
  /** This member's id. */
  readonly self: string
  /** An entry was merged. */
  readonly merged: (merged: Merged) => void
  /** An entry does not count any more, as the clock does not believe it now. */
  readonly hidden: (entry: HeldFact<EntryFact>) => void
  /** An entry that was put aside is over by now. */
  readonly dropped: (entry: HeldFact<EntryFact>) => void
}

export class ConfigContent implements SpaceContent {
  readonly facts: FactSet = new FactSet()
  readonly documents: ReadonlyMap<string, DocumentSync> = noDocuments
  readonly entries: ConfigEntries
  readonly #options: ConfigContentOptions
  readonly #repeats = new Map<string, Repeat>()

  constructor(options: ConfigContentOptions) {
    this.#options = options
    this.entries = new ConfigEntries({ ...options, facts: this.facts })
  }

  judge(fact: SpaceFact, now: Instant): Judgement {
    return fact.type === 'entry' ? this.entries.judge(fact, now) : 'refused'
  }

  merge(fact: SpaceFact, now: Instant): void {
    const { epochMs } = now
    if (fact.type !== 'entry') return
    const before = this.entries.versions(fact.key)
    const merged = this.entries.merge(fact, epochMs)
    this.#options.merged(merged)
    // It came from others, who believed it while this member did not.
    if (merged.place === 0) this.#plan(this.#repeatsIn([merged.entry, ...before], now))
  }

  /**
   * Takes up what an earlier life stored, the oldest first: a deletion of long ago is old news where nothing is known
   * of its key, and what it deleted is not. What is not believed now is put aside. @returns what of it is over by now,
   * in this order
   */
  restore(stored: readonly SpaceFact[], now: Instant): readonly HeldFact[] {
    const entries = stored.flatMap(fact => (fact.type === 'entry' ? [fact] : [])).sort(compareTimes)
    for (const entry of entries.map(heldFact))
      if (!believable(entry.fact.epochMs, now.epochMs)) this.entries.putAside(entry)
    const believed = entries.filter(({ epochMs }) => believable(epochMs, now.epochMs))
    const repeats = this.#repeatsIn(believed.map(heldFact), now)
    const counting = believed.filter(fact => {
      const judgement = this.judge(fact, now)
      if (judgement === 'news') this.merge(fact, now)
      return judgement !== 'refused'
    })
    this.entries.sweep(now.epochMs)
    this.#plan(repeats)
    this.#planRepeatsOfAside(this.entries.allAside, now)
    return counting.map(heldFact).filter(held => !this.facts.has(held))
  }

  /** What this member wrote by a clock that was wrong, and has to write again; once. */
  takeRepeats(): readonly Repeat[] {
    const repeats = [...this.#repeats.values()]
    this.#repeats.clear()
    return repeats
  }

  mergeUpdate(): 'refused' {
    return 'refused'
  }

  whereaboutsChanged(): boolean {
    return false
  }

  holdersOf(): [] {
    return []
  }

  mayHold(): boolean {
    return false
  }

  carry(): void {}

  /** A member of a config may have nothing to send. */
  strangers(): readonly string[] {
    return []
  }

  wantedCarriers(): WantedCarriers {
    return noCarriers
  }

  sweep(now: Instant): void {
    const { hidden, again } = this.entries.reconsider(now.epochMs)
    const known = [...byKey(again)].flatMap(([key, ofKey]) => [...this.entries.versions(key), ...ofKey])
    // Before they are merged: the newest eight may be all that is left then.
    const repeats = this.#repeatsIn(known, now)
    for (const entry of [...again].sort((a, b) => compareTimes(a.fact, b.fact))) {
      if (this.judge(entry.fact, now) === 'news') this.merge(entry.fact, now)
      else if (!this.facts.has(entry)) this.#options.dropped(entry)
    }
    this.#plan(repeats)
    for (const entry of hidden) this.#options.hidden(entry)
    this.#planRepeatsOfAside(hidden, now)
    this.entries.sweep(now.epochMs)
  }

  #repeatsIn(entries: readonly HeldFact<EntryFact>[], { epochMs }: Instant): Map<string, Repeat | undefined> {
    const { self } = this.#options
    return new Map(
      [...byKey(entries)].map(([key, ofKey]) => [
        key,
        isPlausible(epochMs) ? repeatOfTooOld(ofKey, self) : undefined,
      ]),
    )
  }

  #plan(repeats: ReadonlyMap<string, Repeat | undefined>): void {
    for (const [key, repeat] of repeats) {
      if (repeat) this.#repeats.set(key, repeat)
      else this.#repeats.delete(key)
    }
  }

  #planRepeatsOfAside(entries: readonly HeldFact<EntryFact>[], { epochMs }: Instant): void {
    // A clock that was never set will be set soon, and then believes them.
    if (!isPlausible(epochMs)) return
    for (const key of byKey(entries).keys()) {
      const hasOthers = this.entries.versions(key).length > 0
      const repeat = repeatOfTooNew(this.entries.aside(key), this.#options.self, hasOthers)
      if (repeat && (!repeat.time || believable(repeat.time.epochMs, epochMs))) this.#repeats.set(key, repeat)
    }
  }
}

function byKey(entries: readonly HeldFact<EntryFact>[]): Map<string, HeldFact<EntryFact>[]> {
  const keys = new Map<string, HeldFact<EntryFact>[]>()
  for (const entry of entries) keys.set(entry.fact.key, [...(keys.get(entry.fact.key) ?? []), entry])
  return keys
}
