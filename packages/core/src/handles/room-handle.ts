/**
 * Room handle: the room that an app uses. The handle reads the local replica, and sends through the driver of this member's
 * spaces.
 *
 * Events fire after the step that caused them, when stores are up to date; presence events at most once for each member
 * and step.
 */
import type { TypedEventTarget } from 'main-event'
import type * as Y from 'yjs'
import { RateLimitError } from '../api/errors.ts'
import type { HeldBy, HeldByOptions } from '../api/held-by.ts'
import type { Presence, PresenceEvents } from '../api/presence.ts'
import type { Room, RoomEvents } from '../api/room.ts'
import type { DocumentAwareness, DocumentOptions, Provider, RoomDocument } from '../api/room-document.ts'
import { broadcastValue } from '../api/shared-value.ts'
import type { Store } from '../api/store.ts'
import type { Member } from '../member/member.ts'
import { type RoomListener, RoomReplica } from '../rooms/room-replica.ts'
import { AppEvents } from '../runtime/app-events.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { endAppOpenings } from '../runtime/handle-openings.ts'
import type { SpaceListener, SpacesDriver } from '../runtime/spaces-driver.ts'
import { ownRate } from '../spaces/space-rates.ts'
import type { ClusterView, SpaceRoster } from '../spaces/space-roster.ts'
import type { DocumentStorage } from '../storage/document-storage.ts'
import { isMisdated } from '../table/incarnation.ts'
import type { Json } from '../wire/json.ts'
import type { EventFact } from '../wire/space-fact.ts'
import { checkFields, LocalPresence } from './local-presence.ts'
import { PresenceChanges } from './presence-changes.ts'
import { PresencePublisher } from './presence-publisher.ts'
import { PresenceViews } from './presence-views.ts'
import { RoomDocumentsHost, roomLeftError } from './room-documents-host.ts'
import { RoomView } from './room-view.ts'
import type { SignedRoom } from './signed-room.ts'

type Fields = Record<string, Json>

export interface RoomHandleOptions {
  readonly name: string
  /** The space tag. */
  readonly space: string
  readonly driver: SpacesDriver
  readonly notifications: AppNotifications
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  readonly cluster: ClusterView
  readonly spaceRoster: SpaceRoster
  readonly memberOf: (id: string) => Member | undefined
  readonly storage: DocumentStorage
  /** The documents of a room that has writers; undefined: all members may write. */
  readonly signed: SignedRoom | undefined
  /** The local member's incarnation. */
  readonly incarnation: () => number
  readonly heldBy: (options: HeldByOptions | undefined) => Promise<HeldBy>
  readonly onLeave: () => void
}

export class RoomHandle implements Room<Fields>, RoomListener, SpaceListener {
  readonly name: string
  readonly presence: Presence<Fields>
  readonly #options: RoomHandleOptions
  readonly #events: AppEvents<RoomEvents>
  readonly #presenceEvents: AppEvents<PresenceEvents>
  readonly #publisher: PresencePublisher
  readonly #view: RoomView
  readonly #documents: RoomDocumentsHost
  #generation: number
  /** The changes since the last step. */
  #changes = new PresenceChanges()
  readonly #arrivedEvents: EventFact[] = []
  #broadcasts = 0
  #isOpen = true

