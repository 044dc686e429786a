/**
 * Write queue: all pending changes of one member's store.
 *
 * `stored()` resolves only when a reopened store would contain all changes that were pushed before the call. Therefore:
 * 1. A waiter resolves at the end of a synced write that contained its changes, or began after they were written.
 * 2. A change stays pending until its write resolves. Only the newest value of a key is written.
 * 3. When a write fails, all waiters are rejected. No waiter resolves until the store has recovered and all pending changes
 *    are written.
 * 4. If the recovered store lost acknowledged writes, the sources write everything again before any waiter resolves.
 *
 * While one batch is being written, the next one is collected, so a burst costs a few writes. A failing store is retried
 * after 1 s, doubling to 30 s, and at most 1 s after a new waiter.
 */
import type { StoreState } from '../api/cluster.ts'
import { StorageError } from '../api/errors.ts'
import type { Clock } from '../base/clock.ts'
import { asError } from '../wire/result.ts'
import type { KeyValueChange, KeyValues } from './key-values.ts'
import { type Batch, PendingWrites } from './pending-writes.ts'

export interface WriteQueueOptions {
  readonly keyValues: KeyValues
  readonly clock: Clock
  /** The store began to fail, or recovered. Called once for each. */
  readonly changed?: (state: StoreState) => void
}

/** Returns all values of one part of the member, to write them again into a store that lost them. */
export type WriteSource = () => readonly KeyValueChange[]

/** The queue, as the storage of one room or config uses it. */
export type SpaceWrites = Pick<WriteQueue, 'state' | 'push' | 'read' | 'stored' | 'addSource'>

interface Waiter {
  readonly upTo: number
  /** @param error undefined: the changes are stored */
  readonly settle: (error?: StorageError) => void
}

/** Our choice: soon enough after an app frees space, rare enough for a store that never recovers. */
const [minRetryMs, maxRetryMs] = [1_000, 30_000]
/** Our choice: longer than any disk takes to wake up. */
const maxWaitS = 30
/** Our choice: a member that leaves waits for a failing store for one retry, and for as long as for its unsent changes. */
const maxCloseS = 5

export class WriteQueue {
  readonly #options: WriteQueueOptions
  readonly #sources = new Set<WriteSource>()
  readonly #waiters = new Set<Waiter>()
  readonly #pending = new PendingWrites()
  /** Pushes up to this number survive a power loss. */
  #durable = 0
  #state: StoreState = { status: 'ok' }
  #isRecovering = false
  #isClosed = false
  #retryMs = minRetryMs
  #attemptedMs = Number.NEGATIVE_INFINITY
  #retryDueMs = Number.POSITIVE_INFINITY
  #cancelRetry: () => void = () => {}

  constructor(options: WriteQueueOptions) {
    this.#options = options
  }

  /** Whether the store accepts writes. */
  get state(): StoreState {
    return this.#state
  }

  /** The number of changes that wait to be stored. */
  get size(): number {
    return this.#pending.size
  }

