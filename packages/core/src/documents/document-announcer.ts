/**
 * Document announcer: announces which documents of the room this member has open, and reviews them when the
 * announcements of other members change.
 *
 * The announcement is a presence field, which is published again only when it changes. A review decides whether a replica
 * is synced, which content to request and which epoch to enter.
 */

import type { Clock } from '../base/clock.ts'
import {
  type DocumentAnnouncement,
  type DocumentAnnouncements,
  maxUnreachable,
  printAnnouncements,
} from '../rooms/document-announcements.ts'
import type { DocumentRoster } from '../rooms/document-roster.ts'
import { documentsField, unreachableField } from '../rooms/reserved-fields.ts'
import { callApp } from '../runtime/app-calls.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { digestText } from '../spaces/documents/sync-state.ts'
import type { Json } from '../wire/json.ts'
import { EpochFollowUp, type EpochFollowUpHost } from './epoch-follow-up.ts'
import { type EstablishmentHost, type OpenedDocument, SyncEstablishment } from './sync-establishment.ts'

/** The part of a room that the announcer of its documents uses. */
export interface AnnouncerHost extends EpochFollowUpHost, EstablishmentHost {
  isUnreachable(id: string): boolean
  /** Sets reserved fields of this member's presence. */
  announce(fields: Readonly<Record<string, Json | undefined>>): void
  /** The holders of a document may have changed, so the space may need other connections. */
  regroup(): void
  /** Another member writes under the same client id, and this member has to draw another one. */
  resolveCollision(document: string, memberId: string): void
}

export interface DocumentAnnouncerOptions {
  readonly self: string
  readonly clock: Clock
  readonly roster: DocumentRoster
  readonly documents: ReadonlyMap<string, DocumentSync>
  readonly host: AnnouncerHost
}

interface Opened extends OpenedDocument {
  readonly epochs: EpochFollowUp
  requestedMs: number
  waitMs: number
  /** The member knows a synced holder, so it requests missing content from that holder without a delay. */
  hasSyncedHolder: boolean
}

/** The first interval between reviews of a replica that is not synced. Later intervals are longer. */
const firstWaitMs = 1_000
/** The longest interval between reviews of a replica that is not synced. */
const maxWaitMs = 10_000
/** Minimum interval between announcements of the digest of a replica that is not synced. */
const digestIntervalMs = 250

export class DocumentAnnouncer {
  readonly #options: DocumentAnnouncerOptions
  readonly #opened = new Map<string, Opened>()
  readonly #establishment: SyncEstablishment
  /** The holders of this member's documents when the space last decided on its connections. */
  #holders = ''
  #lastAnnouncements: DocumentAnnouncements = new Map()
  #announced = ''
  #announcedMs = Number.NEGATIVE_INFINITY
  #unreachable = ''
  #isReviewing = false
  #cancelTimer: (() => void) | undefined
  #timerMs = Number.POSITIVE_INFINITY

  constructor(options: DocumentAnnouncerOptions) {
    this.#options = options
    this.#establishment = new SyncEstablishment(options)
  }

