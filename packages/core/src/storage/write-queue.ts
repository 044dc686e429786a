/**
 * Write queue: every change on its way into the store of one member.
 *
 * `stored()` resolves only when a store that is opened again would show all changes that were pushed before it. So:
 * 1. A waiter resolves at the end of a synced write that began after its changes were written or contained them.
 * 2. A change stays pending until its write resolved. Of a key only the newest value is written.
 * 3. When a write fails all waiters are rejected. Nothing resolves again before the store was recovered, and everything
 *    pending was written.
 * 4. If the recovered store lost something acknowledged, the sources write everything again before anybody is resolved.
 *
 * While one batch is written the next is gathered, so a burst costs a few writes. A failing store is tried again after
 * 1 s, doubling to 30 s, and at most 1 s after somebody waits for it.
 */
import type { StoreState } from '../api/cluster.ts'
import { StorageError } from '../api/errors.ts'
import type { Clock } from '../base/clock.ts'
import type { KeyValueChange, KeyValues } from './key-values.ts'

export interface WriteQueueOptions {
  readonly keyValues: KeyValues
  readonly clock: Clock
  /** The store began to fail, or recovered: once each. */
  readonly changed?: (state: StoreState) => void
}

/** Everything that a part of the member holds: for a store that lost it. */
export type WriteSource = () => readonly KeyValueChange[]
interface PendingChange {
  readonly change: KeyValueChange
  /** The number of the oldest push of its key that is not stored. */
  since: number
}

interface Batch {
  /** What is to be written again if it fails: without keys that a later batch has, too. */
  readonly pending: Map<string, PendingChange>
  readonly isSynced: boolean
  /** The number of the last push before it began. */
  readonly upTo: number
}

interface Waiter {
  readonly upTo: number
  readonly resolve: () => void
  readonly reject: (error: StorageError) => void
}

/** Our choice: soon enough for an app that frees space, rare enough for a store that is gone for good. */
const [minRetryMs, maxRetryMs] = [1_000, 30_000]
/** Our choice: longer than any disk takes to wake up. */
const maxWaitMs = 30_000

export class WriteQueue {
  readonly #options: WriteQueueOptions
  readonly #sources = new Set<WriteSource>()
  readonly #waiters = new Set<Waiter>()
  /** Being written. */
  readonly #batches = new Set<Batch>()
  #pending = new Map<string, PendingChange>()
  #pushed = 0
  /** Pushes up to this number survive everything. */
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

  get state(): StoreState {
    return this.#state
  }

