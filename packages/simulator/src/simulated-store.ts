/**
 * Simulated store: a member's disk, and its faults.
 *
 * The disk behaves like the shipped stores: a write resolves when a reopened store would contain it; after a failed write every
 * other write fails until the store is recovered. Written data is readable at once, and survives the process.
 */
import type { KeyValueChange, KeyValues } from '@hearsay/core/host'
import type { Random } from './random-stream.ts'

/**
 * - `full`, `io`, `read-only`: every write fails until the store is repaired. The first may be torn: partly written.
 * - `torn`: the next write is partly written and fails; the store can be recovered at once.
 * - `deleted`: all data is lost; writes fail until a new store is created.
 * - `slow`: each write takes `ms`.
 * - `crash`: after `afterWrites` writes, the next one kills the process, before or after it reaches the disk.
 */
export type StorageFault =
  | { readonly type: 'full' | 'io' | 'read-only' | 'torn' | 'deleted' }
  | { readonly type: 'slow'; readonly ms: number }
  | { readonly type: 'crash'; readonly afterWrites: number }

/** The part of the simulation that a store uses. */
export interface SimulatedStoreOptions {
  /** A promise of the store is awaited: virtual time must not pass before the promise settles. */
  readonly used: () => void
  readonly random: Random
  /** Calls `act` after `ms`. */
  readonly after: (ms: number, act: () => void) => void
  /** Kills the process. */
  readonly kill: () => void
}

const never = new Promise<never>(() => {})

export class SimulatedStore {
  readonly #options: SimulatedStoreOptions
  readonly #disk = new Map<string, Uint8Array>()
  #fault: StorageFault | undefined
  #writesToCrash = Number.POSITIVE_INFINITY
  /** A write failed, and the store is not recovered yet. */
  #isBroken = false
  #isDeleted = false
  /** Counts processes: pending writes of an earlier process are dropped. */
  #process = 0

  constructor(options: SimulatedStoreOptions) {
    this.#options = options
  }

  /** Whether a write would succeed at once. */
  get isWell(): boolean {
    return !this.#fault && !this.#isBroken && !this.#isDeleted
  }

  get(key: string): Uint8Array | undefined {
    return this.#disk.get(key)
  }

  /** Copies the present data of another disk. */
  copyFrom(other: SimulatedStore): void {
    for (const [key, value] of other.#disk) this.#disk.set(key, value)
  }

  /** Writes at once, if the store has no fault. */
  putNow(key: string, value: Uint8Array): void {
    this.#disk.set(key, value)
  }

  fail(fault: StorageFault): void {
    if (fault.type === 'deleted') {
      this.#disk.clear()
      this.#isDeleted = true
    } else {
      this.#fault = fault
      if (fault.type === 'crash') this.#writesToCrash = fault.afterWrites
    }
  }

  /** Ends every fault; deleted or lost data stays lost. */
  repair(): void {
    this.#fault = undefined
  }

  /**
   * Opens the store for a process that starts. From now on, pending calls of earlier processes never settle.
   */
  open(): KeyValues {
    this.#process += 1
    this.#isBroken = false
    this.#isDeleted = false
    const process = this.#process
    const answer = <T>(act: () => Promise<T>): Promise<T> => {
      this.#options.used()
      return process === this.#process ? act() : never
    }
    return {
      read: prefix => answer(async () => this.#read(prefix)),
      write: changes => answer(() => this.#write(changes)),
      recover: () => answer(() => this.#recover()),
    }
  }

  /** The process ended. */
  close(): void {
    this.#process += 1
    if (this.#fault?.type === 'crash') this.#fault = undefined
  }

  #read(prefix: string): [string, Uint8Array][] {
    return [...this.#disk]
      .filter(([key]) => key.startsWith(`${prefix}/`))
      .sort(([a], [b]) => (a < b ? -1 : 1))
  }

  async #write(changes: readonly KeyValueChange[]): Promise<void> {
    if (this.#isBroken) throw new Error('the store has to be recovered')
    if (this.#isDeleted) this.#break('the folder was deleted')
    const fault = this.#fault
    switch (fault?.type) {
      case 'full':
      case 'io':
      case 'read-only':
        this.#tear(changes)
        return this.#break(fault.type)
      case 'torn':
        this.#fault = undefined
        this.#tear(changes)
        return this.#break(fault.type)
      case 'crash':
        if (this.#writesToCrash-- > 0) break
        if (this.#options.random() < 0.5) this.#apply(changes)
        this.close()
        this.#options.after(0, this.#options.kill)
        return never
      case 'slow':
        await this.#pass(fault.ms)
        if (this.#isDeleted) this.#break('the folder was deleted')
        break
    }
    this.#apply(changes)
  }

  async #recover(): Promise<'intact' | 'lost'> {
    const type = this.#fault?.type
    if (type === 'full' || type === 'io' || type === 'read-only') throw new Error(type)
    const wasDeleted = this.#isDeleted
    this.#isBroken = false
    this.#isDeleted = false
    return wasDeleted ? 'lost' : 'intact'
  }

  /** Writes only some of the changes, beginning with the first. */
  #tear(changes: readonly KeyValueChange[]): void {
    this.#apply(changes.slice(0, Math.floor(this.#options.random() * (changes.length + 1))))
  }

  #break(reason: string): never {
    this.#isBroken = true
    throw new Error(reason)
  }

  #apply(changes: readonly KeyValueChange[]): void {
    for (const { key, value } of changes) {
      if (value) this.#disk.set(key, value)
      else this.#disk.delete(key)
    }
  }

  async #pass(ms: number): Promise<void> {
    const process = this.#process
    await new Promise<void>(resolve => this.#options.after(ms, resolve))
    this.#options.used()
    if (process !== this.#process) await never
  }
}
