/**
 * Sync waiters: promises that resolve when another member stores exactly the same entries as this one.
 *
 * While at least one promise is pending, other members are asked for digests, first after 250 ms, then up to every 2 s: no
 * member reports an equal state without a request.
 */
import type { Clock } from '../base/clock.ts'

const minIntervalMs = 250
const maxIntervalMs = 2_000

interface Waiter {
  readonly resolve: (memberId: string) => void
  readonly reject: (reason: unknown) => void
}

export class SyncWaiters {
  readonly #clock: Clock
  readonly #requestDigest: () => void
  readonly #waiters = new Set<Waiter>()
  #cancelTimer: () => void = () => {}

  /** @param requestDigest asks other members for digests of their entries */
  constructor(clock: Clock, requestDigest: () => void) {
    this.#clock = clock
    this.#requestDigest = requestDigest
  }

  /**
   * Resolves with the id of the next member whose entries are equal; rejects with the signal's reason.
   *
   * An app may ignore the promise. The promise rejects when the config is left, and the runtime does not
   * report that rejection as unhandled.
   */
  next(signal: AbortSignal | undefined): Promise<string> {
    const synced = this.#next(signal)
    synced.catch(() => {})
    return synced
  }

  async #next(signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted()
    let undo = () => {}
    try {
      return await new Promise<string>((resolve, reject) => {
        undo = this.#wait({ resolve, reject }, signal)
        this.#requestEvery(minIntervalMs)
      })
    } finally {
      undo()
    }
  }

  /** A member has exactly the entries of this member now. */
  resolve(memberId: string): void {
    for (const { resolve } of this.#waiters) resolve(memberId)
  }

  /** No member will be compared any more. */
  rejectAll(reason: Error): void {
    for (const { reject } of this.#waiters) reject(reason)
  }

  #wait(waiter: Waiter, signal: AbortSignal | undefined): () => void {
    const abort = () => waiter.reject(signal?.reason)
    this.#waiters.add(waiter)
    signal?.addEventListener('abort', abort)
    return () => {
      signal?.removeEventListener('abort', abort)
      this.#waiters.delete(waiter)
      if (this.#waiters.size === 0) this.#cancelTimer()
    }
  }

  #requestEvery(intervalMs: number): void {
    this.#cancelTimer()
    const dueMs = this.#clock.now().monotonicMs + intervalMs
    this.#cancelTimer = this.#clock.setTimer(dueMs, () =>
      this.#requestEvery(Math.min(intervalMs * 2, maxIntervalMs)),
    )
    this.#requestDigest()
  }
}
