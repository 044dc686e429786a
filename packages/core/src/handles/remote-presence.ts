/**
 * Remote presence: the other members in a room, and the fields that they publish.
 *
 * A member that has not changed keeps its object; while no member changes, the list stays the same object. Fields of an
 * earlier generation (visit to the room) do not carry over to a later one.
 */

import type { Other } from '../api/room.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import type { Json } from '../wire/json.ts'

type AnyOther = Other<Record<string, Json>>

export class RemotePresence {
  readonly store: OwnedStore<readonly AnyOther[]>
  /** By id. */
  readonly #others = new Map<string, { readonly generation: number; readonly other: AnyOther }>()
  #list: readonly AnyOther[] | undefined = []

  constructor(notifications: AppNotifications) {
    this.store = createStore(notifications, () => {
      this.#list ??= [...this.#others.values()]
        .map(({ other }) => other)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
      return this.#list
    })
  }

  get size(): number {
    return this.#others.size
  }

  /** The generation in which the member is shown; undefined if it is not shown. */
  generationOf(id: string): number | undefined {
    return this.#others.get(id)?.generation
  }

  /** Shows the member in this generation, with these fields. */
  set(id: string, generation: number, fields: readonly (readonly [name: string, value: Json])[]): void {
    const other = Object.freeze({ id, presence: Object.freeze(Object.fromEntries(fields)) })
    this.#others.set(id, { generation, other })
    this.#list = undefined
  }

  remove(id: string): void {
    if (this.#others.delete(id)) this.#list = undefined
  }
}
