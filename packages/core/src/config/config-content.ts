/** Config content: what is held of one shared config: the entries of each key. */

import type { DocumentSync } from '../spaces/document-sync.ts'
import { FactSet, type HeldFact, heldFact } from '../spaces/fact-set.ts'
import type { Judgement } from '../spaces/judgement.ts'
import { noCarriers, type SpaceContent, type WantedCarriers } from '../spaces/space-content.ts'
import type { Instant } from '../state/instant.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import { ConfigEntries, type ConfigEntriesOptions, type Merged } from './config-entries.ts'
import { compareTimes } from './hybrid-clock.ts'

const noDocuments: ReadonlyMap<string, DocumentSync> = new Map()

export class ConfigContent implements SpaceContent {
  readonly facts: FactSet = new FactSet()
  readonly documents: ReadonlyMap<string, DocumentSync> = noDocuments
  readonly entries: ConfigEntries
  readonly #merged: (merged: Merged) => void

  /** @param merged an entry was merged. */
  constructor(options: Omit<ConfigEntriesOptions, 'facts'>, merged: (merged: Merged) => void) {
    this.entries = new ConfigEntries({ ...options, facts: this.facts })
    this.#merged = merged
  }

  judge(fact: SpaceFact, now: Instant): Judgement {
    return fact.type === 'entry' ? this.entries.judge(fact, now) : 'refused'
  }

  merge(fact: SpaceFact, { epochMs }: Instant): void {
    if (fact.type === 'entry') this.#merged(this.entries.merge(fact, epochMs))
  }

  /**
   * Takes up what an earlier life stored, the oldest first: a deletion of long ago is old news where nothing is known
   * of its key, and what it deleted is not. @returns what of it is over by now, in this order
   */
  restore(stored: readonly SpaceFact[], now: Instant): readonly HeldFact[] {
    const entries = stored.flatMap(fact => (fact.type === 'entry' ? [fact] : [])).sort(compareTimes)
    const counting = entries.filter(fact => {
      const judgement = this.judge(fact, now)
      if (judgement === 'news') this.merge(fact, now)
      return judgement !== 'refused'
    })
    this.sweep(now)
    return counting.map(heldFact).filter(held => !this.facts.has(held))
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

  wantedCarriers(): WantedCarriers {
    return noCarriers
  }

  sweep({ epochMs }: Instant): void {
    this.entries.sweep(epochMs)
  }
}
