/**
 * Served view: one view on the member's side. It answers the view's calls within its rights, and sends it the changes that
 * the view watches.
 *
 * Nothing that a view sends harms the member: each call is checked, and an error is its answer.
 */
import type { Cluster, Explanation, Json } from '@hearsay/core'
import { InvalidOptionsError, NotRunningError, systemClock } from '@hearsay/core/app'
import { answer, answerLater } from '../answer.ts'
import {
  type Answer,
  type Batch,
  clusterNumber,
  contractVersion,
  type MemberCalls,
  type OpenedRoom,
  type StoreName,
  type UpdateChange,
  type Welcome,
} from '../contract.ts'
import { healthCodec, heartbeatsCodec, membersCodec, othersCodec, writeIds } from '../tables.ts'
import type { ViewRights } from './rights.ts'
import type { SharedRoom, SharedRooms } from './shared-rooms.ts'
import { StoreMirror } from './store-mirror.ts'
import { ViewQueue } from './view-queue.ts'

export interface ServedViewOptions {
  readonly cluster: Cluster
  readonly rooms: SharedRooms
  readonly rights: ViewRights
  /** Id of the view. */
  readonly view: string
  readonly send: (batch: Batch) => void
  /** The view has ended. */
  readonly ended: () => void
}

interface OpenRoom {
  readonly shared: SharedRoom
  readonly isWritable: boolean
}

const memberEvents = ['join', 'update', 'suspect', 'recover', 'fail', 'leave', 'storage', 'identity'] as const
/** Our choice: as many as a member can be in. */
const maxSpaces = 256

export class ServedView implements MemberCalls {
  readonly #options: ServedViewOptions
  readonly #queue: ViewQueue
  readonly #mirrors = new Map<string, StoreMirror<never>>()
  readonly #rooms = new Map<number, OpenRoom>()
  /** Ends what the view follows, by number of the cluster, room or config. */
  readonly #undo = new Map<number, (() => void)[]>()
  #lastNumber = clusterNumber
  #refusedCalls = 0
  #isEnded = false

  constructor(options: ServedViewOptions) {
    this.#options = options
    this.#queue = new ViewQueue(systemClock, options.send)
  }

  /** The number of calls that were answered with an error. */
  get refusedCalls(): number {
    return this.#refusedCalls
  }

