/**
 * Epoch follow-up: brings one replica into the epoch of the other members, as far as their announcements show it.
 *
 * The replica begins an epoch when the holders agree on it, and requests the base of a later epoch that other members
 * are in. If no member can provide the base for 30 s, the replica is superseded. If no member has been in the later epoch
 * for 30 s, the replica stays in its own epoch.
 */
import { EpochAgreement, type EpochHolder } from '../rooms/epoch-agreement.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { isLaterEpoch, isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import type { EpochName } from '../wire/epoch-name.ts'

export interface EpochFollowUpHost {
  /** Requests missing content from a connected member that holds the document. */
  request(document: string): void
  /** The other members are in an epoch that this member's replica cannot enter. */
  supersede(document: string): void
}

/** How long the member waits for another member that has the base of a later epoch. */
const settleTimeoutMs = 30_000
/** Our choice: longer than `settleTimeoutMs`, so that the other members give up first if they can. */
const maxIsolatedMs = 60_000

export class EpochFollowUp {
  readonly agreement: EpochAgreement
  readonly #host: EpochFollowUpHost
  /**
   * The later epoch that other members are in. `sinceMs`: when this member first knew of the epoch.
   * `observedMs`: when it last knew a member in that epoch.
   */
  #laterEpoch: { readonly epoch: EpochName; readonly sinceMs: number; observedMs: number } | undefined
  /** The time since which this replica is in an epoch in which it cannot become synced. */
  #isolatedMs = Number.POSITIVE_INFINITY

  constructor(self: string, host: EpochFollowUpHost) {
    this.agreement = new EpochAgreement(self)
    this.#host = host
  }

  /**
   * @param offered the digest with which this replica was last announced as ready to begin an epoch
   * @returns when to review the replica again, in monotonic ms
   */
  review(
    sync: DocumentSync,
    holders: readonly EpochHolder[],
    offered: string | undefined,
    nowMs: number,
  ): number {
    const { epochs } = sync
    if (epochs.isChanging) return nowMs
    for (const { epoch, isSynced } of holders) if (epoch && isSynced) epochs.observed(epoch)
    if (this.agreement.mayBegin(sync, holders, offered, nowMs)) epochs.begin()
    if (this.#isIsolated(sync, holders, nowMs)) this.#supersede(sync)
    return this.#reviewLater(sync, holders, nowMs)
  }

  #reviewLater(sync: DocumentSync, holders: readonly EpochHolder[], nowMs: number): number {
    const { epochs } = sync
    const later = epochs.later.name
    if (!later) return Number.POSITIVE_INFINITY
    let laterEpoch = this.#laterEpoch
    if (!laterEpoch || !isSameEpoch(later, laterEpoch.epoch)) {
      laterEpoch = this.#laterEpoch = { epoch: later, sinceMs: nowMs, observedMs: nowMs }
      this.#host.request(sync.name)
    }
    const inLater = holders.filter(({ epoch }) => isSameEpoch(epoch, later))
    if (inLater.length > 0) laterEpoch.observedMs = nowMs
    const synced = inLater.filter(({ isSynced }) => isSynced)
    const isBaseMissing = synced.length > 0 && epochs.isPastMissing(synced.map(({ id }) => id))
    const dueMs = (isBaseMissing ? laterEpoch.sinceMs : laterEpoch.observedMs) + settleTimeoutMs
    if (nowMs < dueMs) return dueMs
    if (isBaseMissing) this.#supersede(sync)
    else epochs.later.set(undefined)
    return Number.POSITIVE_INFINITY
  }

  #supersede(sync: DocumentSync): void {
    if (sync.isCarried) {
      // The local app has written nothing into a carried document.
      sync.epochs.discardReplica()
      sync.state.reset()
    } else this.#host.supersede(sync.name)
  }

  /**
   * Whether no synced member has been in this replica's epoch for a long time, while a synced member stays in an
   * earlier epoch. The base of the epoch was then lost with the members that had it.
   */
  #isIsolated({ state, epochs }: DocumentSync, holders: readonly EpochHolder[], nowMs: number): boolean {
    const { current, later } = epochs
    const synced = holders.filter(({ isSynced }) => isSynced)
    const isLatest = ({ epoch }: EpochHolder) => !epoch || !isLaterEpoch(current ?? epoch, epoch)
    const isAlone = current && !later.name && !state.isSynced && synced.length > 0 && !synced.some(isLatest)
    this.#isolatedMs = isAlone ? Math.min(this.#isolatedMs, nowMs) : Number.POSITIVE_INFINITY
    return nowMs - this.#isolatedMs >= maxIsolatedMs
  }
}
