/**
 * Mirrored store: a store in a view, which shows what the member's store shows.
 *
 * Objects that did not change stay the same objects. If `follow` is given, the store is sent only while it has listeners.
 * When the view is detached, the store keeps its rows. A kept row is shown until the new connection sends this row, or until
 * `settle`.
 */
import type { Store } from '@hearsay/core'
import { type AppNotifications, createStore, type OwnedStore } from '@hearsay/core/app'
import { applyDiff, diffTables, emptyTable, type Row, type Table, type TableDiff } from '../table.ts'

export interface MirroredStoreOptions {
  /** Tells the member whether to send this store. @default the member always sends it */
  readonly follow?: (isWatched: boolean) => void
  /** Whether a row can replace a kept one already. @default always */
  readonly isComplete?: (row: Row) => boolean
}

export class MirroredStore<T> implements Store<T> {
  readonly #store: OwnedStore<T>
  readonly subscribe: (listener: () => void) => () => void
  readonly #read: (table: Table) => T
  readonly #options: MirroredStoreOptions
  /** The content that the present connection has sent. */
  #table: Table = emptyTable
  /** The rows that were shown before, and that the present connection has not sent. */
  #kept = new Map<string, Row>()
  #value: T

  constructor(
    notifications: AppNotifications,
    read: (table: Table) => T,
    options: MirroredStoreOptions = {},
  ) {
    this.#read = read
    this.#options = options
    this.#value = read(emptyTable)
    this.#store = createStore(notifications, () => this.#value, options.follow)
    this.subscribe = this.#store.subscribe
  }

  get isWatched(): boolean {
    return this.#store.isWatched
  }

  /** An arrow function, because adapters for frameworks call it without the store as `this`. */
  readonly getSnapshot = (): T => this.#value

  /** @returns the kept rows that the difference has replaced, as they were before */
  apply(diff: TableDiff): Table {
    this.#table = applyDiff(this.#table, diff)
    const replaced = this.#replaceKept(diff)
    this.refresh()
    return replaced
  }

  /** The view is detached: the rows stay, and the next connection sends all rows again. */
  keep(): void {
    this.#kept = new Map(this.#shown())
    this.#table = emptyTable
  }

  /** Removes the kept rows that the member has not sent again. */
  settle(): void {
    if (this.#kept.size === 0) return
    this.#kept.clear()
    this.refresh()
  }

  /** Removes a kept row. */
  drop(key: string): void {
    this.#kept.delete(key)
  }

  /** The source of the store has changed. */
  refresh(): void {
    this.#value = this.#read(this.#shown())
    this.#store.refresh()
  }

  #shown(): Table {
    return this.#kept.size > 0 ? new Map([...this.#table, ...this.#kept]) : this.#table
  }

  /** Values that did not change stay the same objects. */
  #replaceKept({ changed, removed }: TableDiff): Table {
    if (this.#kept.size === 0) return emptyTable
    const { isComplete } = this.#options
    for (const key of removed) this.#kept.delete(key)
    const [replaced, rows] = [new Map<string, Row>(), new Map<string, Row>()]
    for (const [key] of changed) {
      const [kept, row] = [this.#kept.get(key), this.#table.get(key)]
      if (!kept || !row || isComplete?.(row) === false) continue
      replaced.set(key, kept)
      rows.set(key, row)
      this.#kept.delete(key)
    }
    const diff = diffTables(replaced, rows)
    this.#table = new Map([...this.#table, ...(diff ? applyDiff(replaced, diff) : replaced)])
    return replaced
  }
}
