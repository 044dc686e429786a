/**
 * Others: who else is in a room, and what they show of themselves.
 *
 * Who has not changed keeps its object, and while nobody has, the list is the same.
 */
import { createStore, type OwnedStore } from '../cluster/store.ts'
import type { Json } from '../wire/json.ts'
import type { Other } from './room.ts'

type AnyOther = Other<Record<string, Json>>

export class Others {
  readonly store: OwnedStore<readonly AnyOther[]>
  /** By id. */
  readonly #others = new Map<string, AnyOther>()
  #list: readonly AnyOther[] | undefined = []

  constructor() {
    this.store = createStore(() => {
      this.#list ??= [...this.#others.values()].sort((a, b) => (a.id < b.id ? -1 : 1))
      return this.#list
    })
  }

  get size(): number {
    return this.#others.size
  }

  has(id: string): boolean {
    return this.#others.has(id)
  }

  /** It is here and shows this. */
  show(id: string, fields: readonly (readonly [name: string, value: Json])[]): void {
    this.#others.set(id, Object.freeze({ id, presence: Object.freeze(Object.fromEntries(fields)) }))
    this.#list = undefined
  }

  hide(id: string): void {
    if (this.#others.delete(id)) this.#list = undefined
  }
}
