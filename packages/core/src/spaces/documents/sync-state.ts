/**
 * Sync state: whether this replica of a document is synced, and which members it has compared itself with.
 *
 * Invariants:
 * 1. A replica becomes synced only when it contains everything that some synced replica contained (an exchange with it
 *    ended, or both digests are equal), or when it is established that no living member holds more.
 * 2. It stays synced until a member that has just become reachable turns out to hold more, and is synced again when
 *    that has been merged, or that member is gone.
 * 3. One member at a time is asked for what is lacking, so that nothing comes twice; a synced one takes precedence.
 * 4. A member that sent what cannot be applied is not asked again soon, and never for the same document.
 */
import { toString as toText } from 'uint8arrays/to-string'

/** A question to a member. */
export interface SyncRequest {
  readonly from: string
  /** Its digest, if it is known. */
  readonly digest: Uint8Array | undefined
  /** It said that its replica is synced. */
  readonly isSynced: boolean
  /** The question is about a part of the document only: the answer does not bring everything. */
  readonly isPartial: boolean
  /** The part: these buckets. Undefined, and partial: it is not known yet what will be requested. */
  readonly buckets?: ReadonlySet<number> | undefined
}

interface OpenRequest extends SyncRequest {
  readonly sinceMs: number
  lastMs: number
  bytes: number
  /** Something of the answer was new here. */
  isNew: boolean
  /** Something of the answer had to be dropped. */
  isIncomplete: boolean
}

interface Rejection {
  readonly digest: string | undefined
  readonly untilMs: number
}

/** A member that was asked and sent nothing for so long is not waited for. */
const requestTimeoutMs = 1_000
/** A stream that is slower than this after `slowAfterMs` keeps nobody else from being asked. */
const minBytesPerSecond = 32_768
const slowAfterMs = 5_000
/** A member whose answer was refused is not asked for so long, and then only if its document has changed. */
const rejectedForMs = 30_000
/** Own digests that are remembered: to know that a member holds nothing that was not here before. */
const maxPast = 256

export class SyncState {
  #isEstablished = false
  /** Members that were compared with since they became reachable. */
  readonly #compared = new Set<string>()
  /** Newly reachable members that hold more, until that is merged. */
  readonly #aheadOfSelf = new Set<string>()
  /** Members that sent what could not be applied. */
  readonly #rejections = new Map<string, Rejection>()
  /** Digests that this replica had, as text, the oldest first. */
  readonly #past = new Set<string>()
  #request: OpenRequest | undefined

  get isSynced(): boolean {
    return this.#isEstablished && this.#aheadOfSelf.size === 0
  }

