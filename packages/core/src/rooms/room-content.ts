/**
 * Room content: what is held of one room: its members' presence, its documents, and which events were delivered.
 *
 * Presence counts as long as its author is in the room in the entry in which it spoke. Of the dead it is kept, for
 * they may come back; of those who left, in whatever way, it is gone.
 */

import { type DocumentSync, isReadable } from '../spaces/document-sync.ts'
import { FactSet } from '../spaces/fact-set.ts'
import type { Judgement } from '../spaces/judgement.ts'
import type { SpaceContent } from '../spaces/space-content.ts'
import type { Whereabouts } from '../spaces/whereabouts.ts'
import type { Instant } from '../state/instant.ts'
import type { EventFact, SpaceFact } from '../wire/space-fact.ts'
import { EventWindow } from './event-window.ts'
import { PresenceRegisters } from './presence-registers.ts'

/** What a room's face wants to hear. */
export interface RoomListener {
  /** What somebody's presence says, or whether it counts, may have changed. @param field undefined: all of it */
  presenceChanged(author: string, field: string | undefined): void
  event(fact: EventFact): void
}

interface Ended {
  readonly entered: number
  /** Since when nothing is known of its author. */
  sweeps: number
}

/** Sweeps differ by less: what one has dropped would else come back from another, and so for ever. */
const endedSweeps = 8

export class RoomContent implements SpaceContent {
  readonly facts: FactSet = new FactSet()
  readonly documents: Map<string, DocumentSync> = new Map()
  readonly presence: PresenceRegisters = new PresenceRegisters(this.facts)
  readonly #events = new EventWindow()
  readonly #whereabouts: Whereabouts
  readonly #listener: RoomListener
  /** In which entry members are in the room. */
  readonly #entries = new Map<string, number>()
  /** Of those who left the room or are forgotten, the last entry that is over. */
  readonly #ended = new Map<string, Ended>()
  /** Authors that were not in the room at the last sweep, as far as was known. */
  #absent = new Set<string>()

  constructor(whereabouts: Whereabouts, listener: RoomListener) {
    this.#whereabouts = whereabouts
    this.#listener = listener
  }

  judge(fact: SpaceFact, _now: Instant): Judgement {
    switch (fact.type) {
      case 'field':
        return this.#hasLeft(fact.author, fact.entered) ? 'old' : this.presence.judge(fact)
      case 'event': {
        const { author, entered, number } = fact
        if (this.#hasLeft(author, entered)) return 'old'
        return this.#events.has(author, entered, number) ? 'old' : 'news'
      }
      case 'update':
        return isReadable(fact.update) ? 'news' : 'refused'
      case 'entry':
        return 'refused'
    }
  }

  merge(fact: SpaceFact, _now: Instant): void {
    switch (fact.type) {
      case 'field':
        this.presence.merge(fact)
        this.#listener.presenceChanged(fact.author, fact.name)
        break
      case 'event':
        if (this.#events.take(fact.author, fact.entered, fact.number)) this.#listener.event(fact)
        break
      case 'update':
        this.mergeUpdate(fact.document, fact.update)
        break
      case 'entry':
        break
    }
  }

  mergeUpdate(document: string, update: Uint8Array): 'applied' | 'refused' {
    // Not open here: others hold it, and news of it is only passed on.
    return this.documents.get(document)?.apply(update) ?? 'applied'
  }

  whereaboutsChanged(id: string): void {
    const entered = this.#whereabouts.of(id)?.entered
    if (entered !== undefined) this.#entries.set(id, entered)
    else this.#end(id)
    const spokeIn = this.presence.enteredOf(id)
    if (spokeIn !== undefined && this.#hasLeft(id, spokeIn)) this.presence.drop(id)
    this.#listener.presenceChanged(id, undefined)
  }

  sweep(): void {
    const absent = [...this.presence.authors()].filter(id => this.#whereabouts.of(id)?.entered === undefined)
    for (const id of absent) if (this.#absent.has(id)) this.#drop(id)
    this.#absent = new Set(absent)
    for (const [id, ended] of this.#ended) {
      ended.sweeps = this.#whereabouts.of(id) ? 0 : ended.sweeps + 1
      if (ended.sweeps > endedSweeps) this.#ended.delete(id)
    }
    for (const sync of this.documents.values()) sync.sweep()
  }

  #end(id: string): void {
    const entered = this.#entries.get(id)
    this.#entries.delete(id)
    if (entered !== undefined) this.#ended.set(id, { entered, sweeps: 0 })
  }

  /** What an author said who is not there any more. */
  #drop(id: string): void {
    const entered = this.presence.enteredOf(id)
    this.presence.drop(id)
    if (entered !== undefined) this.#ended.set(id, { entered, sweeps: 0 })
  }

  /** Whether this is of an entry that is over. Of one that is not known yet: no, for rumors overtake records. */
  #hasLeft(id: string, entered: number): boolean {
    const where = this.#whereabouts.of(id)
    if (where?.status === 'left') return true
    const last = where?.entered === undefined ? this.#ended.get(id)?.entered : where.entered - 1
    return last !== undefined && entered <= last
  }
}
