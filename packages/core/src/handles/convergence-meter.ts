/**
 * Convergence meter: measures whether all members have the same table.
 *
 * A measurement costs messages, so the meter measures only while the store has a listener, or while a call waits for
 * agreement. The meter measures at most every 2 s, and less often in large clusters.
 */
import { checkSignal } from '../api/call-options.ts'
import type { Convergence, SettledOptions } from '../api/convergence.ts'
import type { QueryOptions, QueryResult } from '../api/query.ts'
import type { Store } from '../api/store.ts'
import { type Clock, type Instant, redated } from '../base/clock.ts'

/** The name of the query that each member answers with the hash of its table. */
export const tableQuery = 'hearsay:table'
/** Our choice: a later answer would describe an outdated table. */
const timeoutMs = 2_000
const minIntervalMs = 2_000
/**
 * Our choice: while the store has a listener, this costs each member at most 500 bytes a second, as much as an idle member
 * sends.
 */
const intervalPerMemberMs = 100

/** The cluster of the member, as far as the meter uses it. */
export interface MeteredCluster {
  readonly self: { readonly id: string }
  /** Rejects if this member leaves before the query ends. */
  query(name: string, payload: null, options: QueryOptions): Promise<QueryResult>
}

/** The store that shows what the meter measures. */
export interface MeteredStore extends Store<Convergence> {
  /** Whether the store has a listener. */
  readonly isWatched: boolean
  /** Whether the member has started, and has not left. */
  readonly isRunning: boolean
  show(measured: Convergence): void
}

export class ConvergenceMeter {
  readonly #store: MeteredStore
  readonly #clock: Clock
  readonly #cluster: MeteredCluster
  /** Since when all have agreed in each measurement; undefined without a listener. */
  #since: Instant | undefined
  #isMeasuring = false
  /** Ends the wait of `follow`. */
  #cancelWait: () => void = () => {}
  /** Each function ends the wait of one call of `settled`. */
  readonly #settling = new Set<() => void>()

  constructor(store: MeteredStore, clock: Clock, cluster: MeteredCluster) {
    this.#store = store
    this.#clock = clock
    this.#cluster = cluster
  }

  /** Measures again and again while the member runs and the store has a listener. */
  async follow(): Promise<void> {
    if (this.#isMeasuring) return
    this.#isMeasuring = true
    while (this.#store.isWatched && this.#store.isRunning) {
      const measured = await this.#measure().catch(() => undefined)
      if (measured) this.#take(measured)
      if (this.#store.isRunning)
        await this.#wait(intervalOf(measured), cancel => {
          this.#cancelWait = cancel
        })
    }
    this.#isMeasuring = false
  }

  /** The member has left, or the store has lost its last listener. */
  pause(): void {
    if (!this.#store.isWatched) this.#since = undefined
    this.#cancelWait()
    // The next measurement of `settled` rejects.
    if (!this.#store.isRunning) for (const cancel of this.#settling) cancel()
  }

  /** Resolves when a measurement that began after the call shows that all members agree. */
  async settled(options?: SettledOptions): Promise<void> {
    const signal = checkSignal('settled', options)
    for (;;) {
      signal?.throwIfAborted()
      const measured = await untilAborted(this.#measure(), signal)
      this.#take(measured)
      if (measured.sinceMs !== undefined) return
      let cancel = () => {}
      const waited = this.#wait(intervalOf(measured), cancelWait => {
        cancel = cancelWait
      })
      this.#settling.add(cancel)
      await untilAborted(waited, signal).finally(() => {
        this.#settling.delete(cancel)
        cancel()
      })
    }
  }

  /** Asks all members, this one included. */
  async #measure(): Promise<Convergence> {
    const result = await this.#cluster.query(tableQuery, null, { timeoutMs })
    return convergenceOf(result, this.#cluster.self.id, this.#clock.now().epochMs)
  }

  #take(measured: Convergence): void {
    const now = this.#clock.now()
    const since = measured.sinceMs === undefined ? undefined : redated(this.#since ?? now, now)
    this.#since = this.#store.isWatched ? since : undefined
    const value = { ...measured, sinceMs: since?.epochMs }
    if (JSON.stringify(value) !== JSON.stringify(this.#store.getSnapshot())) this.#store.show(value)
  }

  /** @param started takes a function that ends the wait */
  #wait(ms: number, started: (cancel: () => void) => void): Promise<void> {
    return new Promise(resolve => {
      const cancelTimer = this.#clock.setTimer(this.#clock.now().monotonicMs + ms, resolve)
      started(() => {
        cancelTimer()
        resolve()
      })
    })
  }
}

/** @param self the member to which the others are compared @param epochMs the present time */
export function convergenceOf(
  { answers, failures, missing }: QueryResult,
  self: string,
  epochMs: number,
): Convergence {
  const own = answers.find(({ from }) => from === self)?.value
  const differing = answers.filter(({ value }) => value !== own).map(({ from }) => from)
  const unanswered = [...missing, ...failures.map(({ from }) => from)]
  const isAgreed = own !== undefined && differing.length + unanswered.length === 0
  return {
    agreeing: answers.length - differing.length,
    known: answers.length + unanswered.length,
    sinceMs: isAgreed ? epochMs : undefined,
    differing: differing.sort(),
    missing: unanswered.sort(),
  }
}

/** @param measured undefined: the measurement failed */
function intervalOf(measured: Convergence | undefined): number {
  return Math.max(minIntervalMs, (measured?.known ?? 0) * intervalPerMemberMs)
}

/** The value of the promise. @throws the reason of the signal, if it is aborted before */
function untilAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const aborted = () => reject(signal.reason)
    signal.addEventListener('abort', aborted, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', aborted))
  })
}
