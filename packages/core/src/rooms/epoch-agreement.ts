/**
 * Epoch agreement: when the members that hold a document compact it.
 *
 * An epoch is due when many clients have written a document and few still do. Each holder then announces the digest of
 * its replica, as soon as nobody has written for a while. When all of them announce the same, each begins the same
 * epoch by itself. So no holder has anything that the epoch does not begin with. If somebody always writes, or the others
 * would have to take over very many clients first, the member with the smallest id begins alone, and the others bring
 * what they have beyond that into the epoch.
 *
 * No epoch begins while a holder keeps the ids of the document for something else.
 */
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import { digestText } from '../spaces/documents/sync-state.ts'
import type { DocumentAnnouncement } from './document-announcements.ts'

export interface EpochHolder extends DocumentAnnouncement {
  readonly id: string
}

/** Our choice: a state vector of 10 kB, beyond which requests are split. */
export const minClients = 1_024
/** Our choice: an epoch pays for itself when most of the clients are gone. */
const clientsPerHolder = 8
/** What an epoch begins with is kept for members that missed it: beside a larger document that would be too much. */
const maxLiveBytes = 67_108_864
/** Our choice: longer than the gaps within what one types, and than an update takes to everybody. */
const unchangedMs = 3_000
/** Our choice: after so long without a quiet moment one member begins alone. */
const maxDelayMs = 60_000
/** Our choice: with so many clients a transaction takes some 15 ms, and a document arrives in many of them. */
const urgentClients = 32_768
/** Our choice: offers that cross each other have both arrived by then. */
const announcementDelayMs = 1_000

export class EpochAgreement {
  readonly #self: string
  #changes = -1
  #changedMs = Number.NEGATIVE_INFINITY
  #dueSinceMs = Number.POSITIVE_INFINITY
  #dueMs = Number.POSITIVE_INFINITY

  constructor(self: string) {
    this.#self = self
  }

  /** When to look again, at the latest. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** Whether it matters that somebody has written, and nobody looks again by itself. */
  mayBecomeDue({ digest }: DocumentSync): boolean {
    return this.#dueMs === Number.POSITIVE_INFINITY && digest.clients >= minClients
  }

  /** The digest with which this replica would begin an epoch; undefined: it would not. */
  offer(sync: DocumentSync, holders: readonly EpochHolder[], nowMs: number): string | undefined {
    if (sync.changes !== this.#changes) {
      this.#changes = sync.changes
      this.#changedMs = nowMs
    }
    this.#dueMs = Number.POSITIVE_INFINITY
    if (!isDue(sync, holders)) {
      this.#dueSinceMs = Number.POSITIVE_INFINITY
      return undefined
    }
    this.#dueSinceMs = Math.min(this.#dueSinceMs, nowMs)
    const isUnchanged = nowMs - this.#changedMs >= unchangedMs
    // While it waits for the others, too: one of them may write.
    this.#dueMs = isUnchanged ? nowMs + announcementDelayMs : this.#changedMs + unchangedMs
    return isUnchanged ? digestText(sync.hash()) : undefined
  }

  /** Whether the epoch begins now. @param offered what this member announced last */
  mayBegin(
    sync: DocumentSync,
    holders: readonly EpochHolder[],
    offered: string | undefined,
    nowMs: number,
  ): boolean {
    if (!sync.epochs.mayBegin) return false
    const others = holders.filter(({ id }) => id !== this.#self)
    const hasBegun = () => {
      const next = sync.epochs.next()
      return others.some(({ epoch }) => isSameEpoch(epoch, next))
    }
    const isLater = others.some(({ epoch }) => epoch && !isSameEpoch(epoch, sync.epochs.current))
    if (isLater) return sync.epochs.later !== undefined && hasBegun()
    if (!isDue(sync, holders)) return false
    const digest = offered !== undefined && digestText(sync.hash())
    if (digest === offered && others.every(({ agreed }) => agreed === digest)) return true
    if (this.#isUrgent(sync, others, nowMs) && digest === offered) return true
    const isFirst = !sync.isCarried && others.every(({ id, isCarried }) => isCarried || this.#self < id)
    return isFirst && nowMs - this.#dueSinceMs >= maxDelayMs
  }

  /** A compacted document reaches the others sooner than one of so many clients would. */
  #isUrgent({ digest }: DocumentSync, others: readonly EpochHolder[], nowMs: number): boolean {
    const isFirst = others.every(({ id, agreed }) => agreed === undefined || this.#self < id)
    return (
      digest.clients >= urgentClients &&
      isFirst &&
      nowMs - this.#changedMs >= unchangedMs + announcementDelayMs
    )
  }
}

function isDue(sync: DocumentSync, holders: readonly EpochHolder[]): boolean {
  const { digest, state, epochs } = sync
  return (
    digest.clients >= Math.max(minClients, clientsPerHolder * (holders.length + 1)) &&
    digest.liveBytes <= maxLiveBytes &&
    state.isSynced &&
    epochs.later === undefined &&
    epochs.mayBegin &&
    holders.every(({ keepsIds }) => !keepsIds)
  )
}
