/**
 * Room handle: the room that an app uses, over its replica and the driver of this member's spaces.
 *
 * Events fire after the step that caused them, when stores are up to date; presence events at most once for each member
 * and step.
 */
import type { TypedEventTarget } from 'main-event'
import * as Y from 'yjs'
import { InvalidValueError, NotRunningError } from '../api/errors.ts'
import type { Presence, PresenceEvents, Room, RoomEvents } from '../api/room.ts'
import type { DocumentAwareness, DocumentOptions, Provider, RoomDocument } from '../api/room-document.ts'
import { sharedValue } from '../api/shared-value.ts'
import type { Store } from '../api/store.ts'
import type { Clock } from '../base/clock.ts'
import { DocumentAnnouncer } from '../documents/document-announcer.ts'
import { seedUpdate } from '../documents/document-seed.ts'
import type { AwarenessClaims } from '../documents/presence-awareness.ts'
import { RoomDocuments } from '../documents/room-documents.ts'
import type { Member } from '../member/member.ts'
import {
  awarenessField,
  documentsField,
  isAwarenessField,
  isReservedField,
  readAwarenessClaim,
  unreachableField,
} from '../rooms/reserved-fields.ts'
import { type RoomListener, RoomReplica } from '../rooms/room-replica.ts'
import { AppEvents } from '../runtime/app-events.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import type { SpaceListener, SpacesDriver } from '../runtime/spaces-driver.ts'
import { Throttle } from '../runtime/throttle.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import { updateChunks } from '../spaces/documents/update-chunks.ts'
import { isPresent, type SpaceRoster } from '../spaces/space-roster.ts'
import type { DocumentStorage } from '../storage/document-storage.ts'
import type { Json } from '../wire/json.ts'
import { limits } from '../wire/limits.ts'
import type { EventFact } from '../wire/space-fact.ts'
import { checkFields, LocalPresence } from './local-presence.ts'
import { RemotePresence } from './remote-presence.ts'

type Fields = Record<string, Json>

export interface RoomHandleOptions {
  readonly name: string
  /** The space tag. */
  readonly space: string
  readonly self: string
  readonly driver: SpacesDriver
  readonly clock: Clock
  readonly notifications: AppNotifications
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  readonly spaceRoster: SpaceRoster
  readonly memberOf: (id: string) => Member | undefined
  /** Ids of all known members. */
  readonly knownMembers: readonly string[]
  /** Whether this member has compared its view of the cluster with another member's. */
  readonly isSettled: () => boolean
  readonly storage: DocumentStorage
  /** The local member's incarnation. */
  readonly incarnation: number
  readonly onLeave: () => void
}

/**
 * Interval between two messages with presence, by the number of members in the room. Our choice: 50 ms (20 a second) looks
 * smooth; from 20 members on 2.5 ms × members, so that all members together send at most 400 messages a second.
 */
export function presenceIntervalMs(members: number): number {
  return Math.max(50, 2.5 * members)
}

export class RoomHandle implements Room<Fields>, RoomListener, SpaceListener {
  readonly name: string
  readonly presence: Presence<Fields>
  readonly #options: RoomHandleOptions
  readonly #replica: RoomReplica
  readonly #events: AppEvents<RoomEvents>
  readonly #presenceEvents: AppEvents<PresenceEvents>
  readonly #localPresence: LocalPresence
  readonly #remotePresence: RemotePresence
  readonly #members: OwnedStore<readonly Member[]>
  #memberList: readonly Member[] = []
  #isListStale = true
  readonly #documents: RoomDocuments
  readonly #announcer: DocumentAnnouncer
  readonly #sendPresence: Throttle
  readonly #generation: number
  /** Members that may have changed since the last step, with the names of the changed fields. */
  readonly #touched = new Map<string, Set<string>>()
  readonly #arrivedEvents: EventFact[] = []
  #broadcasts = 0
  #isOpen = true

