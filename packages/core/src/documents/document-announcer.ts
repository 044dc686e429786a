/**
 * Document announcer: announces which documents of the room this member has open, and decides when a replica is synced
 * because no living member holds more.
 *
 * It is one half of the rule in `Provider.synced`. The other half, exchanges with synced members, is in `SyncState`.
 * The announcement is a presence field, which is published again only when it changes.
 */

import type { Clock } from '../base/clock.ts'
import {
  type DocumentAnnouncement,
  type DocumentAnnouncements,
  maxUnreachable,
  printAnnouncements,
} from '../rooms/document-announcements.ts'
import type { DocumentRoster } from '../rooms/document-roster.ts'
import { EpochAgreement } from '../rooms/epoch-agreement.ts'
import { documentsField, unreachableField } from '../rooms/reserved-fields.ts'
import { callApp } from '../runtime/app-calls.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { isLaterEpoch, isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import { digestText } from '../spaces/documents/sync-state.ts'
import type { EpochName } from '../wire/epoch-name.ts'
import type { Json } from '../wire/json.ts'

/** What a room provides for the announcer of its documents. */
export interface AnnouncerHost {
  /** Whether this member has compared its view of the cluster with another member, or no other member exists. */
  isSettled(): boolean
  isUnreachable(id: string): boolean
  /** Sets reserved fields of this member's presence. */
  announce(fields: Readonly<Record<string, Json | undefined>>): void
  /** Requests missing content from a connected member that holds the document. */
  request(document: string): void
  /** The holders of a document may have changed, so the space may need other connections. */
  regroup(): void
  /** Another member writes under the same client id, and this member has to draw another one. */
  resolveCollision(document: string, memberId: string): void
  /** The other members are in an epoch that this member's replica cannot enter. */
  supersede(document: string): void
}

export interface DocumentAnnouncerOptions {
  readonly self: string
  readonly clock: Clock
  readonly roster: DocumentRoster
  readonly documents: ReadonlyMap<string, DocumentSync>
  readonly host: AnnouncerHost
}

interface Opened {
  readonly openedMs: number
  readonly seed: (() => void) | undefined
  requestedMs: number
  waitMs: number
  /** The member knows a synced holder, so it requests missing content from that holder without a delay. */
  hasSyncedHolder: boolean
  /**
   * Members that were compared with this replica, but do not announce the document → since when they have not
   * announced it, in monotonic ms.
   */
  readonly peersWithoutDocument: Map<string, number>
  readonly agreement: EpochAgreement
  /**
   * The later epoch that other members are in. `sinceMs`: when this member first knew of the epoch.
   * `observedMs`: when it last knew a member in that epoch.
   */
  laterEpoch: { readonly epoch: EpochName; readonly sinceMs: number; observedMs: number } | undefined
  /** The time since which this replica is in an epoch in which it cannot become synced. */
  isolatedMs: number
}

/**
 * How long the member waits before it decides that no other member holds more. Our choice: announcements that
 * two members send at the same time both arrive within this time.
 */
const establishMs = 1_000
/** A member that announces nothing for this long counts as one without documents. */
const unknownMs = 10_000
/** The first interval between reviews of a replica that is not synced. Later intervals are longer. */
const firstWaitMs = 1_000
/** The longest interval between reviews of a replica that is not synced. */
const maxWaitMs = 10_000
/** How long the member waits for another member that has the base of a later epoch. */
const settleTimeoutMs = 30_000
/** Our choice: longer than `settleTimeoutMs`, so that the other members give up first if they can. */
const maxIsolatedMs = 60_000
/** Minimum interval between announcements of the digest of a replica that is not synced. */
const digestIntervalMs = 250

export class DocumentAnnouncer {
  readonly #options: DocumentAnnouncerOptions
  readonly #opened = new Map<string, Opened>()
  /**
   * Members of the room that have not announced anything → when this member first noticed it, in monotonic
   * ms.
   */
  readonly #silentSinceMs = new Map<string, number>()
  /** The holders of this member's documents when the space last decided on its connections. */
  #holders = ''
  #announced = ''
  #announcedMs = Number.NEGATIVE_INFINITY
  #unreachable = ''
  #cancelTimer: (() => void) | undefined
  #timerMs = Number.POSITIVE_INFINITY

