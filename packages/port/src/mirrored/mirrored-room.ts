/**
 * Mirrored room: a room of a view, at the other end of a port.
 *
 * The presence that the view sets is its own: the member's side merges it with that of the other views.
 */
import type {
  DocumentAwareness,
  DocumentOptions,
  Json,
  Member,
  Other,
  Presence,
  PresenceEvents,
  Provider,
  Room,
  RoomDocument,
  RoomEvents,
  Store,
} from '@hearsay/core'
import {
  AppEvents,
  type AppNotifications,
  broadcastValue,
  checkFields,
  LocalPresence,
  NotAllowedError,
  NotRunningError,
} from '@hearsay/core/app'
import type { TypedEventTarget } from 'main-event'
import type * as Y from 'yjs'
import { refusal, report } from '../answer.ts'
import type { DocumentChange, OpenedRoom, RemoteMember } from '../contract.ts'
import type { TableDiff } from '../table.ts'
import { othersCodec, sameList } from '../tables.ts'
import { MirroredDocuments } from './mirrored-documents.ts'
import { MirroredStore } from './mirrored-store.ts'

type Fields = Record<string, Json>

export interface MirroredRoomOptions {
  readonly name: string
  /** The number of the room in batches and calls. */
  readonly number: number
  readonly notifications: AppNotifications
  readonly member: RemoteMember
  /** All members of the cluster. */
  readonly members: Store<readonly Member[]>
  readonly left: () => void
}

export class MirroredRoom implements Room<Fields> {
  readonly name: string
  readonly members: MirroredStore<readonly Member[]>
  readonly presence: Presence<Fields>
  /** Resolves when the content of the room has arrived. */
  readonly isShown: Promise<void>
  readonly #options: MirroredRoomOptions
  readonly #own: LocalPresence
  readonly #others: MirroredStore<readonly Other<Fields>[]>
  readonly #events: AppEvents<RoomEvents>
  readonly #presenceEvents: AppEvents<PresenceEvents>
  readonly #documents: MirroredDocuments
  #show: () => void = () => {}
  #isOpen = true
  #isWritable = false
  #isSending = false

  constructor(options: MirroredRoomOptions) {
    const { name, notifications, members } = options
    this.name = name
    this.#options = options
    this.#events = new AppEvents(notifications)
    this.#presenceEvents = new AppEvents(notifications)
    this.#own = new LocalPresence(notifications, () => 0)
    const { read } = othersCodec()
    this.#others = new MirroredStore(notifications, read) as unknown as MirroredStore<
      readonly Other<Fields>[]
    >
    let shown: readonly Member[] = []
    this.members = new MirroredStore(notifications, table => {
      const inRoom = members.getSnapshot().filter(({ id }) => table.has(id))
      shown = sameList(shown, inRoom)
      return shown
    })
    this.presence = {
      own: this.#own.store,
      others: this.#others,
      events: this.#presenceEvents,
      set: change => this.#setPresence(change),
      view() {
        throw new NotAllowedError('presence.view: only in the process of the member. This is a view already')
      },
    }
    const { number: room, member } = options
    this.#documents = new MirroredDocuments({
      room,
      notifications,
      member,
      isOpen: () => this.#isOpen,
      claim: (document, claim) => {
        if (this.#isOpen) report(member.claim(room, document, claim))
      },
    })
    this.isShown = new Promise(resolve => {
      this.#show = resolve
    })
  }

  get events(): TypedEventTarget<RoomEvents> {
    return this.#events
  }

  get doc(): Y.Doc {
    return this.document('').doc
  }

  get awareness(): DocumentAwareness {
    return this.document('').awareness
  }

  get provider(): Provider {
    return this.document('').provider
  }

  document(name: string, options?: DocumentOptions): RoomDocument {
    return this.#options.notifications.step(() => this.#documents.get(name, options))
  }

  broadcast(value: unknown): void {
    const { member, number } = this.#options
    this.#checkWritable('broadcast')
    report(member.broadcast(number, broadcastValue(value).value))
  }

  leave(): void {
    if (!this.#isOpen) return
    const { member, number } = this.#options
    this.end()
    void member.close(number)
  }

  /** The member's side has entered the room. */
  opened({ isWritable }: OpenedRoom): void {
    this.#isWritable = isWritable
  }

  /** The room was left, or the port has closed. */
  end(): void {
    if (!this.#isOpen) return
    this.#documents.disconnect()
    this.#isOpen = false
    this.#show()
    this.#options.left()
  }

  changed(store: string, diff: TableDiff): void {
    switch (store) {
      case 'members':
        this.members.apply(diff)
        // This member is always in the list.
        this.#show()
        break
      case 'others':
        this.#others.apply(diff)
        break
    }
  }

  /** The members of the cluster have changed, perhaps some in this room. */
  membersChanged(): void {
    this.members.refresh()
  }

  documentChanged(name: string, change: DocumentChange): void {
    this.#documents.changed(name, change)
  }

  event(type: string, detail: unknown, document: string | undefined): void {
    if (document !== undefined) this.#documents.event(type, document, detail)
    else if (type === 'event') this.#events.emit('event', detail as never)
    else this.#presenceEvents.emit('update', detail as never)
  }

  #setPresence(change: unknown): void {
    checkFields(change)
    this.#checkWritable('presence')
    if (!this.#own.set(change as Record<string, unknown>) || this.#isSending) return
    this.#isSending = true
    queueMicrotask(() => {
      this.#isSending = false
      const { member, number } = this.#options
      const fields = this.#own
        .takeUnsent()
        .flatMap(body => (body.type === 'field' ? [[body.name, body.value]] : []))
      if (this.#isOpen) report(member.setPresence(number, Object.fromEntries(fields)))
    })
  }

  #checkWritable(what: string): void {
    if (!this.#isOpen) throw new NotRunningError(`${what}: the room was left`)
    if (!this.#isWritable) throw new NotAllowedError(refusal(`${what} in room '${this.name}'`))
  }
}
