/**
 * Convergence meter: measures whether the members know the same.
 *
 * A measurement costs messages, so the meter measures only while its store has a listener, or while somebody waits for
 * agreement. It measures at most every 2 s, and more rarely in large clusters.
 */
import type { Cluster } from '../api/cluster.ts'
import type { Convergence, SettledOptions } from '../api/convergence.ts'
import { checkOptionNames } from '../api/option-names.ts'
import type { QueryResult } from '../api/query.ts'
import type { Store } from '../api/store.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'

/** The name of the query that each member answers with the hash of its table. */
export const tableQuery = 'hearsay:table'
/** Our choice: a member that takes longer does not know what others know now. */
const timeoutMs = 2_000
const minIntervalMs = 2_000
/** Our choice: while somebody looks, this costs each member at most 500 bytes a second, as much as an idle member sends. */
const intervalPerMemberMs = 100
const nothing: Convergence = { agreeing: 0, known: 0, sinceMs: undefined, differing: [], missing: [] }

export class ConvergenceMeter implements Store<Convergence> {
  readonly #notifications: AppNotifications
  readonly #cluster: Pick<Cluster, 'query' | 'self'>
  readonly #store: OwnedStore<Convergence>
  #value = nothing
  /** Since when all have agreed in each measurement; undefined without a listener. */
  #sinceMs: number | undefined
  #listeners = 0
  #isMeasuring = false
  #isRunning = false
  /** Ends the wait of `#follow`. */
  #cancelWait: () => void = () => {}

  constructor(notifications: AppNotifications, cluster: Pick<Cluster, 'query' | 'self'>) {
    this.#notifications = notifications
    this.#cluster = cluster
    this.#store = createStore(notifications, this.getSnapshot)
  }

  /** The member starts, or starts again. */
  start(): void {
    this.#isRunning = true
    void this.#follow()
  }

  /** The member has left: the store keeps its last value. */
  stop(): void {
    this.#isRunning = false
    this.#cancelWait()
  }

  /** An arrow function, like `subscribe`, because adapters for frameworks call both without the store as `this`. */
  readonly getSnapshot = (): Convergence => this.#value

  readonly subscribe = (listener: () => void): (() => void) => {
    const unsubscribe = this.#store.subscribe(listener)
    let isSubscribed = true
    this.#listeners += 1
    void this.#follow()
    return () => {
      if (!isSubscribed) return
      isSubscribed = false
      unsubscribe()
      this.#listeners -= 1
      if (this.#listeners > 0) return
      this.#sinceMs = undefined
      this.#cancelWait()
    }
  }

  /** Resolves when a measurement that began after the call shows that all members agree. */
  async settled(options: SettledOptions = {}): Promise<void> {
    checkOptionNames('settled', options, { signal: true }, '{ signal }')
    const { signal } = options
    for (;;) {
      signal?.throwIfAborted()
      const measured = await untilAborted(this.#measure(), signal)
      this.#take(measured)
      if (measured.sinceMs !== undefined) return
      let cancel = () => {}
      const waited = this.#wait(intervalOf(measured), cancelWait => {
        cancel = cancelWait
      })
      await untilAborted(waited, signal).finally(() => cancel())
    }
  }

  /** Measures again and again while there is a listener. */
  async #follow(): Promise<void> {
    if (this.#isMeasuring) return
    this.#isMeasuring = true
    while (this.#listeners > 0 && this.#isRunning) {
      const measured = await this.#measure().catch(() => undefined)
      if (measured) this.#take(measured)
      if (this.#isRunning)
        await this.#wait(intervalOf(measured ?? nothing), cancel => {
          this.#cancelWait = cancel
        })
    }
    this.#isMeasuring = false
  }

  /** Asks all members, this one included. */
  async #measure(): Promise<Convergence> {
    const result = await this.#cluster.query(tableQuery, null, { timeoutMs })
    return convergenceOf(result, this.#cluster.self.id, this.#notifications.clock.now().epochMs)
  }

  #take(measured: Convergence): void {
    const sinceMs = measured.sinceMs === undefined ? undefined : (this.#sinceMs ?? measured.sinceMs)
    this.#sinceMs = this.#listeners > 0 ? sinceMs : undefined
    const value = { ...measured, sinceMs }
    if (JSON.stringify(value) === JSON.stringify(this.#value)) return
    this.#notifications.step(() => {
      this.#value = value
      this.#store.refresh()
    })
  }

  /** @param started takes a function that ends the wait */
  #wait(ms: number, started: (cancel: () => void) => void): Promise<void> {
    const { clock } = this.#notifications
    return new Promise(resolve => {
      const cancelTimer = clock.setTimer(clock.now().monotonicMs + ms, resolve)
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

function intervalOf({ known }: Convergence): number {
  return Math.max(minIntervalMs, known * intervalPerMemberMs)
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