  /** Adds changes. @param sync a caller will wait for them: the write survives a power loss. @default false */
  push(changes: readonly KeyValueChange[], { sync = false }: { sync?: boolean } = {}): void {
    this.#pending.push(changes)
    if (!this.#pending.isWriting) this.#write(sync)
  }

  /** Writes pending changes now, even during another write: the process may end before the other write ends. */
  flush(): void {
    if (this.#pending.areWaiting) this.#write(true)
  }

  /**
   * Resolves when all changes that were pushed so far are stored and survive a power loss.
   *
   * @throws {StorageError} they could not be written, or not within 30 s; the queue retries automatically
   */
  stored(): Promise<void> {
    return this.#untilStored(maxWaitS)
  }

  #untilStored(maxS: number): Promise<void> {
    if (this.#isClosed && this.#state.status === 'failing') return Promise.reject(this.#state.error)
    return new Promise((resolve, reject) => {
      const { clock } = this.#options
      const waiter: Waiter = {
        upTo: this.#pending.pushed,
        settle: error => {
          cancelTimer()
          this.#waiters.delete(waiter)
          if (error) reject(error)
          else resolve()
        },
      }
      // One timer for each second: if the process is stopped, the store has no chance to answer, and one second counts.
      let leftS = maxS
      const wait = () =>
        clock.setTimer(clock.now().monotonicMs + 1_000, () => {
          leftS -= 1
          if (leftS > 0) cancelTimer = wait()
          else this.#failWith(`the store has not answered for ${maxS} s: check that its disk is connected`)
        })
      let cancelTimer = wait()
      this.#waiters.add(waiter)
      if (this.#state.status === 'failing') this.#retryAt(this.#attemptedMs + minRetryMs)
      else if (!this.#pending.isWriting) this.#write(true)
    })
  }

  /** Pushes changes, and resolves when they are stored. @throws {StorageError} as `stored` does */
  store(changes: readonly KeyValueChange[]): Promise<void> {
    this.push(changes, { sync: true })
    return this.stored()
  }

  /** The values under a path, pending changes included, in the order of their keys. @throws {StorageError} */
  async read(prefix: string): Promise<readonly (readonly [key: string, value: Uint8Array])[]> {
    const stored = await this.#options.keyValues.read(prefix).catch((error: unknown) => {
      throw new StorageError(`the store cannot be read: ${asError(error).message}`, { cause: error })
    })
    const values = new Map(stored)
    this.#pending.apply(values, prefix)
    return [...values].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  /** Adds a source, whose values are written again if the store loses them. Returns the function that removes it. */
  addSource(source: WriteSource): () => void {
    this.#sources.add(source)
    return () => this.#sources.delete(source)
  }

  /**
   * The member ends. Resolves when all changes are stored, or a failing store has been retried once. Afterwards the store is
   * not retried, and no call waits for it.
   */
  async close(): Promise<void> {
    if (this.#isClosed) return
    // The app was notified of the failure already.
    await this.#untilStored(this.#state.status === 'failing' ? maxCloseS : maxWaitS).catch(() => {})
    this.#isClosed = true
    this.#cancelRetry()
    if (this.#state.status === 'failing') this.#rejectWaiters(this.#state.error)
  }

  #write(isSynced: boolean): void {
    if (this.#state.status === 'failing') return
    void this.#writeBatch(this.#pending.begin(isSynced || this.#waiters.size > 0))
  }

  /** @returns whether the batch was written */
  async #writeBatch(batch: Batch): Promise<boolean> {
    const all = [...batch.pending.values()].map(({ change }) => change)
    // If a store writes a batch only partly, new values must be stored before the values that they replace are deleted.
    const changes = [...all.filter(({ value }) => value), ...all.filter(({ value }) => !value)]
    try {
      await this.#options.keyValues.write(changes, { sync: batch.isSynced })
    } catch (error) {
      this.#pending.failed(batch)
      this.#fail(error)
      return false
    }
    this.#pending.written(batch)
    if (this.#isRecovering || this.#state.status === 'ok') this.#written(batch)
    return true
  }

  #written({ isSynced, upTo }: Batch): void {
    if (isSynced) {
      this.#durable = Math.max(this.#durable, Math.min(upTo, this.#pending.oldest() - 1))
      for (const waiter of [...this.#waiters]) if (waiter.upTo <= this.#durable) waiter.settle()
    }
    const isIdle = !this.#pending.isWriting && !this.#isRecovering
    if (isIdle && (this.#pending.areWaiting || this.#waiters.size > 0)) this.#write(false)
  }

  #fail(error: unknown): void {
    this.#failWith(`the store cannot be written: ${asError(error).message}`, error)
  }

  #failWith(message: string, cause?: unknown): void {
    const error = new StorageError(message, { cause })
    this.#attemptedMs = this.#options.clock.now().monotonicMs
    this.#setState({ status: 'failing', error }, () => {
      this.#rejectWaiters(error)
      this.#retryAt(this.#attemptedMs + this.#retryMs)
    })
  }

  #rejectWaiters(error: StorageError): void {
    for (const waiter of [...this.#waiters]) waiter.settle(error)
  }

  /** @param act runs before the app is notified, because the app may use the queue again */
  #setState(state: StoreState, act: () => void): void {
    const isNew = state.status !== this.#state.status
    this.#state = state
    act()
    if (isNew) this.#options.changed?.(state)
  }

  #retryAt(dueMs: number): void {
    if (dueMs >= this.#retryDueMs || this.#isRecovering || this.#isClosed) return
    this.#cancelRetry()
    this.#retryDueMs = dueMs
    this.#cancelRetry = this.#options.clock.setTimer(dueMs, () => {
      this.#retryDueMs = Number.POSITIVE_INFINITY
      void this.#recover()
    })
  }

  async #recover(): Promise<void> {
    // A write that is still running may succeed.
    if (this.#pending.isWriting) {
      this.#retryAt(this.#options.clock.now().monotonicMs + minRetryMs)
      return
    }
    this.#isRecovering = true
    const isWritten = await this.#writeAll()
    this.#isRecovering = false
    if (isWritten) {
      this.#retryMs = minRetryMs
      this.#setState({ status: 'ok' }, () => {
        if (this.#pending.areWaiting || this.#waiters.size > 0) this.#write(false)
      })
    } else {
      this.#retryMs = Math.min(2 * this.#retryMs, maxRetryMs)
      this.#retryAt(this.#attemptedMs + (this.#waiters.size > 0 ? minRetryMs : this.#retryMs))
    }
  }

  async #writeAll(): Promise<boolean> {
    try {
      if ((await this.#options.keyValues.recover?.()) === 'lost') this.#writeAgain()
    } catch (error) {
      this.#fail(error)
      return false
    }
    return this.#writeBatch(this.#pending.begin(true))
  }

  /** Values of the sources come before pending changes: no waiter resolves until they are stored. */
  #writeAgain(): void {
    this.#durable = 0
    this.#pending.lost([...this.#sources].flatMap(source => source()))
  }
}
