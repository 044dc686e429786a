/** Config content: what is held of one shared config: the entries of each key. */

import type { DocumentSync } from '../spaces/document-sync.ts'
import { FactSet, type HeldFact, heldFact } from '../spaces/fact-set.ts'
import type { Judgement } from '../spaces/judgement.ts'
import type { SpaceContent } from '../spaces/space-content.ts'
import type { Instant } from '../state/instant.ts'
import type { EntryFact, SpaceFact } from '../wire/space-fact.ts'
import { ConfigEntries, type ConfigEntriesOptions, type Merged } from './config-entries.ts'

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

  /** Takes up what an earlier life stored. @returns what of it is over by now, the oldest first */
  restore(stored: readonly SpaceFact[], now: Instant): readonly HeldFact<EntryFact>[] {
    const taken: HeldFact<EntryFact>[] = []
    for (const fact of stored)
      if (fact.type === 'entry' && this.entries.judgeStored(fact, now) === 'news') {
        this.merge(fact, now)
        taken.push(heldFact(fact))
      }
    this.sweep(now)
    return taken.filter(held => !this.facts.has(held)).sort((a, b) => a.fact.epochMs - b.fact.epochMs)
  }

  mergeUpdate(): 'refused' {
    return 'refused'
  }

  whereaboutsChanged(): void {}

  sweep({ epochMs }: Instant): void {
    this.entries.sweep(epochMs)
  }
}
