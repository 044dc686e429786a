/**
 * Private rooms: the private rooms to which this member is subscribed, by their space tags, and the tags that stand for them
 * in the records of members.
 *
 * Inside the member, a private room has its space tag like any other space. Only the records have other tags.
 */
import type { SpaceGeneration } from '../wire/fact.ts'
import type { PrivateRoom } from '../wire/private-room.ts'

type Spaces = readonly SpaceGeneration[]

export class PrivateRooms {
  readonly #rooms = new Map<string, PrivateRoom>()
  /** The spaces in a record → the same spaces with their space tags. A record belongs to one member. */
  #translated = new WeakMap<Spaces, Spaces>()

  add(room: PrivateRoom): void {
    this.#rooms.set(room.space, room)
    this.#translated = new WeakMap()
  }

  remove(space: string): void {
    if (this.#rooms.delete(space)) this.#translated = new WeakMap()
  }

  /** Undefined: the space is not private, or this member is not in it. */
  of(space: string): PrivateRoom | undefined {
    return this.#rooms.get(space)
  }

  /** The spaces as the record of this member contains them. */
  announced(member: string, spaces: Spaces): Spaces {
    return spaces.map(each => ({ ...each, space: this.of(each.space)?.tagOf(member) ?? each.space }))
  }

  /** The spaces of a record. Private rooms that this member is not in keep the tags of the record, which reveal nothing. */
  spacesIn(member: string, announced: Spaces): Spaces {
    if (this.#rooms.size === 0 || announced.length === 0) return announced
    const known = this.#translated.get(announced)
    if (known) return known
    const tags = new Map([...this.#rooms.values()].map(room => [room.tagOf(member), room.space]))
    // No record lists a private room under its space tag.
    const spaces = announced
      .filter(({ space }) => !this.#rooms.has(space))
      .map(each => ({ ...each, space: tags.get(each.space) ?? each.space }))
    this.#translated.set(announced, spaces)
    return spaces
  }
}
