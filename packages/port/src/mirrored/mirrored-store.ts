/**
 * Mirrored store: a store in a view, which shows what the member's store shows.
 *
 * Objects that did not change stay the same objects. If `follow` is given, the store is sent only while it has listeners.
 */
import type { Store } from '@hearsay/core'
import { type AppNotifications, createStore, type OwnedStore } from '@hearsay/core/app'
import { applyDiff, emptyTable, type Table, type TableDiff } from '../table.ts'

export class MirroredStore<T> implements Store<T> {
  readonly #store: OwnedStore<T>
  readonly #read: (table: Table) => T
  readonly #follow: ((isWatched: boolean) => void) | undefined
  #table: Table = emptyTable
  #value: T
  #listeners = 0

  /** @param follow begins or ends the changes of this store. @default it always receives them */
  constructor(
    notifications: AppNotifications,
    read: (table: Table) => T,
    follow?: (isWatched: boolean) => void,
  ) {
    this.#read = read
    this.#follow = follow
    this.#value = read(emptyTable)
    this.#store = createStore(notifications, () => this.#value)
  }

  getSnapshot(): T {
    return this.#value
  }

  subscribe(listener: () => void): () => void {
    const unsubscribe = this.#store.subscribe(listener)
    let isSubscribed = true
    this.#count(1)
    return () => {
      unsubscribe()
      if (isSubscribed) this.#count(-1)
      isSubscribed = false
    }
  }

  apply(diff: TableDiff): void {
    this.#table = applyDiff(this.#table, diff)
    this.refresh()
  }

  /** What the store is read from has changed. */
  refresh(): void {
    this.#value = this.#read(this.#table)
    this.#store.refresh()
  }

  #count(change: number): void {
    const before = this.#listeners
    this.#listeners += change
    if ((before === 0) !== (this.#listeners === 0)) this.#follow?.(this.#listeners > 0)
  }
}
