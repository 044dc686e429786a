/**
 * Document announcer: tells the room which documents this member has open, and decides when a replica is synced
 * because no living member holds more.
 *
 * It is one member's side of the rule in `Provider.synced`; the other side, exchanges with synced members, is in
 * `SyncState`. What it announces is a field of presence, sent again only when it changes.
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

export interface DocumentAnnouncerOptions {
  readonly self: string
  readonly clock: Clock
  readonly roster: DocumentRoster
  readonly documents: ReadonlyMap<string, DocumentSync>
  /** Whether this member's view of the cluster is one that others share. */
  readonly isSettled: () => boolean
  readonly isUnreachable: (id: string) => boolean
  /** Sets reserved fields of this member's presence. */
  readonly announce: (fields: Readonly<Record<string, Json | undefined>>) => void
  /** Asks a connected member that holds the document for what is lacking. */
  readonly request: (document: string) => void
  /** Who holds what may have changed, and so who should be connected to whom. */
  readonly regroup: () => void
  /** Two members write under one client id, and this one has to draw another. */
  readonly collided: (document: string, memberId: string) => void
  /** The others are in an epoch that this member's replica cannot be brought into. */
  readonly superseded: (document: string) => void
}

interface Opened {
  readonly openedMs: number
  readonly seed: (() => void) | undefined
  requestedMs: number
  waitMs: number
  /** A synced holder is known: no reason to wait before it is asked. */
  hasSyncedHolder: boolean
  /** Members that were compared with, and do not announce the document, since when. */
  readonly peersWithoutDocument: Map<string, number>
  readonly agreement: EpochAgreement
  /** The later epoch that others are in, since when this is known, and when somebody was last known to be in it. */
  laterEpoch: { readonly epoch: EpochName; readonly sinceMs: number; observedMs: number } | undefined
  /** Since when this replica is in an epoch that it will not become synced in. */
  isolatedMs: number
}

/** Our choice: two announcements that crossed each other have both arrived by then. */
const establishMs = 1_000
/** A member that announces nothing for so long is taken to hold nothing. */
const unknownMs = 10_000
/** While a replica is not synced it is looked at again after this, then ever more rarely … */
const firstWaitMs = 1_000
/** … but at least so often. */
const maxWaitMs = 10_000
/** A member that knows what a later epoch began with may still be on its way: so long it is waited for. */
const settleTimeoutMs = 30_000
/** Our choice: the others give up first, if they can. */
const maxIsolatedMs = 60_000
/** The digest of a replica that is not synced is announced at most so often. */
const digestIntervalMs = 250

export class DocumentAnnouncer {
  readonly #options: DocumentAnnouncerOptions
  readonly #opened = new Map<string, Opened>()
  /** Since when members are known to be in the room without having announced anything. */
  readonly #silentSinceMs = new Map<string, number>()
  /** Who holds this member's documents, as it was when connections were last decided. */
  #holders = ''
  #announced = ''
  #announcedMs = Number.NEGATIVE_INFINITY
  #unreachable = ''
  #cancelTimer: (() => void) | undefined
  #timerMs = Number.POSITIVE_INFINITY

  constructor(options: DocumentAnnouncerOptions) {
    this.#options = options
  }

