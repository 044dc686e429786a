/**
 * Document carriers: which documents the local member carries for others, and which members it asks to carry documents.
 *
 * A member that has a document open asks others to carry it while the members that have it open cannot reach each other. A
 * carrier stops when no request to continue has arrived for a while.
 */
import * as Y from 'yjs'
import { rotated } from '../base/arrays.ts'
import type { Instant } from '../base/clock.ts'
import { carrierRequestIntervalMs, renewIntervalMs } from '../spaces/document-requests.ts'
import { DocumentSync } from '../spaces/documents/document-sync.ts'
import type { Lineage } from '../spaces/documents/epochs/document-epochs.ts'
import { type CarrierRequests, noCarrierRequests } from '../spaces/space-replica.ts'
import * as limits from '../wire/limits.ts'
import type { DocumentRoster } from './document-roster.ts'

/** The replica of a document that the local app has not opened. */
export interface CarriedDocument {
  readonly doc: Y.Doc
  readonly lineage: Lineage | undefined
}

/** The room handle, as the carriers call it. */
export interface CarrierListener {
  /** The local member begins to carry a document for others, or stops. */
  carriedChanged(document: string, isCarried: boolean): void
  /** Holders of the local member's documents to which dials failed. */
  unreachable(): ReadonlySet<string>
}

/** A carrier stops when no request to continue arrives for this long. */
const carryForMs = 3 * renewIntervalMs
/** How many further members are asked to carry one document in each round. */
const maxCarriers = 2

export class DocumentCarriers {
  readonly #documents: Map<string, DocumentSync>
  readonly #roster: DocumentRoster
  readonly #listener: CarrierListener
  /** Documents that the local member carries for others → until when, in monotonic ms. */
  readonly #carried = new Map<string, number>()

  /** @param documents the documents of the room; carried documents are added and removed here */
  constructor(documents: Map<string, DocumentSync>, roster: DocumentRoster, listener: CarrierListener) {
    this.#documents = documents
    this.#roster = roster
    this.#listener = listener
  }

  /** Carries the document from now on, or continues, unless the local app has opened the document. */
  carry(document: string, { monotonicMs }: Instant): void {
    const isKnown = this.#documents.has(document)
    if (isKnown && !this.#carried.has(document)) return
    if (!isKnown && this.#documents.size >= limits.maxDocuments) return
    this.#carried.set(document, monotonicMs + carryForMs)
    if (isKnown) return
    const doc = new Y.Doc()
    // A carrier writes nothing, so the document needs no client id of its own.
    doc.clientID = 0
    this.#documents.set(document, new DocumentSync({ name: document, doc, origin: this, isCarried: true }))
    this.#listener.carriedChanged(document, true)
  }

  /** Hands over the replica of a document that was carried so far; the caller then owns it. */
  take(document: string): CarriedDocument | undefined {
    if (!this.#carried.delete(document)) return undefined
    const { doc, epochs } = this.#documents.get(document) ?? {}
    this.#documents.delete(document)
    return doc && { doc, lineage: epochs?.lineage }
  }

  /**
   * Asks other members in each interval, because some of them may not receive the request: a connection can be dead for
   * minutes before it closes.
   *
   * @param connected members of the room that are connected to the local member
   */
  toRequest(connected: readonly string[], nowMs: number): CarrierRequests {
    if (this.#documents.size === 0) return noCarrierRequests
    const unreachable = this.#listener.unreachable()
    const requests: [document: string, id: string][] = []
    let areEnough = true
    for (const { name, isCarried } of this.#documents.values()) {
      if (this.#roster.isConnected(name, isCarried, unreachable)) continue
      const holders = new Map(
        this.#roster.holdersOf(name).map(({ id, ...announcement }) => [id, announcement]),
      )
      const carriers = connected.filter(id => holders.get(id)?.isCarried)
      for (const id of carriers) requests.push([name, id])
      if (this.#roster.isConnectedByCarriers(name, unreachable)) continue
      const others = connected.filter(id => !holders.has(id))
      const first = maxCarriers * Math.floor(nowMs / carrierRequestIntervalMs)
      for (const id of rotated(others, first).slice(0, maxCarriers)) requests.push([name, id])
      areEnough &&= others.length === 0
    }
    return { requests, areEnough }
  }

  /** Called at intervals: stops carrying documents for which no request to continue has arrived. */
  sweep({ monotonicMs }: Instant): void {
    for (const [document, untilMs] of this.#carried) {
      if (untilMs > monotonicMs) continue
      this.take(document)?.doc.destroy()
      this.#listener.carriedChanged(document, false)
    }
  }
}
