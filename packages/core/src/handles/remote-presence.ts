/**
 * Remote presence: the other members in a room, and the fields that they publish.
 *
 * A member that has not changed keeps its object; while no member changes, the list stays the same object. Fields of an
 * earlier generation (visit to the room) do not carry over to a later one.
 */

import type { MemberPresence, MemberView } from '../rooms/member-views.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import { type AnyOther, otherOf } from './other-presence.ts'

interface ShownMember {
  readonly generation: number
  readonly other: AnyOther
  readonly views: readonly MemberView[]
}

export class RemotePresence {
  readonly store: OwnedStore<readonly AnyOther[]>
  /** By id. */
  readonly #others = new Map<string, ShownMember>()
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

  /** The presence of the member for the app; undefined if the member is not shown. */
  of(id: string): ShownMember | undefined {
    return this.#others.get(id)
  }

  /** Shows the member in this generation, with this presence. */
  set(id: string, generation: number, presence: MemberPresence): AnyOther {
    const known = this.#others.get(id)
    const before = known?.generation === generation ? known.other : undefined
    const other = otherOf(id, presence, before)
    this.#others.set(id, { generation, other, views: presence.views })
    if (other !== known?.other) this.#list = undefined
    return other
  }

  remove(id: string): void {
    if (this.#others.delete(id)) this.#list = undefined
  }
}