  /** @param seed fills the document, which is empty */
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
    this.#options.regroup()
  }

  closed(document: string): void {
    this.#opened.delete(document)
    this.review()
    this.#options.regroup()
  }

  stop(): void {
    this.#cancelTimer?.()
    this.#timerMs = Number.POSITIVE_INFINITY
  }

  /** Whether a document is not synced, or is not announced as it is: then each exchange may matter. */
  get isUnsettled(): boolean {
    for (const [name, { state }] of this.#options.documents)
      if (!state.isSynced || !this.#lastAnnouncements.get(name)?.isSynced) return true
    return false
  }

  /** The same, as soon as nothing else is going on. */
  reviewSoon(): void {
    this.#reviewAt(this.#options.clock.now().monotonicMs)
  }

  /** Something may have changed: here, or in what others announce. */
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

  /** Somebody has written a document: it may be time to compact it soon. */
  changed(sync: DocumentSync): void {
    const { agreement } = this.#opened.get(sync.name) ?? {}
    if (agreement?.mayBecomeDue(sync)) this.#reviewAt(this.#options.clock.now().monotonicMs + firstWaitMs)
  }

  /** Others that hold one of this member's documents and were dialled in vain. */
  unreachable(): ReadonlySet<string> {
    const { documents, roster, isUnreachable } = this.#options
    const holders = [...documents.keys()].flatMap(name => roster.holdersOf(name).map(({ id }) => id))
    return new Set(holders.filter(isUnreachable))
  }

  /** Another member opened or closed one of the documents, or began or ended to carry it. */
  #reviewHolders(): void {
    const { documents, roster, regroup } = this.#options
    const holders = [...documents.keys()].map(name => [
      name,
      ...roster.holdersOf(name).map(({ id, isCarried }) => `${id} ${isCarried}`),
    ])
    const text = JSON.stringify(holders)
    if (text === this.#holders) return
    this.#holders = text
    regroup()
  }

  #reviewDocument(sync: DocumentSync): void {
    const { clock, roster, request } = this.#options
    const opened = this.#opened.get(sync.name)
    if (!opened) return
    const nowMs = clock.now().monotonicMs
    if (this.#mayEstablish(sync, opened, nowMs)) {
      // What it throws is reported, and the document stays empty.
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
      request(sync.name)
    }
    this.#reviewAt(Math.min(opened.requestedMs + opened.waitMs, nowMs + firstWaitMs))
  }

  #reviewEpochs(sync: DocumentSync): void {
    const { clock, roster, request } = this.#options
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
      request(sync.name)
    }
    const inLater = holders.filter(({ epoch }) => isSameEpoch(epoch, laterEpoch))
    if (inLater.length > 0) opened.laterEpoch.observedMs = nowMs
    const synced = inLater.filter(({ isSynced }) => isSynced)
    const isMissed = synced.length > 0 && epochs.isPastMissing(synced.map(({ id }) => id))
    const dueMs = (isMissed ? opened.laterEpoch.sinceMs : opened.laterEpoch.observedMs) + settleTimeoutMs
    if (nowMs < dueMs) this.#reviewAt(dueMs)
    else if (isMissed) this.#supersede(sync)
    else epochs.clearLater()
  }

  #supersede(sync: DocumentSync): void {
    if (sync.isCarried) {
      // Nobody here has written it.
      sync.epochs.abandonGathering()
      sync.state.reset()
    } else this.#options.superseded(sync.name)
  }

  /**
   * Whether this replica has been in an epoch for long in which nobody is synced, while a synced member is in an earlier
   * one and does not follow: what the epoch began with is gone with the members that knew it.
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
   * A member that closed the document is not waited for, and is compared with anew when it opens it again. What it
   * announces may be a little older than what came from it.
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
   * Whether it is established that no living member holds more than this replica. One member decides, the one with the
   * smallest id of those that would seed the document, or else of those that have it open: two that decided in the same
   * moment might each have something that is on its way to the other.
   */
  #mayEstablish(sync: DocumentSync, { openedMs, seed }: Opened, nowMs: number): boolean {
    const { self, roster, isSettled } = this.#options
    if (sync.isCarried || nowMs - openedMs < establishMs || !isSettled() || this.#isAnyUnknown(nowMs))
      return false
    // So that its own digest is among those that it had.
    sync.hash()
    const { current } = sync.epochs
    // What one in an earlier epoch holds is translated, or handed over.
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

  /** Of two members that write under one client id, the one with the greater id draws another. */
  #resolveCollisions(): void {
    const { self, documents, roster, collided } = this.#options
    for (const [name, { doc, isCarried }] of documents) {
      if (isCarried) continue
      for (const { id, client, isCarried: isTheirsCarried } of roster.holdersOf(name))
        if (client === doc.clientID && !isTheirsCarried && id < self) collided(name, id)
    }
  }

  #announce(): void {
    const { clock, announce } = this.#options
    const nowMs = clock.now().monotonicMs
    const announcements = this.#announcements(nowMs - this.#announcedMs >= digestIntervalMs)
    const value = printAnnouncements(announcements)
    const unreachable = [...this.unreachable()].sort().slice(0, maxUnreachable)
    const text = JSON.stringify(value)
    if (text !== this.#announced) {
      this.#announced = text
      this.#announcedMs = nowMs
      this.#lastAnnouncements = announcements
      announce({ [documentsField]: value })
    }
    if (unreachable.join() === this.#unreachable) return
    this.#unreachable = unreachable.join()
    announce({ [unreachableField]: unreachable.length > 0 ? unreachable : undefined })
    this.#options.regroup()
  }

  #lastAnnouncements: DocumentAnnouncements = new Map()

  /** @param isDue whether digests may be announced that have changed */
  #announcements(isDue: boolean): DocumentAnnouncements {
    const { documents } = this.#options
    return new Map([...documents].map(([name, sync]) => [name, this.#announcementOf(name, sync, isDue)]))
  }

  #announcementOf(name: string, sync: DocumentSync, isDue: boolean): DocumentAnnouncement {
    const { isSynced } = sync.state
    const hasDigest = !isSynced && !sync.isEmpty
    const before = this.#lastAnnouncements.get(name)?.digest
    // A long document arrives in many pieces: not each is worth a digest.
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
