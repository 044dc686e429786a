/** Served rooms: the rooms that one view has open. */
import type { Cluster, RoomOptions } from '@hearsay/core'
import { NotRunningError } from '@hearsay/core/app'
import type { OpenedRoom } from '../contract.ts'
import { othersCodec, writeIds } from '../table-codecs.ts'
import type { ViewRights } from './rights.ts'
import { ServedRoom } from './served-room.ts'
import { StoreMirror } from './store-mirror.ts'
import type { ViewQueue } from './view-queue.ts'
import type { NumberedSpace, ViewSubscriptions } from './view-subscriptions.ts'

export interface ServedRoomsOptions {
  readonly cluster: Cluster
  readonly rights: ViewRights
  readonly queue: ViewQueue
  readonly subscriptions: ViewSubscriptions
  /** Id of the view. */
  readonly view: string
}

export class ServedRooms {
  readonly #options: ServedRoomsOptions
  readonly #open = new Map<number, ServedRoom>()

  constructor(options: ServedRoomsOptions) {
    this.#options = options
  }

  /** @param isFocused whether the user turned to this view last */
  async open(space: NumberedSpace, options: RoomOptions, isFocused: () => boolean): Promise<OpenedRoom> {
    const { cluster, rights, queue, subscriptions, view } = this.#options
    const { number, name } = space
    const access = rights.room(name)
    rights.check(access === 'read' || access === 'write', `room '${name}'`)
    const room = await subscriptions.open(space, () => cluster.room(name, options))
    const isWritable = access === 'write'
    const served = new ServedRoom({ number, view, room, rights, isWritable, queue })
    this.#open.set(number, served)
    subscriptions.onClose(number, () => {
      this.#open.delete(number)
      served.close()
    })
    if (isFocused()) served.focus()
    const changed = () => queue.changed()
    subscriptions.mirror(number, 'members', new StoreMirror(room.members, writeIds, changed))
    subscriptions.mirror(
      number,
      'others',
      new StoreMirror(room.presence.others, othersCodec().write, changed),
    )
    subscriptions.listen(number, room.presence.events, 'update')
    subscriptions.listen(number, room.events, 'event')
    for (const store of ['members', 'others']) subscriptions.watch([number, store], true)
    return { isWritable }
  }

  /** @throws {NotRunningError} the view has left the room */
  get(number: number): ServedRoom {
    const room = this.#open.get(number)
    if (!room) throw new NotRunningError('the room was left')
    return room
  }

  /** Does nothing if the view has left the room. */
  closeDocument(number: number, document: string): void {
    this.#open.get(number)?.closeDocument(document)
  }

  /** The user turned to the view. */
  focus(): void {
    for (const room of this.#open.values()) room.focus()
  }
}
