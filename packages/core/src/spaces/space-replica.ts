/** Space replica: the local state of one space, the same for rooms and configs. */
import type { Instant } from '../base/clock.ts'
import type { SpaceFact, UpdateFact } from '../wire/space-fact.ts'
import type { DocumentSync } from './documents/document-sync.ts'
import type { FactSet } from './fact-set.ts'

/**
 * Whether a fact is worth a check of its signature. `new`: yes. `stale`: the fact is known or replaced by a newer
 * one. `rejected`: the fact breaks a rule of its space and changes nothing, regardless of the peer that forwarded it.
 */
export type Admission = 'new' | 'stale' | 'rejected'

/** A living member that has a document open. */
export interface ReplicaHolder {
  readonly id: string
  readonly isSynced: boolean
}

/** The local state of one space, as the exchange with other members sees it. */
export interface SpaceReplica {
  /** The facts of the space, which members exchange. */
  readonly facts: FactSet
  /** Approximate number of bytes of facts in one step, if it is not the usual one. */
  readonly maxDeltaBytes?: number
  /** The documents of the space, by name, which members synchronise. */
  readonly documents: ReadonlyMap<string, DocumentSync>
  /** The local member is in the space in this generation from now on. Its record shows that later. */
  entered?(generation: number): void
  admit(fact: SpaceFact, now: Instant): Admission
  /** Merges a new fact whose signature is valid. */
  merge(fact: SpaceFact, now: Instant): void
  /** Merges an update from a rumor. */
  mergeUpdate(fact: UpdateFact): 'new' | 'stale' | 'rejected'
  /**
   * A member of the cluster joined, left, died or returned.
   *
   * @returns whether the change may concern the space
   */
  memberChanged(id: string): boolean
  /** Called at intervals: drops data about members that left long ago. */
  sweep(now: Instant): void
  /** The other members that have announced that they have the document open. */
  holdersOf(document: string): readonly ReplicaHolder[]
  /** Whether a dial between two members that have the document open, or carry it, failed. */
  hasUnreachablePair(document: string): boolean
  /**
   * Other members that are present in the space, but whose announcement has not arrived. Each member of a room announces
   * its documents when it enters.
   */
  membersWithoutAnnouncement(): readonly string[]
  /** Whether a member has a document open, or has not announced its documents yet. */
  mayHaveDocument(id: string, document: string): boolean
  /** Another member asks the local member to carry a document for a while. */
  carry(document: string, now: Instant): void
  /** @param connected members of the space that are connected to the local member */
  carriersToRequest(connected: readonly string[], nowMs: number): CarrierRequests
}

/**
 * Which members to ask to carry documents, because the members that have the documents open cannot reach each other.
 */
export interface CarrierRequests {
  readonly requests: readonly (readonly [document: string, id: string])[]
  /**
   * The present carriers connect all members that have the document open. The requests ask them only to
   * continue.
   */
  readonly areEnough: boolean
}

export const noCarrierRequests: CarrierRequests = { requests: [], areEnough: true }
