/**
 * Room replica: the local state of one room: its members' presence, its documents, and which events were delivered.
 *
 * Presence counts while its author is in the room in the generation of that presence. Presence of a dead author stays
 * stored, because the author may return. Presence of an author that left in any way is dropped.
 *
 * Presence can arrive before the record that shows its author in the room in this generation. Until then the presence is
 * *pending*: neither shown nor exchanged, and bounded, because everybody can sign presence with new keys. If the author only
 * renews its generation, the pending presence replaces the other one at once.
 */

import type { Instant } from '../base/clock.ts'
import { ReplayWindow } from '../base/replay-window.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import { isReadable } from '../spaces/documents/readable-updates.ts'
import { FactSet } from '../spaces/fact-set.ts'
import type { Admission, CarrierRequests, ReplicaHolder, SpaceReplica } from '../spaces/space-replica.ts'
import type { SpaceRoster } from '../spaces/space-roster.ts'
import { maxAheadMs } from '../wire/checks.ts'
import type { EventFact, FieldFact, SpaceFact, UpdateFact } from '../wire/space-fact.ts'
import { type CarriedDocument, type CarrierListener, DocumentCarriers } from './document-carriers.ts'
import { DocumentRoster } from './document-roster.ts'
import { PresenceRegisters } from './presence-registers.ts'

/** The room handle, as its replica calls it. */
export interface RoomListener extends CarrierListener {
  /** Presence of a member, or whether it counts, may have changed. @param field undefined: all fields */
  presenceChanged(author: string, field: string | undefined): void
  eventArrived(fact: EventFact): void
}

export interface RoomReplicaOptions {
  readonly self: string
  readonly spaceRoster: SpaceRoster
  /**
   * Members in the room that are alive, or suspect after having been alive in the local view; without the local
   * member.
   */
  readonly others: () => readonly string[]
  /** Members in the room that are suspect and were never alive in the local view. */
  readonly suspects: () => readonly string[]
  readonly listener: RoomListener
  /** The room has writers: its documents are elsewhere, as signed changes. */
  readonly isSigned?: boolean
}

interface EndedGeneration {
  readonly generation: number
  /** Number of sweeps since the author became unknown. */
  sweeps: number
}

/** Must exceed the difference between members' sweeps: otherwise they would send each other dropped facts for ever. */
const endedSweeps = 8
/**
 * Authors whose presence may be pending. Our choice: many newcomers at once. At the limit, presence of further authors
 * is rejected and not forwarded. An exchange brings it when its author is in the room.
 */
const maxPendingAuthors = 128

export class RoomReplica implements SpaceReplica {
  readonly facts: FactSet = new FactSet()
  readonly documents: Map<string, DocumentSync> = new Map()
  readonly presence: PresenceRegisters = new PresenceRegisters(this.facts)
  readonly roster: DocumentRoster
  readonly #carriers: DocumentCarriers
  readonly #pending = new PresenceRegisters(new FactSet(), maxPendingAuthors)
  readonly #events = new ReplayWindow()
  readonly #self: string
  readonly #spaceRoster: SpaceRoster
  readonly #listener: RoomListener
  #ownGeneration: number | undefined
  readonly #isSigned: boolean
  /** Members in the room → their generation. */
  readonly #generations = new Map<string, number>()
  /** Last ended generation of members that left the room or are unknown. */
  readonly #ended = new Map<string, EndedGeneration>()
  /** Authors that were not known to be in the room at the last sweep. */
  #absent = new Set<string>()
  /** Authors whose presence was pending at the last sweep. */
  #pendingBefore = new Set<string>()

  constructor({ self, spaceRoster, others, suspects, listener, isSigned = false }: RoomReplicaOptions) {
    this.#self = self
    this.#isSigned = isSigned
    this.#spaceRoster = spaceRoster
    this.#listener = listener
    this.roster = new DocumentRoster({
      self,
      others,
      suspects,
      presence: this.presence,
      isOfPresentGeneration: id => spaceRoster.of(id)?.generation === this.presence.generationOf(id),
    })
    this.#carriers = new DocumentCarriers(this.documents, this.roster, listener)
  }

