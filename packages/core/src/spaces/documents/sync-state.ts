/**
 * Sync state: whether this replica of a document is synced, and with which members it was compared.
 *
 * Invariants:
 * 1. A replica becomes synced in two cases only. Either the replica contains everything that some synced replica contained: an
 *    exchange with that replica ended, or both digests are equal. Or it is established that no living member has more content.
 * 2. A replica stays synced until a newly reachable member turns out to have more content. The replica is synced again
 *    when it has merged that content, or when that member closes the document, leaves or dies. If that member only
 *    disconnects, the next exchange with a synced replica is enough: the member may not be reachable from here any more.
 * 3. The replica requests missing content from one member at a time, so that nothing arrives twice. A synced member
 *    takes precedence.
 * 4. After a member sent content that cannot be applied, the replica sends this member no request for 30 s, and no
 *    further request while the member's digest is unchanged.
 */

import { toString as toText } from 'uint8arrays/to-string'
import { dropOldest } from '../../base/oldest-first.ts'

/** A request to a member. */
export interface SyncRequest {
  readonly from: string
  /** The member's digest, if it is known. */
  readonly digest: Uint8Array | undefined
  /** The member announced that its replica is synced. */
  readonly isSynced: boolean
  /**
   * The request covers only a part of the document, so the answer does not contain everything that is
   * missing.
   */
  readonly isPartial: boolean
  /** The requested buckets. Undefined in a partial request: the buckets are not known yet. */
  readonly buckets?: ReadonlySet<number> | undefined
}

interface OpenRequest extends SyncRequest {
  readonly sinceMs: number
  lastMs: number
  bytes: number
  /** Part of the answer was new to this replica. */
  isNew: boolean
  /** Part of the answer had to be dropped. */
  isIncomplete: boolean
}

interface Rejection {
  readonly digest: string | undefined
  /** The same content may be accepted later, because only its amount was rejected. */
  readonly isPostponed: boolean
  readonly untilMs: number
}

/** A request without an answer for this long no longer prevents another request. */
const requestTimeoutMs = 1_000
/** If a stream is slower than this after `slowAfterMs`, the replica may send a request to another member. */
const minBytesPerSecond = 32_768
const slowAfterMs = 5_000
/**
 * After a rejected answer, this replica sends the member no request for this long. After that, the replica sends a request only
 * if the member's document has changed.
 */
const rejectedForMs = 30_000
/**
 * Maximum number of former digests. A member with one of these digests has no content that this replica
 * lacks.
 */
const maxFormerDigests = 256

export class SyncState {
  #isEstablished = false
  /** Members that were compared with this replica since they became reachable. */
  readonly #compared = new Set<string>()
  /** Newly reachable members whose additional content this replica has not merged yet. */
  readonly #aheadOfSelf = new Set<string>()
  /** Those members of `#aheadOfSelf` that have disconnected. */
  readonly #aheadAndClosed = new Set<string>()
  /** Members that sent content that could not be applied. */
  readonly #rejections = new Map<string, Rejection>()
  /** Former digests of this replica, as text, the oldest first. */
  readonly #formerDigests = new Set<string>()
  #request: OpenRequest | undefined

  /** Whether the replica has been synced since it was opened. */
  get isEstablished(): boolean {
    return this.#isEstablished
  }

  get isSynced(): boolean {
    return this.#isEstablished && this.#aheadOfSelf.size === 0
  }

