/** Mirrored rooms: the rooms that a view has entered, each once. */
import type { Member, RoomOptions, Store } from '@hearsay/core'
import {
  type AppNotifications,
  checkSameRoom,
  countOpenings,
  firstOpening,
  type Openings,
  type RoomSettings,
  roomSettings,
} from '@hearsay/core/app'
import { resultOf } from '../answer.ts'
import type { RemoteMember } from '../contract.ts'
import { MirroredRoom } from './mirrored-room.ts'
import type { MirroredSpace } from './mirrored-space.ts'

export interface MirroredRoomsOptions {
  /** The id and the roles of this member. */
  readonly self: () => Pick<Member, 'id' | 'roles'>
  readonly notifications: AppNotifications
  readonly member: RemoteMember
  /** All members of the cluster. */
  readonly members: Store<readonly Member[]>
  /** The rooms and configs of the view, by their numbers. */
  readonly spaces: Map<number, MirroredSpace>
  /** @returns a number that no other room or config of the view has */
  readonly nextNumber: () => number
}

export class MirroredRooms {
  readonly #options: MirroredRoomsOptions
  readonly #rooms = new Map<
    string,
    { settings: RoomSettings; openings: Openings; room: Promise<MirroredRoom> }
  >()

  constructor(options: MirroredRoomsOptions) {
    this.#options = options
  }

  /** Enters the room, or returns its object if it is open with the same options. @throws {InvalidOptionsError} */
  async open(name: string, options: RoomOptions): Promise<MirroredRoom> {
    const settings = roomSettings(options, () => true)
    const known = this.#rooms.get(name)
    if (known) {
      checkSameRoom(name, known.settings, settings)
      known.openings.app += 1
      return known.room
    }
    const openings = firstOpening()
    const room = this.#open(name, settings, openings)
    this.#rooms.set(name, { settings, openings, room })
    return room
  }

  async #open(name: string, settings: RoomSettings, openings: Openings): Promise<MirroredRoom> {
    const { spaces, nextNumber, member } = this.#options
    const number = nextNumber()
    const left = () => {
      spaces.delete(number)
      this.#rooms.delete(name)
    }
    const room = new MirroredRoom({ ...this.#options, name, number, settings, left })
    spaces.set(number, room)
    countOpenings(room, openings)
    try {
      room.opened(resultOf(await room.open(member)))
    } catch (error) {
      // A room that could not be opened may be opened later.
      room.end()
      throw error
    }
    await room.isShown
    return room
  }
}