  admit(fact: SpaceFact, { epochMs }: Instant): Admission {
    switch (fact.type) {
      case 'field':
        if (this.#hasLeft(fact.author, fact.generation)) return 'stale'
        return this.#registersOf(fact).admit(fact)
      case 'event': {
        const { author, generation, number } = fact
        // The local member may have renewed its generation while the event was signed.
        if (author !== this.#self && this.#hasLeft(author, generation)) return 'stale'
        return this.#events.has(author, generation, number, epochMs + maxAheadMs) ? 'stale' : 'new'
      }
      case 'update':
        return !this.#isSigned && isReadable(fact.update) ? 'new' : 'rejected'
      case 'entry':
      case 'change':
        return 'rejected'
    }
  }

  merge(fact: SpaceFact, { epochMs }: Instant): void {
    switch (fact.type) {
      case 'field':
        this.#registersOf(fact).merge(fact)
        this.#listener.presenceChanged(fact.author, fact.name)
        break
      case 'event':
        if (this.#events.accept(fact.author, fact.generation, fact.number, epochMs + maxAheadMs))
          this.#listener.eventArrived(fact)
        break
      // Do not apply the local member's own update. The document already contains it, and a transaction without changes
      // costs as much as one with changes.
      case 'update':
      case 'entry':
      case 'change':
        break
    }
  }

  mergeUpdate({ document, update, epoch }: UpdateFact): 'new' | 'stale' | 'rejected' {
    const sync = this.documents.get(document)
    // The document is not open here: others hold it, and the member only forwards its updates.
    if (!sync) return 'new'
    if (epoch) sync.epochs.moveTo(epoch)
    if (!epoch || isSameEpoch(epoch, sync.epochs.current)) return sync.apply(update)
    // The update is from another epoch. The next exchange shows which replica is behind, but the author may have left
    // by then.
    const outcomes = sync.epochs.translated(epoch, update).map(each => sync.apply(each))
    return outcomes.find(outcome => outcome !== 'stale') ?? 'stale'
  }

  memberChanged(id: string): boolean {
    const generation = this.#generationOf(id)
    const isConcerned = generation !== undefined || this.#generations.has(id)
    if (generation !== undefined) this.#generations.set(id, generation)
    else this.#end(id)
    const ofPresence = this.presence.generationOf(id)
    if (ofPresence !== undefined && ofPresence !== (generation ?? ofPresence)) this.presence.drop(id)
    else if (ofPresence !== undefined && this.#hasLeft(id, ofPresence)) this.presence.drop(id)
    if (generation !== undefined) this.#mergePending(id, generation)
    if (isConcerned || ofPresence !== undefined) this.#listener.presenceChanged(id, undefined)
    return isConcerned || ofPresence !== undefined
  }

  entered(generation: number): void {
    this.#ownGeneration = generation
    this.memberChanged(this.#self)
  }

  holdersOf(document: string): readonly ReplicaHolder[] {
    return this.roster.holdersOf(document)
  }

  hasUnreachablePair(document: string): boolean {
    return this.roster.hasUnreachablePair(document, this.#listener.unreachable())
  }

  membersWithoutAnnouncement(): readonly string[] {
    return this.roster.withoutAnnouncements()
  }

  mayHaveDocument(id: string, document: string): boolean {
    return this.roster.of(id)?.has(document) ?? true
  }

  carry(document: string, now: Instant): void {
    if (!this.#isSigned) this.#carriers.carry(document, now)
  }

  /** Hands over the replica of a document that was carried so far; the caller then owns it. */
  takeCarried(document: string): CarriedDocument | undefined {
    return this.#carriers.take(document)
  }

  carriersToRequest(connected: readonly string[], nowMs: number): CarrierRequests {
    return this.#carriers.toRequest(connected, nowMs)
  }

  sweep(now: Instant): void {
    const absent = [...this.presence.authors()].filter(
      id => this.#spaceRoster.of(id)?.generation === undefined,
    )
    for (const id of absent) if (this.#absent.has(id)) this.#drop(id)
    this.#absent = new Set(absent)
    const pending = [...this.#pending.authors()]
    for (const id of pending) if (this.#pendingBefore.has(id)) this.#pending.drop(id)
    this.#pendingBefore = new Set(pending)
    for (const [id, ended] of this.#ended) {
      ended.sweeps = this.#spaceRoster.of(id) ? 0 : ended.sweeps + 1
      if (ended.sweeps > endedSweeps) this.#ended.delete(id)
    }
    for (const sync of this.documents.values()) sync.sweep()
    this.#carriers.sweep(now)
  }

  /** The registers for this presence: those that count, or the pending ones. */
  #registersOf({ author, generation }: FieldFact): PresenceRegisters {
    const present = this.#generationOf(author) ?? this.presence.generationOf(author)
    return generation === present ? this.presence : this.#pending
  }

  /** The author is in the room in this generation now. */
  #mergePending(id: string, generation: number): void {
    const pending = this.#pending.generationOf(id) ?? generation
    if (pending === generation)
      for (const fact of this.#pending.factsOf(id))
        if (!this.#hasLeft(id, generation) && this.presence.admit(fact) === 'new') this.presence.merge(fact)
    if (pending <= generation) this.#pending.drop(id)
  }

  #end(id: string): void {
    const generation = this.#generations.get(id)
    this.#generations.delete(id)
    if (generation !== undefined) this.#ended.set(id, { generation, sweeps: 0 })
  }

  /** Drops the presence of an author that is no longer known. */
  #drop(id: string): void {
    const generation = this.presence.generationOf(id)
    this.presence.drop(id)
    if (generation !== undefined) this.#ended.set(id, { generation, sweeps: 0 })
  }

  /** The generation in which a member is in the room; undefined: it is not, as far as is known here. */
  #generationOf(id: string): number | undefined {
    return id === this.#self ? this.#ownGeneration : this.#spaceRoster.of(id)?.generation
  }

  /** Whether the generation has ended. False for an unknown generation, because rumors can arrive before records. */
  #hasLeft(id: string, generation: number): boolean {
    if (this.#spaceRoster.of(id)?.status === 'left') return true
    const present = this.#generationOf(id)
    const last = present === undefined ? this.#ended.get(id)?.generation : present - 1
    return last !== undefined && generation <= last
  }
}
