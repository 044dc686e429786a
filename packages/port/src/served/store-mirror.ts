/**
 * Store mirror: one store on the member's side, and the content of it that one view has received.
 *
 * While the view watches the store, the mirror notes whether the store has changed. The mirror computes the difference only
 * when the difference is sent, so several changes cost one computation.
 */
import type { Store } from '@hearsay/core'
import { diffTables, emptyTable, type Table, type TableDiff } from '../table.ts'

export class StoreMirror<T> {
  readonly #store: Store<T>
  readonly #tableOf: (snapshot: T) => Table
  readonly #changed: () => void
  #sent: Table = emptyTable
  #isChanged = false
  #unsubscribe: (() => void) | undefined

  /** @param changed the store has changed since `take` */
  constructor(store: Store<T>, tableOf: (snapshot: T) => Table, changed: () => void) {
    this.#store = store
    this.#tableOf = tableOf
    this.#changed = changed
  }

  watch(isWatched: boolean): void {
    if (isWatched === (this.#unsubscribe !== undefined)) return
    this.#unsubscribe?.()
    this.#unsubscribe = isWatched ? this.#store.subscribe(() => this.#mark()) : undefined
    if (isWatched) this.#mark()
  }

  /** The changes since the last call; undefined: there are none. */
  take(): TableDiff | undefined {
    if (!this.#isChanged) return undefined
    this.#isChanged = false
    const table = this.#tableOf(this.#store.getSnapshot())
    const diff = diffTables(this.#sent, table)
    this.#sent = table
    return diff
  }

  #mark(): void {
    this.#isChanged = true
    this.#changed()
  }
}
