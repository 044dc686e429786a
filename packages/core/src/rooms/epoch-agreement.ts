/**
 * Epoch agreement: when the members that hold a document compact it.
 *
 * An epoch is due when many clients have written a document and few of them still do. Each holder announces the
 * digest of its replica once the document has been unchanged for a while. When all holders announce the same digest,
 * each of them begins the same epoch by itself, so no holder has content that is missing in the base of the epoch. If
 * the document changes all the time, or if the other holders would first have to receive very many clients, the
 * member with the smallest id begins alone. The others then bring their further content into the epoch.
 *
 * No epoch begins while a holder needs the document's ids for something else.
 */
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import { digestText } from '../spaces/documents/sync-state.ts'
import type { DocumentAnnouncement } from './document-announcements.ts'

export interface EpochHolder extends DocumentAnnouncement {
  readonly id: string
}

/** Our choice: a state vector of 10 kB. Requests with a longer one are split. */
export const minClients = 1_024
/** Our choice: an epoch is worth its cost when most of the clients no longer write. */
const clientsPerHolder = 8
/**
 * 64 MiB. Members keep the base of an epoch for members that missed the epoch. Our choice: above this, it is
 * too large.
 */
const maxLiveBytes = 67_108_864
/** Our choice: 3 s. Pauses while typing are usually shorter, and an update reaches all members in less time. */
const unchangedMs = 3_000
/** Our choice: if the document is never unchanged for this long, one member begins alone. */
const maxDelayMs = 60_000
/**
 * From this number of clients on, an epoch is urgent. Our choice: with 32,768 clients a transaction takes about 15
 * ms, and a document arrives in many transactions.
 */
const urgentClients = 32_768
/** Our choice: 1 s. If two members announce their offers at the same time, both have the other's offer by then. */
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

  /** The deadline for the next call of `offer`, in monotonic ms. */
  get dueMs(): number {
    return this.#dueMs
  }

  /** Whether a change of the document requires a call of `offer` that is not scheduled yet. */
  mayBecomeDue({ digest }: DocumentSync): boolean {
    return this.#dueMs === Number.POSITIVE_INFINITY && digest.clients >= minClients
  }

  /**
   * The digest of the document with which this replica is ready to begin an epoch; undefined: the replica is not ready.
   */
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
    // The deadline is also set while the member waits for other holders, because one of them may write.
    this.#dueMs = isUnchanged ? nowMs + announcementDelayMs : this.#changedMs + unchangedMs
    return isUnchanged ? digestText(sync.hash()) : undefined
  }

  /** Whether the epoch begins now. @param offered the digest that the local member announced last */
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
    if (isLater) return sync.epochs.later.name !== undefined && hasBegun()
    if (!isDue(sync, holders)) return false
    const digest = offered !== undefined && digestText(sync.hash())
    if (digest === offered && others.every(({ agreed }) => agreed === digest)) return true
    if (this.#isUrgent(sync, others, nowMs) && digest === offered) return true
    const isFirst = !sync.isCarried && others.every(({ id, isCarried }) => isCarried || this.#self < id)
    return isFirst && nowMs - this.#dueSinceMs >= maxDelayMs
  }

  /**
   * Whether this member begins alone because the document has at least `urgentClients` clients: a compacted document
   * reaches the others sooner.
   */
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
    epochs.later.name === undefined &&
    epochs.mayBegin &&
    holders.every(({ keepsIds }) => !keepsIds)
  )
}
