/**
 * Room content: what is held of one room: its members' presence, its documents, and which events were delivered.
 *
 * Presence counts as long as its author is in the room in the entry in which it spoke. Of the dead it is kept, for
 * they may come back; of those who left, in whatever way, it is gone.
 */

import * as Y from 'yjs'
import type { Instant } from '../base/clock.ts'
import type { Admission } from '../spaces/admission.ts'
import { DocumentSync } from '../spaces/documents/document-sync.ts'
import type { Lineage } from '../spaces/documents/epochs/document-epochs.ts'
import { isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import { isReadable } from '../spaces/documents/readable-updates.ts'
import { FactSet } from '../spaces/fact-set.ts'
import {
  type CarrierRequests,
  noCarrierRequests,
  type ReplicaHolder,
  type SpaceReplica,
} from '../spaces/space-replica.ts'
import type { SpaceRoster } from '../spaces/space-roster.ts'
import { renewIntervalMs } from '../spaces/spaces.ts'
import { limits } from '../wire/limits.ts'
import type { EventFact, SpaceFact, UpdateFact } from '../wire/space-fact.ts'
import { DocumentRoster } from './document-roster.ts'
import { PresenceRegisters } from './presence-registers.ts'
import { ReplayWindow } from './replay-window.ts'

/** What a room's face wants to hear. */
export interface RoomListener {
  /** What somebody's presence says, or whether it counts, may have changed. @param field undefined: all of it */
  presenceChanged(author: string, field: string | undefined): void
  eventArrived(fact: EventFact): void
  /** This member begins, or no longer needs, to carry a document for others. */
  carriedChanged(document: string, isCarried: boolean): void
  /** Others that hold a document of this member and were dialled in vain. */
  unreachable(): ReadonlySet<string>
}

export interface RoomReplicaOptions {
  readonly self: string
  readonly spaceRoster: SpaceRoster
  /** Members in the room that are alive, or suspect and were alive here; oneself excepted. */
  readonly others: () => readonly string[]
  /** Members in the room that are suspect, and were never alive here. */
  readonly suspects: () => readonly string[]
  readonly listener: RoomListener
}

/** A document that this member has not opened, as it stands. */
export interface CarriedDocument {
  readonly doc: Y.Doc
  readonly lineage: Lineage | undefined
}

interface EndedGeneration {
  readonly generation: number
  /** Since when nothing is known of its author. */
  sweeps: number
}

/** Sweeps differ by less: what one has dropped would else come back from another, and so for ever. */
const endedSweeps = 8
/** A carrier that is not asked again for so long gives up. */
const carryForMs = 3 * renewIntervalMs
/** Members that are asked to carry one document besides, each time. */
const maxCarriers = 2

export class RoomReplica implements SpaceReplica {
  readonly facts: FactSet = new FactSet()
  readonly documents: Map<string, DocumentSync> = new Map()
  readonly presence: PresenceRegisters = new PresenceRegisters(this.facts)
  readonly roster: DocumentRoster
  readonly #events = new ReplayWindow()
  readonly #spaceRoster: SpaceRoster
  readonly #listener: RoomListener
  /** In which entry members are in the room. */
  readonly #generations = new Map<string, number>()
  /** Of those who left the room or are forgotten, the last entry that is over. */
  readonly #ended = new Map<string, EndedGeneration>()
  /** Documents that this member carries for others, until when. */
  readonly #carried = new Map<string, number>()
  /** Authors that were not in the room at the last sweep, as far as was known. */
  #absent = new Set<string>()

  constructor({ self, spaceRoster, others, suspects, listener }: RoomReplicaOptions) {
    this.#spaceRoster = spaceRoster
    this.#listener = listener
    this.roster = new DocumentRoster({
      self,
      others,
      suspects,
      presence: this.presence,
      isPresent: id => spaceRoster.of(id)?.generation === this.presence.generationOf(id),
    })
  }

  admit(fact: SpaceFact, _now: Instant): Admission {
    switch (fact.type) {
      case 'field':
        return this.#hasLeft(fact.author, fact.generation) ? 'stale' : this.presence.admit(fact)
      case 'event': {
        const { author, generation, number } = fact
        if (this.#hasLeft(author, generation)) return 'stale'
        return this.#events.has(author, generation, number) ? 'stale' : 'new'
      }
      case 'update':
        return isReadable(fact.update) ? 'new' : 'rejected'
      case 'entry':
        return 'rejected'
    }
  }

  merge(fact: SpaceFact, _now: Instant): void {
    switch (fact.type) {
      case 'field':
        this.presence.merge(fact)
        this.#listener.presenceChanged(fact.author, fact.name)
        break
      case 'event':
        if (this.#events.accept(fact.author, fact.generation, fact.number)) this.#listener.eventArrived(fact)
        break
      // One's own, out of the document: a transaction that finds nothing new costs as much as one that does.
      case 'update':
      case 'entry':
        break
    }
  }

  mergeUpdate({ document, update, epoch }: UpdateFact): 'new' | 'stale' | 'rejected' {
    const sync = this.documents.get(document)
    // Not open here: others hold it, and news of it is only passed on.
    if (!sync) return 'new'
    if (epoch) sync.epochs.moveTo(epoch)
    if (!epoch || isSameEpoch(epoch, sync.epochs.current)) return sync.apply(update)
    // Of another epoch: the next exchange shows who is behind. But its author may have left.
    const outcomes = sync.epochs.translated(epoch, update).map(each => sync.apply(each))
    return outcomes.find(outcome => outcome !== 'stale') ?? 'stale'
  }

  memberChanged(id: string): boolean {
    const generation = this.#spaceRoster.of(id)?.generation
    const isConcerned = generation !== undefined || this.#generations.has(id)
    if (generation !== undefined) this.#generations.set(id, generation)
    else this.#end(id)
    const presenceGeneration = this.presence.generationOf(id)
    if (presenceGeneration !== undefined && this.#hasLeft(id, presenceGeneration)) this.presence.drop(id)
    if (isConcerned || presenceGeneration !== undefined) this.#listener.presenceChanged(id, undefined)
    return isConcerned || presenceGeneration !== undefined
  }

  holdersOf(document: string): readonly ReplicaHolder[] {
    return this.roster.holdersOf(document)
  }

  silentMembers(): readonly string[] {
    return this.roster.withoutAnnouncements()
  }

  mayHaveDocument(id: string, document: string): boolean {
    return this.roster.of(id)?.has(document) ?? true
  }

  carry(document: string, { monotonicMs }: Instant): void {
    const isKnown = this.documents.has(document)
    if (isKnown && !this.#carried.has(document)) return
    if (!isKnown && this.documents.size >= limits.maxDocuments) return
    this.#carried.set(document, monotonicMs + carryForMs)
    if (isKnown) return
    const doc = new Y.Doc()
    // Nothing is written under it.
    doc.clientID = 0
    this.documents.set(document, new DocumentSync({ name: document, doc, origin: this, isCarried: true }))
    this.#listener.carriedChanged(document, true)
  }

  /** The replica of a document that was carried so far; from now on the caller has it. */
  takeCarried(document: string): CarriedDocument | undefined {
    if (!this.#carried.delete(document)) return undefined
    const { doc, epochs } = this.documents.get(document) ?? {}
    this.documents.delete(document)
    return doc && { doc, lineage: epochs?.lineage }
  }

  carriersToRequest(linked: readonly string[]): CarrierRequests {
    if (this.documents.size === 0) return noCarrierRequests
    const unreachable = this.#listener.unreachable()
    const requests: [document: string, id: string][] = []
    let areEnough = true
    for (const { name, isCarried } of this.documents.values()) {
      if (this.roster.isConnected(name, isCarried, unreachable)) continue
      const holders = new Map(this.roster.holdersOf(name).map(({ id, ...holding }) => [id, holding]))
      const carriers = linked.filter(id => holders.get(id)?.isCarried)
      for (const id of carriers) requests.push([name, id])
      if (this.roster.isConnectedByCarriers(name, unreachable)) continue
      const others = linked.filter(id => !holders.has(id)).slice(0, maxCarriers)
      for (const id of others) requests.push([name, id])
      areEnough &&= others.length === 0
    }
    return { requests, areEnough }
  }

  sweep({ monotonicMs }: Instant): void {
    const absent = [...this.presence.authors()].filter(
      id => this.#spaceRoster.of(id)?.generation === undefined,
    )
    for (const id of absent) if (this.#absent.has(id)) this.#drop(id)
    this.#absent = new Set(absent)
    for (const [id, ended] of this.#ended) {
      ended.sweeps = this.#spaceRoster.of(id) ? 0 : ended.sweeps + 1
      if (ended.sweeps > endedSweeps) this.#ended.delete(id)
    }
    for (const sync of this.documents.values()) sync.sweep()
    for (const [document, untilMs] of this.#carried) {
      if (untilMs > monotonicMs) continue
      this.takeCarried(document)?.doc.destroy()
      this.#listener.carriedChanged(document, false)
    }
  }

  #end(id: string): void {
    const generation = this.#generations.get(id)
    this.#generations.delete(id)
    if (generation !== undefined) this.#ended.set(id, { generation, sweeps: 0 })
  }

  /** What an author said who is not there any more. */
  #drop(id: string): void {
    const generation = this.presence.generationOf(id)
    this.presence.drop(id)
    if (generation !== undefined) this.#ended.set(id, { generation, sweeps: 0 })
  }

  /** Whether this is of an entry that is over. Of one that is not known yet: no, for rumors overtake records. */
  #hasLeft(id: string, generation: number): boolean {
    const where = this.#spaceRoster.of(id)
    if (where?.status === 'left') return true
    const last = where?.generation === undefined ? this.#ended.get(id)?.generation : where.generation - 1
    return last !== undefined && generation <= last
  }
}
