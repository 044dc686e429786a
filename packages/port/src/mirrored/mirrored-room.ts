/**
 * Mirrored room: a room of a view, at the other end of a port.
 *
 * The presence that the view sets is its own: the member's side merges it with that of the other views.
 */
import type {
  DocumentAwareness,
  DocumentOptions,
  HeldBy,
  HeldByOptions,
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
  endAppOpenings,
  givenWriters,
  LocalPresence,
  mayWrite,
  NotAllowedError,
  NotRunningError,
  type RoomSettings,
} from '@hearsay/core/app'
import type { TypedEventTarget } from 'main-event'
import type * as Y from 'yjs'
import { type Answer, refusal, report, reportUnlessEnded, resultOf } from '../answer.ts'
import type { DocumentChange, OpenedRoom, RemoteMember } from '../contract.ts'
import type { Row, TableDiff } from '../table.ts'
import { othersCodec, sameList } from '../table-codecs.ts'
import { MirroredDocuments } from './mirrored-documents.ts'
import type { MirroredSpace } from './mirrored-space.ts'
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
  readonly settings: RoomSettings
  /** The id and the roles of this member. */
  readonly self: () => Pick<Member, 'id' | 'roles'>
  readonly left: () => void
}

export class MirroredRoom implements Room<Fields>, MirroredSpace {
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
  /** Whether the member's side has entered the room over the present connection. */
  #isAttached = false
  #isEntered = false
  /** The presence of others before the last batch, while the stores keep rows. */
  #before: readonly Other<Fields>[] | undefined
  #isWritable = false
  #isSending = false

  constructor(options: MirroredRoomOptions) {
    const { name, notifications, members } = options
    this.name = name
    this.#options = options
    this.#events = new AppEvents(notifications)
    this.#presenceEvents = new AppEvents(notifications)
    this.#own = new LocalPresence(notifications)
    const { read } = othersCodec()
    // A member appears in a room a moment before its presence.
    const isComplete = (row: Row) => Object.keys(row).length > 0
    this.#others = new MirroredStore(notifications, read, { isComplete }) as unknown as MirroredStore<
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
        throw new NotAllowedError(
          'presence.view: call it in the process of the member. This is a view already',
        )
      },
    }
    const { number: room, member } = options
    this.#documents = new MirroredDocuments({
      room,
      notifications,
      member,
      state: () => (this.#isOpen ? (this.#isAttached ? 'open' : 'detached') : 'left'),
      writers: options.settings.writers,
      rights: () => ({ ofMember: this.#mayMemberWrite(), ofView: this.#isWritable }),
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

  /** False until the member's side has entered the room. */
  get canWrite(): boolean {
    return this.#isWritable && this.#mayMemberWrite()
  }

  document(name: string, options?: DocumentOptions): RoomDocument {
    return this.#options.notifications.step(() => this.#documents.get(name, options))
  }

  broadcast(value: unknown): void {
    const { member, number } = this.#options
    this.#checkWritable('broadcast')
    report(member.broadcast(number, broadcastValue(value).value))
  }

  /** Enters the room on the member's side. */
  open(member: RemoteMember): Promise<Answer<OpenedRoom>> {
    const { number, name, settings } = this.#options
    const { writers, secret } = settings
    return member.openRoom(number, name, { writers: givenWriters(writers), secret })
  }

  async heldBy(options?: HeldByOptions): Promise<HeldBy> {
    if (!this.#isOpen) throw new NotRunningError(`heldBy: the room '${this.name}' was left: enter it again`)
    const { member, number } = this.#options
    return resultOf(await member.spaceHeldBy(number, options))
  }

  leave(): void {
    if (this.#isOpen && endAppOpenings(this) === 'none') this.close()
  }

  close(): void {
    if (!this.#isOpen) return
    const { member, number } = this.#options
    this.end()
    void member.close(number)
  }

  /** The member's side has entered the room. */
  opened({ isWritable }: OpenedRoom): void {
    this.#isWritable = isWritable
    this.#isEntered = true
    this.#isAttached = true
  }

  detach(): void {
    this.#isAttached = false
    this.members.keep()
    this.#others.keep()
    this.#before = this.#others.getSnapshot()
    this.#documents.detach()
  }

  async attach(member: RemoteMember): Promise<void> {
    const { number } = this.#options
    // A room that is being entered is entered over the new connection, because the call is repeated.
    if (!this.#isEntered) return
    try {
      this.opened(resultOf(await this.open(member)))
    } catch (error) {
      this.end()
      reportUnlessEnded(error)
    }
    if (!this.#isOpen) return
    this.#own.takeUnsent()
    const own = this.#own.store.getSnapshot()
    if (Object.keys(own).length > 0) report(member.setPresence(number, own))
    await this.#documents.attach(member)
  }

  settle(): void {
    this.members.settle()
    this.#others.settle()
    this.#before = undefined
  }

  /** The room was left, or the view has ended. */
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
        if (this.#before) this.#before = this.#others.getSnapshot()
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
    else if (!this.#isShown(detail as { id: string })) this.#presenceEvents.emit('update', detail as never)
  }

  /** Whether the view has shown the presence of this member before it was attached again. */
  #isShown({ id }: { readonly id: string }): boolean {
    const find = (others: readonly Other<Fields>[]) => others.find(other => other.id === id)
    return this.#before !== undefined && find(this.#before) === find(this.#others.getSnapshot())
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

  #mayMemberWrite(): boolean {
    const { settings, self } = this.#options
    return mayWrite(settings.writers, self())
  }

  #checkWritable(what: string): void {
    if (!this.#isOpen) throw new NotRunningError(`${what}: the room '${this.name}' was left: enter it again`)
    if (!this.#isWritable) throw new NotAllowedError(refusal(`${what} in room '${this.name}'`))
  }
}
