/**
 * Shared rooms: the rooms of one member that its views have open.
 *
 * The member enters a room with the first view and leaves it with the last one. The presence of the views is merged: of
 * fields with the same name, the one that was set last counts, and the field of a closed view gives way to another view's.
 */
import type { Cluster, Json, Room } from '@hearsay/core'
import { SharedSpaces } from './shared-spaces.ts'

type Fields = ReadonlyMap<string, Json>

export class SharedRooms {
  readonly #cluster: Cluster
  readonly #rooms = new SharedSpaces<SharedRoom>(({ room }) => room.leave())

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  /** @throws the errors of `Cluster.room` */
  async enter(name: string, view: string): Promise<SharedRoom> {
    const shared = await this.#rooms.enter(name, async () => new SharedRoom(await this.#cluster.room(name)))
    shared.enter(view)
    return shared
  }

  leave(shared: SharedRoom, view: string): void {
    shared.leave(view)
    this.#rooms.leave(shared.room.name)
  }
}

export class SharedRoom {
  readonly room: Room<Record<string, Json>>
  /** View → the fields of its presence. The view that set a field last comes last. */
  readonly #views = new Map<string, Fields>()

  constructor(room: Room<Record<string, Json>>) {
    this.room = room
  }

  enter(view: string): void {
    this.#views.set(view, new Map())
  }

  /** @throws {InvalidValueError} nothing has changed */
  setPresence(view: string, fields: Readonly<Record<string, Json | undefined>>): void {
    this.room.presence.set(fields)
    const own = new Map(this.#views.get(view))
    for (const [name, value] of Object.entries(fields))
      if (value === undefined) own.delete(name)
      else own.set(name, value)
    this.#views.delete(view)
    this.#views.set(view, own)
    this.#showOthersOf(Object.keys(fields).filter(name => fields[name] === undefined))
  }

  leave(view: string): void {
    const own = this.#views.get(view)
    this.#views.delete(view)
    const names = [...(own?.keys() ?? [])]
    if (this.#views.size > 0 && names.length > 0) {
      this.room.presence.set(Object.fromEntries(names.map(name => [name, this.#latest(name)])))
    }
  }

  /** Fields that one view has removed and another view still has. */
  #showOthersOf(names: readonly string[]): void {
    const present = names.flatMap(name => {
      const value = this.#latest(name)
      return value === undefined ? [] : [[name, value] as const]
    })
    if (present.length > 0) this.room.presence.set(Object.fromEntries(present))
  }

  #latest(name: string): Json | undefined {
    return [...this.#views.values()].findLast(fields => fields.has(name))?.get(name)
  }
}