  constructor(options: RoomHandleOptions) {
    const { name, space, cluster, spaceRoster, notifications, driver, signed } = options
    const { self } = cluster
    this.name = name
    this.#options = options
    this.#events = new AppEvents(notifications)
    this.#presenceEvents = new AppEvents(notifications)
    const replica = new RoomReplica({
      self,
      spaceRoster,
      others: () => driver.othersIn(space),
      suspects: () => driver.suspectsIn(space),
      listener: this,
      isSigned: signed !== undefined,
    })
    const localPresence = new LocalPresence(notifications, {
      present: () => this.#generation,
      renew: () => {
        this.#generation = driver.renew(space, options.incarnation()) ?? this.#generation
      },
    })
    this.#view = new RoomView(options, replica)
    this.#publisher = new PresencePublisher(options, localPresence, this.#view.members)
    const views = new PresenceViews({
      notifications,
      presence: localPresence,
      publisher: this.#publisher,
      checkOpen: () => this.#checkOpen(),
      awarenessChanged: () => this.#documents.viewAwarenessChanged(),
    })
    this.#documents = new RoomDocumentsHost(options, replica, this.#view, {
      local: localPresence,
      publisher: this.#publisher,
      views,
    })
    this.presence = {
      own: localPresence.store,
      others: this.#view.others,
      events: this.#presenceEvents,
      set: change => this.#setPresence(change),
      view: id => views.open(id),
    }
    for (const id of cluster.memberIds()) if (id !== self) replica.memberChanged(id)
    this.#generation = driver.enter(space, replica, this, options.incarnation())
    this.#documents.entered()
  }

  get events(): TypedEventTarget<RoomEvents> {
    return this.#events
  }

  get members(): Store<readonly Member[]> {
    return this.#view.members
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

  get canWrite(): boolean {
    return this.#documents.canWrite
  }

  document(name: string, options?: DocumentOptions): RoomDocument {
    return this.#options.notifications.step(() => this.#documents.get(name, options))
  }

  broadcast(value: unknown): void {
    const { driver, space } = this.#options
    this.#checkOpen()
    const { value: carried, bytes } = broadcastValue(value)
    if (!driver.mayBroadcast(bytes))
      throw new RateLimitError(
        `broadcast: this member broadcasts more than other members accept, ${ownRate.bytesPerSecond / 1_024} KiB a second after ${ownRate.burstBytes / 1_048_576} MiB. Broadcast less often, or share larger data in a document`,
      )
    this.#broadcasts += 1
    void driver.publish(space, [
      { type: 'event', generation: this.#generation, number: this.#broadcasts, value: carried },
    ])
  }

  async heldBy(options?: HeldByOptions): Promise<HeldBy> {
    this.#checkOpen()
    return this.#options.heldBy(options)
  }

  leave(): void {
    const { notifications, driver, space, signed } = this.#options
    if (!this.#isOpen) return
    notifications.step(() => {
      const remaining = endAppOpenings(this)
      if (remaining === 'views') this.#withdraw()
      if (remaining !== 'none') return
      this.close()
      signed?.leave()
      driver.leave(space)
    })
  }

  /** Resolves when all changes so far are stored. @throws {StorageError} */
  async stored(): Promise<void> {
    const { storage, signed } = this.#options
    await signed?.stored()
    await storage.stored()
  }

  /** Resolves when all changes so far are signed. */
  async signed(): Promise<void> {
    await this.#options.signed?.signed()
  }

  /** Sends pending changes immediately. */
  flush(): void {
    this.#documents.flush()
  }

  /** Closes the handle without announcing a leave. The handle cannot be used any more. */
  close(): void {
    if (!this.#isOpen) return
    this.#options.notifications.step(() => {
      this.#documents.flush()
      this.#isOpen = false
      this.#publisher.stop()
      this.#documents.close()
      this.#options.signed?.close()
      this.#options.onLeave()
    })
  }

  presenceChanged(author: string, field: string | undefined): void {
    this.#changes.add(author, field)
  }

  eventArrived(fact: EventFact): void {
    if (fact.author !== this.#options.cluster.self) this.#arrivedEvents.push(fact)
  }

  carriedChanged(document: string, isCarried: boolean): void {
    const { announcer } = this.#documents
    if (isCarried) announcer.opened(document, undefined)
    else announcer.closed(document)
  }

  unreachable(): ReadonlySet<string> {
    return this.#documents.announcer.unreachable()
  }

  stepped(): void {
    const changes = this.#changes
    this.#changes = new PresenceChanges()
    if (changes.fields.size > 0) {
      const updates = this.#view.show(changes)
      this.#documents.presenceChanged(changes)
      for (const update of updates) this.#presenceEvents.emit('update', update)
    }
    this.#documents.stepped(changes)
    // The clock was wrong when this member entered the room, and was set.
    if (this.#isOpen && isMisdated(this.#generation, this.#options.incarnation())) this.#publisher.renew()
    for (const { author: from, value } of this.#arrivedEvents.splice(0))
      this.#events.emit('event', { from, value })
  }

  /** The app has left, and views remain: removes what the app has published. */
  #withdraw(): void {
    const own = Object.keys(this.presence.own.getSnapshot())
    this.#publisher.set(Object.fromEntries(own.map(field => [field, undefined])))
    this.#documents.withdrawAwareness()
  }

  #setPresence(change: Readonly<Record<string, unknown>>): void {
    this.#checkOpen()
    checkFields(change)
    this.#options.notifications.step(() => this.#publisher.set(change))
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw roomLeftError(this.name)
  }
}