  /** Whether the replica counts as synced for that member: no other member has more content. */
  isSyncedFor(id: string): boolean {
    return (
      this.#isEstablished &&
      (this.#aheadOfSelf.size === 0 || (this.#aheadOfSelf.size === 1 && this.#aheadOfSelf.has(id)))
    )
  }

  /** This replica contains everything that a synced replica contained, or no living member has more content. */
  establish(): void {
    this.#isEstablished = true
    for (const closed of this.#aheadAndClosed) this.#dropAhead(closed)
  }

  /**
   * Whether this replica was compared with the member's replica. If not, it is useful to request the member's digest,
   * even if the digests may be equal.
   */
  hasCompared(id: string): boolean {
    return this.#compared.has(id)
  }

  /** Records the present digest of this replica. */
  recordDigest(digest: Uint8Array): void {
    const text = digestText(digest)
    this.#formerDigests.delete(text)
    this.#formerDigests.add(text)
    dropOldest(this.#formerDigests, maxFormerDigests)
  }

  /** Whether this replica contains everything that a replica with this digest contained, as far as is remembered. */
  hasDigest(digest: string): boolean {
    return this.#formerDigests.has(digest)
  }

  /** A member's document equals this one, or all of its content has been merged. */
  caughtUpWith(id: string, isSynced: boolean): void {
    if (isSynced) this.establish()
    this.#compared.add(id)
    this.#dropAhead(id)
    this.#rejections.delete(id)
    if (this.#request?.from === id) this.#request = undefined
  }

  /** A member's document contains something that this replica lacks. */
  markAhead(id: string): void {
    // Content that this replica cannot receive does not count: otherwise the replica would never become synced.
    if (this.#compared.has(id) || this.#rejections.has(id)) return
    this.#aheadOfSelf.add(id)
    this.#aheadAndClosed.delete(id)
  }

  /** The members on whose documents this state depends. */
  *members(): Generator<string> {
    yield* this.#compared
    for (const id of this.#aheadOfSelf) if (!this.#compared.has(id)) yield id
  }

  /** The members that had more content when their connections closed. */
  aheadAndClosed(): Iterable<string> {
    return this.#aheadAndClosed
  }

  /** The member does not hold the document any more. */
  departed(id: string): void {
    this.#compared.delete(id)
    this.#dropAhead(id)
    if (this.#request?.from === id) this.#request = undefined
  }

  /** Whether to request missing content from this member. */
  mayRequest(id: string, digest: Uint8Array | undefined, isSynced: boolean, nowMs: number): boolean {
    const rejection = this.#rejections.get(id)
    if (rejection) {
      // If the member's digest is unknown, its document counts as unchanged.
      const hasChanged = digest !== undefined && rejection.digest !== digestText(digest)
      if (nowMs < rejection.untilMs || !(hasChanged || rejection.isPostponed)) return false
    }
    if (!this.#request) return true
    const { sinceMs, lastMs, bytes } = this.#request
    if (nowMs - lastMs >= requestTimeoutMs || (isSynced && !this.#request.isSynced)) return true
    const ms = nowMs - sinceMs
    return ms > slowAfterMs && bytes / ms < minBytesPerSecond / 1_000
  }

  isRequesting(id: string): boolean {
    return this.#request?.from === id
  }

  /** Whether the request to this member covers all of these buckets. If so, no further request is needed. */
  isRequestingBuckets(id: string, buckets: ReadonlySet<number>): boolean {
    if (this.#request?.from !== id) return false
    const { isPartial, buckets: requested } = this.#request
    return !isPartial || (requested !== undefined && [...buckets].every(bucket => requested.has(bucket)))
  }

  request(request: SyncRequest, nowMs: number): void {
    // A request for buckets has no digest. The request takes the digest of the open request to the same member: both belong to
    // one exchange.
    const digest = request.digest ?? (this.isRequesting(request.from) ? this.#request?.digest : undefined)
    const progress = { sinceMs: nowMs, lastMs: nowMs, bytes: 0, isNew: false, isIncomplete: false }
    this.#request = { ...request, digest, ...progress }
  }

  /** Part of a push arrived, so this replica need not request the same content from other members. */
  receivesPush(id: string, nowMs: number): void {
    if (this.#request) return
    this.request({ from: id, digest: undefined, isSynced: true, isPartial: true }, nowMs)
  }

  /** Part of an answer arrived. */
  received(id: string, bytes: number, nowMs: number): void {
    if (this.#request?.from !== id) return
    this.#request.lastMs = nowMs
    this.#request.bytes += bytes
  }

  /** Part of an answer changed this replica. */
  merged(id: string): void {
    this.markAhead(id)
    if (this.#request?.from === id) this.#request.isNew = true
  }

  /** This member dropped part of an answer, so the replicas are not equal after the answer. */
  markIncomplete(id: string): void {
    if (this.#request?.from === id) this.#request.isIncomplete = true
  }

  /**
   * An answer ended.
   *
   * @returns whether to start another exchange at once, to find what is still missing. False if the answer changed
   *   nothing in this replica: two members whose documents cannot become equal would exchange for ever.
   */
  ended(id: string, isSynced: boolean): boolean {
    if (this.#request?.from !== id) return false
    const { isPartial, isNew, isIncomplete } = this.#request
    this.#request = undefined
    if (!isPartial && !isIncomplete) this.caughtUpWith(id, isSynced)
    return isPartial && isNew
  }

  /** Content from this member cannot be applied. */
  reject(id: string, nowMs: number): void {
    this.#reject(id, nowMs + rejectedForMs, false)
  }

  /** Content from this member may be requested again at `untilMs`, and not before. */
  postpone(id: string, untilMs: number): void {
    this.#reject(id, untilMs, true)
  }

  #reject(id: string, untilMs: number, isPostponed: boolean): void {
    const digest = this.#request?.from === id ? this.#request.digest : undefined
    if (this.#request?.from === id) this.#request = undefined
    this.#rejections.set(id, { digest: digest && digestText(digest), isPostponed, untilMs })
    // This replica cannot apply the member's content, so that content must not keep the replica from becoming
    // synced.
    this.#dropAhead(id)
  }

  /** The connection to this member closed. */
  closed(id: string): void {
    this.#compared.delete(id)
    if (this.#aheadOfSelf.has(id)) this.#aheadAndClosed.add(id)
    this.#rejections.delete(id)
    if (this.#request?.from === id) this.#request = undefined
  }

  /** Forgets everything about the documents of other members. */
  reset(): void {
    this.#isEstablished = false
    this.#compared.clear()
    this.#aheadOfSelf.clear()
    this.#aheadAndClosed.clear()
    this.#rejections.clear()
    this.#request = undefined
  }

  #dropAhead(id: string): void {
    this.#aheadOfSelf.delete(id)
    this.#aheadAndClosed.delete(id)
  }
}

/** A digest in the format of announcements. */
export function digestText(digest: Uint8Array): string {
  return toText(digest, 'base64')
}