  /** @param sync somebody will wait for it: it survives a power loss as soon as it is written. @default false */
  push(changes: readonly KeyValueChange[], { sync = false }: { sync?: boolean } = {}): void {
    this.#pushed += 1
    for (const change of changes) this.#enqueue({ change, since: this.#pushed })
    if (this.#batches.size === 0) this.#write(sync)
  }

  /** Writes what waits, beside what is being written: there may be no later. */
  flush(): void {
    if (this.#pending.size > 0) this.#write(true)
  }

  /**
   * Resolves when all that was pushed so far is stored, and would survive a power loss.
   *
   * @throws {StorageError} it could not be written, or not within 30 s; it will be tried again by itself
   */
  stored(): Promise<void> {
    if (this.#isClosed && this.#state.status === 'failing') return Promise.reject(this.#state.error)
    return new Promise((resolve, reject) => {
      const { clock } = this.#options
      const settle = () => {
        cancelTimer()
        this.#waiters.delete(waiter)
      }
      const waiter: Waiter = {
        upTo: this.#pushed,
        resolve: () => {
          settle()
          resolve()
        },
        reject: error => {
          settle()
          reject(error)
        },
      }
      const cancelTimer = clock.setTimer(clock.now().monotonicMs + maxWaitMs, () => this.#rejectWaiters())
      this.#waiters.add(waiter)
      if (this.#state.status === 'failing') this.#retryAt(this.#attemptedMs + minRetryMs)
      else if (this.#batches.size === 0) this.#write(true)
    })
  }

  /** Pushes it, and resolves when it is stored. @throws {StorageError} as `stored` does */
  store(changes: readonly KeyValueChange[]): Promise<void> {
    this.push(changes, { sync: true })
    return this.stored()
  }

  /** What the store has under a path, or will have when all that waits is written. @throws {StorageError} */
  async read(prefix: string): Promise<readonly (readonly [key: string, value: Uint8Array])[]> {
    const stored = await this.#options.keyValues.read(prefix).catch((error: unknown) => {
      throw new StorageError(`the store cannot be read: ${messageOf(error)}`, { cause: error })
    })
    const values = new Map(stored)
    for (const pending of [...[...this.#batches].map(batch => batch.pending), this.#pending])
      for (const [key, { change }] of pending) {
        if (!key.startsWith(`${prefix}/`)) continue
        if (change.value) values.set(key, change.value)
        else values.delete(key)
      }
    return [...values].sort(([a], [b]) => (a < b ? -1 : 1))
  }

  /** What this part of the member holds is written again if the store loses it. Returns its undo. */
  addSource(source: WriteSource): () => void {
    this.#sources.add(source)
    return () => this.#sources.delete(source)
  }

  /** The member ends: a store that fails is not tried again. */
  close(): void {
    this.#isClosed = true
    this.#cancelRetry()
  }

  #enqueue(pending: PendingChange): void {
    const { key } = pending.change
    const older = this.#pending.get(key)
    if (older) pending.since = Math.min(pending.since, older.since)
    this.#pending.set(key, pending)
  }

  #write(isSynced: boolean): void {
    if (this.#state.status === 'failing') return
    void this.#writeBatch(this.#begin(isSynced || this.#waiters.size > 0))
  }

  #begin(isSynced: boolean): Batch {
    const batch = { pending: this.#pending, isSynced, upTo: this.#pushed }
    this.#pending = new Map()
    // Should the earlier one fail, it must not overwrite what this one stores.
    for (const { pending: earlier } of this.#batches)
      for (const [key, pending] of batch.pending) {
        const older = earlier.get(key)
        if (older) pending.since = Math.min(pending.since, older.since)
        earlier.delete(key)
      }
    this.#batches.add(batch)
    return batch
  }

  /** @returns whether it was written */
  async #writeBatch(batch: Batch): Promise<boolean> {
    const all = [...batch.pending.values()].map(({ change }) => change)
    // Should a store tear a batch apart, what replaces something is there before it is deleted.
    const changes = [...all.filter(({ value }) => value), ...all.filter(({ value }) => !value)]
    try {
      await this.#options.keyValues.write(changes, { sync: batch.isSynced })
    } catch (error) {
      this.#batches.delete(batch)
      this.#putBack(batch)
      this.#fail(error)
      return false
    }
    this.#batches.delete(batch)
    if (this.#isRecovering || this.#state.status === 'ok') this.#written(batch)
    return true
  }

  #written({ isSynced, upTo }: Batch): void {
    if (isSynced) {
      this.#durable = Math.max(this.#durable, Math.min(upTo, this.#oldest() - 1))
      for (const waiter of [...this.#waiters]) if (waiter.upTo <= this.#durable) waiter.resolve()
    }
    const isIdle = this.#batches.size === 0 && !this.#isRecovering
    if (isIdle && (this.#pending.size > 0 || this.#waiters.size > 0)) this.#write(false)
  }

  #putBack({ pending }: Batch): void {
    const newer = this.#pending
    this.#pending = new Map()
    for (const each of [...pending.values(), ...newer.values()]) this.#enqueue(each)
  }

  #fail(error: unknown): void {
    const failure = new StorageError(`the store cannot be written: ${messageOf(error)}`, { cause: error })
    this.#attemptedMs = this.#options.clock.now().monotonicMs
    this.#setState({ status: 'failing', error: failure }, () => {
      for (const waiter of [...this.#waiters]) waiter.reject(failure)
      this.#retryAt(this.#attemptedMs + this.#retryMs)
    })
  }

  /** The store does not answer. */
  #rejectWaiters(): void {
    const error = new StorageError(
      `the store has not answered for ${maxWaitMs / 1_000} s: is its disk there?`,
    )
    this.#setState({ status: 'failing', error }, () => {
      for (const waiter of [...this.#waiters]) waiter.reject(error)
      this.#retryAt(this.#options.clock.now().monotonicMs + this.#retryMs)
    })
  }

  /** @param act what follows from it: done before the app is notified, which may use the queue again */
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
    // What is being written may yet end.
    if (this.#batches.size > 0) {
      this.#retryAt(this.#options.clock.now().monotonicMs + minRetryMs)
      return
    }
    this.#isRecovering = true
    const isWritten = await this.#writeAll()
    this.#isRecovering = false
    if (isWritten) {
      this.#retryMs = minRetryMs
      this.#setState({ status: 'ok' }, () => {
        if (this.#pending.size > 0 || this.#waiters.size > 0) this.#write(false)
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
    return this.#writeBatch(this.#begin(true))
  }

  /** Everything, older than whatever waits: nobody is resolved before it is stored. */
  #writeAgain(): void {
    this.#durable = 0
    const newer = this.#pending
    this.#pending = new Map()
    for (const source of this.#sources) for (const change of source()) this.#enqueue({ change, since: 1 })
    for (const pending of newer.values()) this.#enqueue(pending)
  }

  /** The number of the oldest push that is not stored. */
  #oldest(): number {
    let oldest = Number.POSITIVE_INFINITY
    for (const batch of [this.#pending, ...[...this.#batches].map(({ pending }) => pending)])
      for (const { since } of batch.values()) oldest = Math.min(oldest, since)
    return oldest
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