  /** The same as that member may take it: only itself may hold more. */
  isSyncedFor(id: string): boolean {
    return (
      this.#isEstablished &&
      (this.#aheadOfSelf.size === 0 || (this.#aheadOfSelf.size === 1 && this.#aheadOfSelf.has(id)))
    )
  }

  /** No living member holds more. */
  establish(): void {
    this.#isEstablished = true
  }

  /** Whether it is worth asking this member for its digest though ours may be equal. */
  hasCompared(id: string): boolean {
    return this.#compared.has(id)
  }

  /** This replica has this digest now. */
  recordDigest(digest: Uint8Array): void {
    const text = digestText(digest)
    this.#past.delete(text)
    this.#past.add(text)
    const [oldest] = this.#past
    if (this.#past.size > maxPast && oldest !== undefined) this.#past.delete(oldest)
  }

  /** Whether this replica contains everything that one with this digest contained, as far as is remembered. */
  hasDigest(digest: string): boolean {
    return this.#past.has(digest)
  }

  /** A member's document is equal, or all of it has been merged. */
  caughtUpWith(id: string, isSynced: boolean): void {
    if (isSynced) this.#isEstablished = true
    this.#compared.add(id)
    this.#aheadOfSelf.delete(id)
    this.#rejections.delete(id)
    if (this.#request?.from === id) this.#request = undefined
  }

  /** A member's document holds something that this one lacks. */
  markAhead(id: string): void {
    // What cannot be had may not stand in the way for ever.
    if (!this.#compared.has(id) && !this.#rejections.has(id)) this.#aheadOfSelf.add(id)
  }

  /** Members whose documents matter to this state. */
  *members(): Generator<string> {
    yield* this.#compared
    for (const id of this.#aheadOfSelf) if (!this.#compared.has(id)) yield id
  }

  /** This member does not hold the document any more. */
  departed(id: string): void {
    this.#compared.delete(id)
    this.#aheadOfSelf.delete(id)
    if (this.#request?.from === id) this.#request = undefined
  }

  /** Whether to ask this member for what is lacking here. */
  mayRequest(id: string, digest: Uint8Array | undefined, isSynced: boolean, nowMs: number): boolean {
    const reject = this.#rejections.get(id)
    if (reject) {
      // Without its digest it is not known whether its document has changed.
      const hasChanged = digest !== undefined && reject.digest !== digestText(digest)
      if (nowMs < reject.untilMs || !hasChanged) return false
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

  /** Whether the question to this member is about all of these buckets: then its answer need not be asked for again. */
  isRequestingBuckets(id: string, buckets: ReadonlySet<number>): boolean {
    if (this.#request?.from !== id) return false
    const { isPartial, buckets: asked } = this.#request
    return !isPartial || (asked !== undefined && [...buckets].every(bucket => asked.has(bucket)))
  }

  request(question: SyncRequest, nowMs: number): void {
    // A question about buckets belongs to the one that led to it.
    const digest = question.digest ?? (this.isRequesting(question.from) ? this.#request?.digest : undefined)
    const progress = { sinceMs: nowMs, lastMs: nowMs, bytes: 0, isNew: false, isIncomplete: false }
    this.#request = { ...question, digest, ...progress }
  }

  /** A part of what a member sends unasked came: what others have of it need not be asked for. */
  receivesPush(id: string, nowMs: number): void {
    if (this.#request) return
    this.request({ from: id, digest: undefined, isSynced: true, isPartial: true }, nowMs)
  }

  /** A part of an answer came. */
  received(id: string, bytes: number, nowMs: number): void {
    if (this.#request?.from !== id) return
    this.#request.lastMs = nowMs
    this.#request.bytes += bytes
  }

  /** A part of an answer changed this replica. */
  merged(id: string): void {
    this.markAhead(id)
    if (this.#request?.from === id) this.#request.isNew = true
  }

  /** Something of an answer had to be dropped: this one cannot be relied upon. */
  markIncomplete(id: string): void {
    if (this.#request?.from === id) this.#request.isIncomplete = true
  }

  /**
   * An answer ended.
   *
   * @returns whether another exchange has to show at once what is still lacking: not without progress, or two members
   *   whose documents cannot become equal would ask each other for ever
   */
  ended(id: string, isSynced: boolean): boolean {
    if (this.#request?.from !== id) return false
    const { isPartial, isNew, isIncomplete } = this.#request
    this.#request = undefined
    if (!isPartial && !isIncomplete) this.caughtUpWith(id, isSynced)
    return isPartial && isNew
  }

  /** What this member sent cannot be applied. */
  reject(id: string, nowMs: number): void {
    const digest = this.#request?.from === id ? this.#request.digest : undefined
    if (this.#request?.from === id) this.#request = undefined
    this.#rejections.set(id, { digest: digest && digestText(digest), untilMs: nowMs + rejectedForMs })
    // It holds more than can be had: that may not stand in the way for ever.
    this.#aheadOfSelf.delete(id)
  }

  /** The connection to this member is gone. */
  closed(id: string): void {
    this.#compared.delete(id)
    this.#aheadOfSelf.delete(id)
    this.#rejections.delete(id)
    if (this.#request?.from === id) this.#request = undefined
  }

  /** Nothing is known of others' documents any more. */
  reset(): void {
    this.#isEstablished = false
    this.#compared.clear()
    this.#aheadOfSelf.clear()
    this.#rejections.clear()
    this.#request = undefined
  }
}

/** A digest as members announce it. */
export function digestText(digest: Uint8Array): string {
  return toText(digest, 'base64')
}