  /** @param seed fills the document if it is empty */
  opened(document: string, seed: (() => void) | undefined): void {
    const { self, clock, host } = this.#options
    this.#opened.set(document, {
      openedMs: clock.now().monotonicMs,
      seed,
      peersWithoutDocument: new Map(),
      epochs: new EpochFollowUp(self, host),
      requestedMs: Number.NEGATIVE_INFINITY,
      waitMs: firstWaitMs,
      hasSyncedHolder: false,
    })
    this.review()
    this.#options.host.regroup()
  }

  closed(document: string): void {
    this.#opened.delete(document)
    this.review()
    this.#options.host.regroup()
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#timerMs = Number.POSITIVE_INFINITY
  }

  /** Whether a document is not synced, or is not announced as synced. If so, each exchange may matter. */
  get isUnsettled(): boolean {
    for (const [name, { state }] of this.#options.documents)
      if (!state.isSynced || !this.#lastAnnouncements.get(name)?.isSynced) return true
    return false
  }

  /** Schedules `review` for when the present call has ended. */
  reviewSoon(): void {
    this.#reviewAt(this.#options.clock.now().monotonicMs)
  }

  /** Reviews all documents after a change here or in the announcements of other members. */
  review(): void {
    // A seed may open or close documents.
    if (this.#isReviewing) {
      this.reviewSoon()
      return
    }
    this.#isReviewing = true
    try {
      this.#resolveCollisions()
      for (const sync of [...this.#options.documents.values()]) this.#reviewDocument(sync)
    } finally {
      this.#isReviewing = false
    }
    this.#reviewHolders()
    this.#announce()
  }

  /** A document was changed: it may soon be due for a compaction. */
  changed(sync: DocumentSync): void {
    const { epochs } = this.#opened.get(sync.name) ?? {}
    if (epochs?.agreement.mayBecomeDue(sync))
      this.#reviewAt(this.#options.clock.now().monotonicMs + firstWaitMs)
  }

  /** Holders of this member's documents to which dials failed. */
  unreachable(): ReadonlySet<string> {
    const { documents, roster, host } = this.#options
    const holders = [...documents.keys()].flatMap(name => roster.holdersOf(name).map(({ id }) => id))
    return new Set(holders.filter(id => host.isUnreachable(id)))
  }

  /** Another member may have opened or closed one of the documents, or begun or ended to carry it. */
  #reviewHolders(): void {
    const { documents, roster, host } = this.#options
    const holders = [...documents.keys()].map(name => [
      name,
      ...roster.holdersOf(name).map(({ id, isCarried }) => `${id} ${isCarried}`),
    ])
    const text = JSON.stringify(holders)
    if (text === this.#holders) return
    this.#holders = text
    host.regroup()
  }

  #reviewDocument(sync: DocumentSync): void {
    const { clock, roster } = this.#options
    const opened = this.#opened.get(sync.name)
    if (!opened) return
    const { epochs, seed } = opened
    const nowMs = clock.now().monotonicMs
    this.#establishment.dropDeparted(sync, opened, nowMs)
    const offered = this.#lastAnnouncements.get(sync.name)?.agreed
    this.#reviewAt(epochs.review(sync, roster.holdersOf(sync.name), offered, nowMs))
    if (sync.state.isSynced) return
    if (this.#establishment.isEstablished(sync, opened, nowMs)) {
      // An error that the seed throws is reported, and the document stays empty.
      if (seed && sync.isEmpty) callApp(seed)
      sync.state.establish()
    } else this.#requestMissing(sync, opened, nowMs)
  }

  #requestMissing(sync: DocumentSync, opened: Opened, nowMs: number): void {
    const { roster, host } = this.#options
    const hasSyncedHolder = roster.holdersOf(sync.name).some(({ isSynced }) => isSynced)
    const isFirst = hasSyncedHolder && !opened.hasSyncedHolder
    opened.hasSyncedHolder = hasSyncedHolder
    if (isFirst || nowMs - opened.requestedMs >= opened.waitMs) {
      if (opened.requestedMs > Number.NEGATIVE_INFINITY)
        opened.waitMs = Math.min(2 * opened.waitMs, maxWaitMs)
      opened.requestedMs = nowMs
      host.request(sync.name)
    }
    this.#reviewAt(Math.min(opened.requestedMs + opened.waitMs, nowMs + firstWaitMs))
  }

  /** If two members write under one client id, the member with the greater member id draws a new client id. */
  #resolveCollisions(): void {
    const { self, documents, roster, host } = this.#options
    for (const [name, { doc, isCarried }] of documents) {
      if (isCarried) continue
      for (const { id, client, isCarried: isTheirsCarried } of roster.holdersOf(name))
        if (client === doc.clientID && !isTheirsCarried && id < self) host.resolveCollision(name, id)
    }
  }

  #announce(): void {
    const { clock, host } = this.#options
    const nowMs = clock.now().monotonicMs
    const announcements = this.#announcements(nowMs - this.#announcedMs >= digestIntervalMs)
    const value = printAnnouncements(announcements)
    const unreachable = [...this.unreachable()].sort().slice(0, maxUnreachable)
    const text = JSON.stringify(value)
    if (text !== this.#announced) {
      this.#announced = text
      this.#announcedMs = nowMs
      this.#lastAnnouncements = announcements
      host.announce({ [documentsField]: value })
    }
    if (unreachable.join() === this.#unreachable) return
    this.#unreachable = unreachable.join()
    host.announce({ [unreachableField]: unreachable.length > 0 ? unreachable : undefined })
    host.regroup()
  }

  /** @param isDue whether a changed digest may be announced now */
  #announcements(isDue: boolean): DocumentAnnouncements {
    const { documents } = this.#options
    return new Map([...documents].map(([name, sync]) => [name, this.#announcementOf(name, sync, isDue)]))
  }

  #announcementOf(name: string, sync: DocumentSync, isDue: boolean): DocumentAnnouncement {
    const { isSynced } = sync.state
    const hasDigest = !isSynced && !sync.isEmpty
    const before = this.#lastAnnouncements.get(name)?.digest
    // A long document arrives in many pieces, and an announcement after each piece would cost too much.
    const isLater = hasDigest && before !== undefined && !isDue
    if (isLater) this.#reviewAt(this.#announcedMs + digestIntervalMs)
    return {
      client: sync.doc.clientID,
      isSynced,
      digest: isLater ? before : hasDigest ? digestText(sync.hash()) : undefined,
      isSeeder: !isSynced && this.#opened.get(name)?.seed !== undefined,
      isCarried: sync.isCarried,
      epoch: sync.epochs.current,
      agreed: this.#agreed(sync),
      keepsIds: sync.epochs.areIdsFollowed,
    }
  }

  #agreed(sync: DocumentSync): string | undefined {
    const { clock, roster } = this.#options
    const agreement = this.#opened.get(sync.name)?.epochs.agreement
    if (!agreement) return undefined
    const offer = agreement.offer(sync, roster.holdersOf(sync.name), clock.now().monotonicMs)
    if (agreement.dueMs < Number.POSITIVE_INFINITY) this.#reviewAt(agreement.dueMs)
    return offer
  }

  #reviewAt(atMs: number): void {
    if (atMs >= this.#timerMs) return
    this.#cancelTimer?.()
    this.#timerMs = atMs
    this.#cancelTimer = this.#options.clock.setTimer(atMs, () => {
      this.#timerMs = Number.POSITIVE_INFINITY
      this.review()
    })
  }
}