  connect(version: number): Answer<Welcome> {
    return this.#answer(() => {
      if (version !== contractVersion)
        throw new InvalidOptionsError(
          `connectCluster: the view has version ${version} of the protocol and the member has ${contractVersion}. Use the same version of @hearsay/port on both sides`,
        )
      const { cluster, rights, view } = this.#options
      this.#mirror(clusterNumber, 'members', new StoreMirror(cluster.members, membersCodec.write, this.#changed))
      this.#mirror(clusterNumber, 'heartbeats', new StoreMirror(cluster.heartbeats, heartbeatsCodec.write, this.#changed))
      this.#mirror(clusterNumber, 'health', new StoreMirror(cluster.health, healthCodec.write, this.#changed))
      for (const type of memberEvents)
        this.#listen(clusterNumber, cluster.events, type, ({ detail }) => detail)
      for (const store of ['members', 'health']) this.watch([clusterNumber, store], true)
      const { update, leave } = rights
      return { version: contractVersion, cluster: cluster.name, self: cluster.self.id, view, rights: { update, leave } }
    })
  }

  acknowledge(number: number): void {
    this.#queue.acknowledge(number)
  }

  setHidden(isHidden: boolean): void {
    this.#queue.setHidden(isHidden === true)
  }

  watch(store: StoreName, isWatched: boolean): void {
    if (Array.isArray(store)) this.#mirrors.get(store.join())?.watch(isWatched === true)
  }

  explain(memberId: string): Promise<Answer<Explanation>> {
    return this.#answerLater(() => this.#options.cluster.explain(memberId))
  }

  update(change: UpdateChange): Answer<void> {
    return this.#answer(() => {
      const { rights, cluster } = this.#options
      rights.check(rights.update, 'update')
      cluster.update(change)
    })
  }

  leave(): Promise<Answer<void>> {
    return this.#answerLater(async () => {
      const { rights, cluster } = this.#options
      if (rights.leave) await cluster.leave()
    })
  }

  openRoom(name: string): Promise<Answer<OpenedRoom>> {
    return this.#answerLater(async () => {
      const { rights, rooms, view } = this.#options
      const access = rights.room(name)
      rights.check(access !== undefined, `room '${name}'`)
      this.#checkSpaces()
      const shared = await rooms.enter(name, view)
      const { room } = shared
      if (this.#isEnded) {
        rooms.leave(shared, view)
        throw new NotRunningError('the view has ended')
      }
      const number = ++this.#lastNumber
      const isWritable = access === 'write'
      this.#rooms.set(number, { shared, isWritable })
      const { write } = othersCodec()
      this.#mirror(number, 'members', new StoreMirror(room.members, writeIds, this.#changed))
      this.#mirror(number, 'others', new StoreMirror(room.presence.others, write, this.#changed))
      this.#listen(number, room.events, 'event', ({ detail }) => detail)
      this.#listen(number, room.presence.events, 'update', ({ detail }) => detail)
      for (const store of ['members', 'others']) this.watch([number, store], true)
      return { number, isWritable }
    })
  }

  setPresence(number: number, fields: Readonly<Record<string, Json | undefined>>): Answer<void> {
    return this.#answer(() => this.#writableRoom(number, 'presence').setPresence(this.#options.view, fields))
  }

  broadcast(number: number, value: Json): Answer<void> {
    return this.#answer(() => this.#writableRoom(number, 'broadcast').room.broadcast(value))
  }

  close(number: number): void {
    for (const undo of this.#undo.get(number) ?? []) undo()
    this.#undo.delete(number)
    this.#queue.remove(number)
    const room = this.#rooms.get(number)
    this.#rooms.delete(number)
    if (room) this.#options.rooms.leave(room.shared, this.#options.view)
  }

  /** Ends the view: its presence disappears, and nothing is sent to it any more. */
  end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    for (const number of [...this.#undo.keys()]) this.close(number)
    this.#queue.stop()
    this.#options.ended()
  }

  readonly #changed = (): void => this.#queue.changed()

  #mirror<T>(owner: number, name: string, mirror: StoreMirror<T>): void {
    const key: StoreName = [owner, name]
    this.#mirrors.set(key.join(), mirror as StoreMirror<never>)
    this.#queue.addStore(key, mirror)
    this.#addUndo(owner, () => {
      mirror.watch(false)
      this.#mirrors.delete(key.join())
    })
  }

  #listen<Detail>(
    owner: number,
    events: {
      addEventListener(type: never, listener: (event: never) => void): void
      removeEventListener(type: never, listener: (event: never) => void): void
    },
    type: string,
    detailOf: (event: CustomEvent<Detail>) => unknown,
  ): void {
    const listener = (event: CustomEvent<Detail>) => this.#queue.event(owner, type, detailOf(event))
    events.addEventListener(type as never, listener as never)
    this.#addUndo(owner, () => events.removeEventListener(type as never, listener as never))
  }

  #addUndo(owner: number, undo: () => void): void {
    this.#undo.set(owner, [...(this.#undo.get(owner) ?? []), undo])
  }

  #checkSpaces(): void {
    if (this.#rooms.size >= maxSpaces)
      throw new InvalidOptionsError(`room: this view has ${maxSpaces} rooms and configs open already`)
  }

  #writableRoom(number: number, what: string): SharedRoom {
    const room = this.#rooms.get(number)
    if (!room) throw new InvalidOptionsError(`${what}: the room was left`)
    this.#options.rights.check(room.isWritable, `${what} in room '${room.shared.room.name}'`)
    return room.shared
  }

  #answer<T>(act: () => T): Answer<T> {
    return this.#counted(answer(act))
  }

  async #answerLater<T>(act: () => Promise<T>): Promise<Answer<T>> {
    return this.#counted(await answerLater(act))
  }

  #counted<T>(given: Answer<T>): Answer<T> {
    if ('error' in given) this.#refusedCalls += 1
    return given
  }
}