  constructor(options: DocumentAnnouncerOptions) {
    this.#options = options
  }

  /** @param seed fills the document if it is empty */
  opened(document: string, seed: (() => void) | undefined): void {
    const { clock } = this.#options
    const openedMs = clock.now().monotonicMs
    const requestedMs = Number.NEGATIVE_INFINITY
    this.#opened.set(document, {
      openedMs,
      seed,
      requestedMs,
      waitMs: firstWaitMs,
      hasSyncedHolder: false,
      peersWithoutDocument: new Map(),
      agreement: new EpochAgreement(this.#options.self),
      laterEpoch: undefined,
      isolatedMs: Number.POSITIVE_INFINITY,
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
    this.#resolveCollisions()
    for (const sync of this.#options.documents.values()) {
      this.#dropDeparted(sync)
      this.#reviewEpochs(sync)
      if (!sync.state.isSynced) this.#reviewDocument(sync)
    }
    this.#reviewHolders()
    this.#announce()
  }

  /** A document was changed: it may soon be due for a compaction. */
  changed(sync: DocumentSync): void {
    const { agreement } = this.#opened.get(sync.name) ?? {}
    if (agreement?.mayBecomeDue(sync)) this.#reviewAt(this.#options.clock.now().monotonicMs + firstWaitMs)
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
    const { clock, roster, host } = this.#options
    const opened = this.#opened.get(sync.name)
    if (!opened) return
    const nowMs = clock.now().monotonicMs
    if (this.#mayEstablish(sync, opened, nowMs)) {
      // What the seed throws is reported, and the document stays empty.
      if (opened.seed && sync.isEmpty) callApp(opened.seed)
      sync.state.establish()
      return
    }
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

  #reviewEpochs(sync: DocumentSync): void {
    const { clock, roster, host } = this.#options
    const opened = this.#opened.get(sync.name)
    if (!opened) return
    const { epochs } = sync
    if (epochs.isChanging) {
      this.reviewSoon()
      return
    }
    const holders = roster.holdersOf(sync.name)
    for (const { epoch, isSynced } of holders) if (epoch && isSynced) epochs.observed(epoch)
    const nowMs = clock.now().monotonicMs
    const offered = this.#lastAnnouncements.get(sync.name)?.agreed
    if (opened.agreement.mayBegin(sync, holders, offered, nowMs)) epochs.begin()
    if (this.#isIsolated(sync, opened, nowMs)) this.#supersede(sync)
    const { later: laterEpoch } = epochs
    if (!laterEpoch) return
    if (!opened.laterEpoch || !isSameEpoch(laterEpoch, opened.laterEpoch.epoch)) {
      opened.laterEpoch = { epoch: laterEpoch, sinceMs: nowMs, observedMs: nowMs }
      host.request(sync.name)
    }
    const inLater = holders.filter(({ epoch }) => isSameEpoch(epoch, laterEpoch))
    if (inLater.length > 0) opened.laterEpoch.observedMs = nowMs
    const synced = inLater.filter(({ isSynced }) => isSynced)
    const isBaseMissing = synced.length > 0 && epochs.isPastMissing(synced.map(({ id }) => id))
    const dueMs = (isBaseMissing ? opened.laterEpoch.sinceMs : opened.laterEpoch.observedMs) + settleTimeoutMs
    if (nowMs < dueMs) this.#reviewAt(dueMs)
    else if (isBaseMissing) this.#supersede(sync)
    else epochs.clearLater()
  }

  #supersede(sync: DocumentSync): void {
    if (sync.isCarried) {
      // The local app has written nothing into a carried document.
      sync.epochs.discardReplica()
      sync.state.reset()
    } else this.#options.host.supersede(sync.name)
  }

  /**
   * Whether no synced member has been in this replica's epoch for a long time, while a synced member stays in an
   * earlier epoch. The base of the epoch was then lost with the members that had it.
   */
  #isIsolated({ name, state, epochs }: DocumentSync, opened: Opened, nowMs: number): boolean {
    const { current, later: laterEpoch } = epochs
    const synced = this.#options.roster.holdersOf(name).filter(({ isSynced }) => isSynced)
    const isLatest = ({ epoch }: { epoch: EpochName | undefined }) =>
      !epoch || !isLaterEpoch(current ?? epoch, epoch)
    const isAlone = current && !laterEpoch && !state.isSynced && synced.length > 0 && !synced.some(isLatest)
    opened.isolatedMs = isAlone ? Math.min(opened.isolatedMs, nowMs) : Number.POSITIVE_INFINITY
    return nowMs - opened.isolatedMs >= maxIsolatedMs
  }

