/**
 * Sync waiters: promises that resolve when another member stores exactly the same entries as this one.
 *
 * Each new promise requests the fact ids of some other members at once. While a promise is pending, the request is
 * repeated after 250 ms, and then at intervals that double up to 2 s. Without a request, a member that finds no difference
 * sends no answer.
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
  readonly #requestFactIds: () => void
  readonly #waiters = new Set<Waiter>()
  #closed: Error | undefined
  #cancelTimer: () => void = () => {}

  /** @param requestFactIds requests the ids of the facts of some other members */
  constructor(clock: Clock, requestFactIds: () => void) {
    this.#clock = clock
    this.#requestFactIds = requestFactIds
  }

  /**
   * Resolves with the id of the next member whose entries are equal; rejects with the signal's reason.
   *
   * An app may ignore the promise. The promise rejects when the config or the cluster is left, and the runtime does not
   * report that rejection as unhandled.
   */
  next(signal: AbortSignal | undefined): Promise<string> {
    const synced = this.#next(signal)
    synced.catch(() => {})
    return synced
  }

  async #next(signal: AbortSignal | undefined): Promise<string> {
    signal?.throwIfAborted()
    if (this.#closed) throw this.#closed
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

  /** No member will be compared any more: all pending and later promises reject. */
  close(reason: Error): void {
    this.#closed = reason
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
    this.#requestFactIds()
  }
}
