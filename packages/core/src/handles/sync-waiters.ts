/**
 * Agreement: those who wait until another member holds just what this one does.
 *
 * While somebody waits, others are asked again and again: nobody says by himself that nothing differs.
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

  /** @param ask asks others what they hold */
  constructor(clock: Clock, ask: () => void) {
    this.#clock = clock
    this.#requestDigest = ask
  }

  /**
   * Resolves with the id of the member that agrees, from now on; rejects with the signal's reason.
   *
   * An app may drop this promise: then its rejection when the config is left is nobody's failure.
   */
  next(signal: AbortSignal | undefined): Promise<string> {
    const agreed = this.#next(signal)
    agreed.catch(() => {})
    return agreed
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

  /** A member holds just what this one does, now. */
  resolve(memberId: string): void {
    for (const { resolve } of this.#waiters) resolve(memberId)
  }

  /** Nobody will agree any more. */
  rejectAll(reason: Error): void {
    for (const { reject } of this.#waiters) reject(reason)
  }

  #wait(waiting: Waiter, signal: AbortSignal | undefined): () => void {
    const abort = () => waiting.reject(signal?.reason)
    this.#waiters.add(waiting)
    signal?.addEventListener('abort', abort)
    return () => {
      signal?.removeEventListener('abort', abort)
      this.#waiters.delete(waiting)
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
