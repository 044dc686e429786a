/** Space content: what is held of one space, whatever kind of space it is. */
import type { Instant } from '../base/clock.ts'
import type { SpaceFact, UpdateFact } from '../wire/space-fact.ts'
import type { Admission } from './admission.ts'
import type { DocumentSync } from './documents/document-sync.ts'
import type { FactSet } from './fact-set.ts'

/** A living member that has a document open. */
export interface ReplicaHolder {
  readonly id: string
  readonly isSynced: boolean
}

export interface SpaceReplica {
  /** What is exchanged as facts. */
  readonly facts: FactSet
  /** What is synchronised as documents, by name. */
  readonly documents: ReadonlyMap<string, DocumentSync>
  admit(fact: SpaceFact, now: Instant): Admission
  /** A fact that is news and whose signature holds. */
  merge(fact: SpaceFact, now: Instant): void
  /** An update out of a rumor. */
  mergeUpdate(fact: UpdateFact): 'new' | 'stale' | 'rejected'
  /** A member of the cluster entered or left, came, went or died. @returns whether that may matter here */
  memberChanged(id: string): boolean
  /** Some time has passed: what is held of those long gone can be dropped. */
  sweep(now: Instant): void
  /** The others that have a document open, as far as they announced it. */
  holdersOf(document: string): readonly ReplicaHolder[]
  /** Members that are present, and of which nothing has come that each of them sends when it enters. */
  silentMembers(): readonly string[]
  /** Whether a member has a document open, or has not announced yet what it has open. */
  mayHaveDocument(id: string, document: string): boolean
  /** Another member asks this one to carry a document for a while. */
  carry(document: string, now: Instant): void
  /** @param linked members of the space that this one is connected to */
  carriersToRequest(linked: readonly string[]): CarrierRequests
}

/** Whom to ask to carry documents, because the members that have them open cannot reach each other. */
export interface CarrierRequests {
  readonly requests: readonly (readonly [document: string, id: string])[]
  /** The carriers that there are connect them: these need only be asked to go on. */
  readonly areEnough: boolean
}

export const noCarrierRequests: CarrierRequests = { requests: [], areEnough: true }