  constructor(options: RoomHandleOptions) {
    const { name, space, clock, notifications, driver, spaceRoster, knownMembers, self, incarnation } =
      options
    this.name = name
    this.#options = options
    this.#events = new AppEvents(notifications)
    this.#presenceEvents = new AppEvents(notifications)
    this.#remotePresence = new RemotePresence(notifications)
    this.#replica = new RoomReplica({
      self,
      spaceRoster,
      others: () => driver.othersIn(space),
      suspects: () => driver.suspectsIn(space),
      listener: this,
    })
    this.#localPresence = new LocalPresence(notifications, () => this.#generation)
    const intervalMs = () => presenceIntervalMs(this.#members.getSnapshot().length)
    this.#sendPresence = new Throttle(
      clock,
      intervalMs,
      () => void driver.publish(space, this.#localPresence.takeUnsent()),
    )
    this.#announcer = this.#makeAnnouncer()
    this.#documents = this.#makeDocuments()
    this.#members = createStore(notifications, () => this.#listMembers())
    this.presence = {
      own: this.#localPresence.store,
      others: this.#remotePresence.store,
      events: this.#presenceEvents,
      set: change => this.#setPresence(change),
    }
    for (const id of knownMembers) if (id !== self) this.#replica.memberChanged(id)
    this.#generation = driver.enter(space, this.#replica, this, incarnation)
    // Announces to the other members that no document is open here yet.
    this.#announcer.review()
  }

  get events(): TypedEventTarget<RoomEvents> {
    return this.#events
  }

  get members(): Store<readonly Member[]> {
    return this.#members
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
    const { driver, space } = this.#options
    this.#checkOpen()
    const { value: carried, bytes } = sharedValue('broadcast', '', value)
    if (bytes > limits.maxEventBytes)
      throw new InvalidValueError(`broadcast: ${bytes} bytes, at most ${limits.maxEventBytes}`)
    this.#broadcasts += 1
    void driver.publish(space, [
      { type: 'event', generation: this.#generation, number: this.#broadcasts, value: carried },
    ])
  }

  leave(): void {
    const { notifications, driver, space } = this.#options
    if (!this.#isOpen) return
    notifications.step(() => {
      this.close()
      driver.leave(space)
    })
  }

  /** Resolves when all changes so far are stored. @throws {StorageError} */
  stored(): Promise<void> {
    return this.#options.storage.stored()
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
      this.#documents.disconnect()
      this.#announcer.stop()
      this.#sendPresence.stop()
      this.#options.onLeave()
    })
  }

  presenceChanged(author: string, field: string | undefined): void {
    const fields = this.#touched.get(author) ?? new Set()
    if (field !== undefined) fields.add(field)
    this.#touched.set(author, fields)
  }

  eventArrived(fact: EventFact): void {
    if (fact.author !== this.#options.self) this.#arrivedEvents.push(fact)
  }

  carriedChanged(document: string, isCarried: boolean): void {
    if (isCarried) this.#announcer.opened(document, undefined)
    else this.#announcer.closed(document)
  }

  unreachable(): ReadonlySet<string> {
    return this.#announcer.unreachable()
  }

  stepped(): void {
    // Not called for every field of an app: with many members there would be thousands of calls a second.
    const touched = [...this.#touched.values()]
    const isReachabilityChanged = touched.some(fields => fields.has(unreachableField))
    const areDocumentsChanged =
      isReachabilityChanged || touched.some(fields => fields.size === 0 || fields.has(documentsField))
    if (this.#touched.size > 0) this.#emitTouched()
    if (this.#isOpen && (areDocumentsChanged || this.#announcer.isUnsettled)) this.#announcer.review()
    // Other members may now need this member as a carrier.
    if (this.#isOpen && isReachabilityChanged && this.#replica.documents.size > 0)
      this.#options.driver.regroup(this.#options.space)
    this.#documents.stepped()
    for (const { author: from, value } of this.#arrivedEvents.splice(0))
      this.#events.emit('event', { from, value })
  }

  #emitTouched(): void {
    const { self } = this.#options
    const touched = [...this.#touched]
    this.#touched.clear()
    this.#isListStale ||= touched.some(([, fields]) => fields.size === 0)
    const updates = touched.flatMap(([id, changed]) => {
      if (id === self) return []
      const fields = [...changed].filter(name => !isReservedField(name))
      // A member is shown once its announcement has arrived, and never without its fields.
      const generation = this.#replica.roster.of(id) && this.#generationOf(id)
      const isNewGeneration = generation !== this.#remotePresence.generationOf(id)
      if (generation === undefined) this.#remotePresence.remove(id)
      else if (isNewGeneration || fields.length > 0)
        this.#remotePresence.set(id, generation, this.#fieldsOf(id))
      return isNewGeneration || (generation !== undefined && fields.length > 0) ? [{ id, fields }] : []
    })
    this.#members.refresh()
    this.#remotePresence.store.refresh()
    // No field: the member entered, disappeared, or has another generation.
    if (touched.some(([, changed]) => changed.size === 0 || [...changed].some(isAwarenessField)))
      this.#documents.presenceChanged()
    for (const update of updates) this.#presenceEvents.emit('update', update)
  }

  #setPresence(change: Readonly<Record<string, unknown>>): void {
    this.#checkOpen()
    checkFields(change)
    const reserved = Object.keys(change).find(isReservedField)
    if (reserved !== undefined)
      throw new InvalidValueError(
        `presence: the field '${reserved}' is reserved for documents. Choose another name`,
      )
    this.#options.notifications.step(() => {
      if (this.#localPresence.set(change)) this.#sendPresence.request()
    })
  }

  #makeDocuments(): RoomDocuments {
    const { space, clock, notifications, random, driver, storage } = this.#options
    const documents = this.#replica.documents
    return new RoomDocuments({
      clock,
      notifications,
      random,
      isOpen: () => this.#isOpen,
      log: document => storage.of(document),
      clientChanged: () => {
        // The review must run later, because the document is still changing its client id.
        if (this.#isOpen) this.#announcer.reviewSoon()
      },
      takeCarried: document => this.#replica.takeCarried(document),
      open: (sync, seed) => {
        this.#checkOpen()
        this.#adoptCarried(sync)
        documents.set(sync.name, sync)
        this.#announcer.opened(sync.name, seed && (() => Y.applyUpdate(sync.doc, seedUpdate(seed), 'seed')))
      },
      close: ({ name }) => {
        documents.delete(name)
        this.#announcer.closed(name)
      },
      changed: sync => this.#announcer.changed(sync),
      publish: ({ name: document, epochs }, update) =>
        void driver.publish(space, [{ type: 'update', document, update, epoch: epochs.current }]),
      push: (document, updates) => driver.push(space, document, updates),
      claim: (document, claim) => {
        if (this.#isOpen && this.#localPresence.set({ [awarenessField(document)]: claim }))
          this.#sendPresence.request()
      },
      claims: document => this.#claimsIn(awarenessField(document)),
      collided: (document, memberId) => {
        driver.collided()
        this.#documents.collided(document, memberId)
      },
    })
  }

  /** While the provider was disconnected, this member may have carried the document for other members. */
  #adoptCarried(sync: DocumentSync): void {
    const carried = this.#replica.takeCarried(sync.name)
    if (!carried) return
    const { doc, lineage } = carried
    const since = Y.decodeStateVector(Y.encodeStateVector(sync.doc))
    if (isSameEpoch(lineage?.epoch, sync.epochs.current))
      for (const update of updateChunks(doc, {
        since,
        maxBytes: limits.maxFrameBytes,
        receiverClients: since.size,
      }))
        sync.apply(update)
    doc.destroy()
  }

  #makeAnnouncer(): DocumentAnnouncer {
    const { self, space, clock, driver, isSettled } = this.#options
    return new DocumentAnnouncer({
      self,
      clock,
      isSettled,
      isUnreachable: id => driver.isUnreachable(id),
      roster: this.#replica.roster,
      documents: this.#replica.documents,
      announce: fields => {
        if (this.#isOpen && this.#localPresence.set(fields)) this.#sendPresence.request()
      },
      request: document => driver.request(space, document),
      superseded: document => this.#documents.supersede(document),
      regroup: () => driver.regroup(space),
      collided: (document, memberId) => {
        driver.collided()
        this.#documents.collided(document, memberId)
        this.#documents.drawClientId(document)
      },
    })
  }

  #claimsIn(field: string): AwarenessClaims {
    const ids = this.#remotePresence.store.getSnapshot().map(({ id }) => id)
    const { presence } = this.#replica
    return ids
      .filter(id => this.#isPresenceShown(id))
      .flatMap(id => {
        const claim = readAwarenessClaim(presence.valueOf(id, field))
        return claim ? [{ member: id, ...claim }] : []
      })
  }

  /** The fields that the app sees. */
  #fieldsOf(id: string): [string, Json][] {
    const fields = this.#isPresenceShown(id) ? this.#replica.presence.fieldsOf(id) : []
    return fields.filter(([name]) => !isReservedField(name))
  }

  /** Whether the member's presence belongs to its current generation: presence of another generation is hidden. */
  #isPresenceShown(id: string): boolean {
    return this.#options.spaceRoster.of(id)?.generation === this.#replica.presence.generationOf(id)
  }

  /** The generation in which the member is present; undefined if it is not present. */
  #generationOf(id: string): number | undefined {
    const membership = this.#options.spaceRoster.of(id)
    return membership && isPresent(membership) ? membership.generation : undefined
  }

  #listMembers(): readonly Member[] {
    const { self, space, driver, memberOf } = this.#options
    if (this.#isListStale) {
      this.#isListStale = false
      const members = [self, ...driver.othersIn(space)]
        .flatMap(id => memberOf(id) ?? [])
        .sort((a, b) => (a.id < b.id ? -1 : 1))
      const isSame =
        members.length === this.#memberList.length && members.every((each, i) => each === this.#memberList[i])
      if (!isSame) this.#memberList = members
    }
    return this.#memberList
  }

  #checkOpen(): void {
    if (!this.#isOpen) throw new NotRunningError(`the room '${this.name}' was left`)
  }
}