  /**
   * Stops waiting for members that closed the document. If such a member opens the document again, the
   * replicas are compared again. The member is dropped only after a delay: its announcement may be slightly
   * older than its last step.
   */
  #dropDeparted({ name, state }: DocumentSync): void {
    const { clock, roster } = this.#options
    const { peersWithoutDocument } = this.#opened.get(name) ?? {}
    if (!peersWithoutDocument) return
    const nowMs = clock.now().monotonicMs
    const members = new Set(state.members())
    for (const id of members) {
      const sinceMs = peersWithoutDocument.get(id)
      if (sinceMs !== undefined && nowMs - sinceMs >= establishMs) state.departed(id)
      else if (sinceMs === undefined && !roster.mayHaveDocument(id, name)) peersWithoutDocument.set(id, nowMs)
    }
    for (const id of [...peersWithoutDocument.keys()])
      if (!members.has(id) || roster.mayHaveDocument(id, name)) peersWithoutDocument.delete(id)
  }

  /**
   * Whether it is established that no living member holds more than this replica. One member decides: the one with the
   * smallest id among the seeders, or, without seeders, among the openers. If two members decided at the same moment,
   * each might have content in transit to the other.
   */
  #mayEstablish(sync: DocumentSync, { openedMs, seed }: Opened, nowMs: number): boolean {
    const { self, roster, host } = this.#options
    if (sync.isCarried || nowMs - openedMs < establishMs || !host.isSettled() || this.#isAnyUnknown(nowMs))
      return false
    // Records the present digest among the former digests of this replica.
    sync.hash()
    const { current } = sync.epochs
    // Content of a replica in an earlier epoch is translated or superseded.
    const isBehind = ({ epoch, isSynced }: DocumentAnnouncement) =>
      epoch && current && !isSynced && isLaterEpoch(current, epoch)
    const holders = roster.holdersOf(sync.name).filter(each => !isBehind(each))
    const isCovered = ({ id, digest }: { id: string; digest: string | undefined }) =>
      digest === undefined || sync.state.hasDigest(digest) || sync.state.hasCompared(id)
    if (holders.some(({ isSynced }) => isSynced) || !holders.every(isCovered)) return false
    const openers = holders.filter(({ isCarried }) => !isCarried)
    const seeders = openers.filter(({ isSeeder }) => isSeeder)
    if (seed) return seeders.every(({ id }) => self < id)
    return seeders.length === 0 && openers.every(({ id }) => self < id)
  }

  #isAnyUnknown(nowMs: number): boolean {
    const unknown = new Set(this.#options.roster.unknown())
    for (const id of this.#silentSinceMs.keys()) if (!unknown.has(id)) this.#silentSinceMs.delete(id)
    for (const id of unknown) if (!this.#silentSinceMs.has(id)) this.#silentSinceMs.set(id, nowMs)
    return [...this.#silentSinceMs.values()].some(sinceMs => nowMs - sinceMs < unknownMs)
  }

  /** If two members write under one client id, the one with the greater id draws another. */
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
    this.#options.host.regroup()
  }

  #lastAnnouncements: DocumentAnnouncements = new Map()

  /** @param isDue whether a changed digest may be announced now */
  #announcements(isDue: boolean): DocumentAnnouncements {
    const { documents } = this.#options
    return new Map([...documents].map(([name, sync]) => [name, this.#announcementOf(name, sync, isDue)]))
  }

  #announcementOf(name: string, sync: DocumentSync, isDue: boolean): DocumentAnnouncement {
    const { isSynced } = sync.state
    const hasDigest = !isSynced && !sync.isEmpty
    const before = this.#lastAnnouncements.get(name)?.digest
    // A long document arrives in many pieces, and not each piece is worth an announcement.
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
    const { agreement } = this.#opened.get(sync.name) ?? {}
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
