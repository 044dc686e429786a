/** Space content: what is held of one space, whatever kind of space it is. */
import type { Instant } from '../state/instant.ts'
import type { SpaceFact } from '../wire/space-fact.ts'
import type { DocumentSync } from './document-sync.ts'
import type { FactSet } from './fact-set.ts'
import type { Judgement } from './judgement.ts'

export interface SpaceContent {
  /** What is exchanged as facts. */
  readonly facts: FactSet
  /** What is synchronised as documents, by name. */
  readonly documents: ReadonlyMap<string, DocumentSync>
  judge(fact: SpaceFact, now: Instant): Judgement
  /** A fact that is news and whose signature holds. */
  merge(fact: SpaceFact, now: Instant): void
  /** An update out of an exchange: of whichever authors, vouched for by a neighbour in the space. */
  mergeUpdate(document: string, update: Uint8Array): 'applied' | 'refused'
  /** A member of the cluster entered or left, came, went or died. */
  whereaboutsChanged(id: string): void
  /** Some time has passed: what is held of those long gone can be dropped. */
  sweep(now: Instant): void
}
