/**
 * Room face: a room as an app holds it, over what is held of it and the driver of this member's spaces.
 *
 * Events come after the step that caused them, when stores are up to date, and at most one a member and step.
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
  /** Ids of all members that are known. */
  readonly knownMembers: readonly string[]
  /** Whether this member's view of the cluster is one that others share. */
  readonly isSettled: () => boolean
  readonly storage: DocumentStorage
  /** One's own incarnation. */
  readonly incarnation: number
  readonly onLeave: () => void
}

/**
 * How often presence is told, by how many are in the room. Our choice: 20 times a second is smooth for the eye; from 20
 * members on rarer, so that all of them together tell 400 things a second, however many they are.
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
  /** Of whom something may have changed since the last step, and which fields. */
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
    // So that the others know that nothing is open here, too.
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

  /** Resolves when all so far is stored. @throws {StorageError} */
  stored(): Promise<void> {
    return this.#options.storage.stored()
  }

  /** What was written is told at once. */
  flush(): void {
    this.#documents.flush()
  }

  /** It cannot be used any more. */
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
    // Not with each field that somebody's app shows: with many members these are thousands a second.
    const touched = [...this.#touched.values()]
    const isAboutReach = touched.some(fields => fields.has(unreachableField))
    const isAboutDocuments =
      isAboutReach || touched.some(fields => fields.size === 0 || fields.has(documentsField))
    if (this.#touched.size > 0) this.#emitTouched()
    if (this.#isOpen && (isAboutDocuments || this.#announcer.isUnsettled)) this.#announcer.review()
    // Carriers may be needed now, though nothing changed for this member itself.
    if (this.#isOpen && isAboutReach && this.#replica.documents.size > 0)
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
      // A member is shown when it is known what it shows: not for a moment without its fields.
      const entered = this.#replica.roster.of(id) && this.#generationOf(id)
      const isAnother = entered !== this.#remotePresence.generationOf(id)
      if (entered === undefined) this.#remotePresence.remove(id)
      else if (isAnother || fields.length > 0) this.#remotePresence.set(id, entered, this.#fieldsOf(id))
      return isAnother || (entered !== undefined && fields.length > 0) ? [{ id, fields }] : []
    })
    this.#members.refresh()
    this.#remotePresence.store.refresh()
    // No field: it came, or went, or is in another entry.
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
        // Not within whatever made the document draw another one.
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

  /** While the provider was disconnected, this member may have carried the document for others. */
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

  /** What the app is shown. */
  #fieldsOf(id: string): [string, Json][] {
    const fields = this.#isPresenceShown(id) ? this.#replica.presence.fieldsOf(id) : []
    return fields.filter(([name]) => !isReservedField(name))
  }

  /** What is told in another entry than its present one does not count. */
  #isPresenceShown(id: string): boolean {
    return this.#options.spaceRoster.of(id)?.generation === this.#replica.presence.generationOf(id)
  }

  /** In which entry it is here; undefined: it is not. */
  #generationOf(id: string): number | undefined {
    const where = this.#options.spaceRoster.of(id)
    return where && isPresent(where) ? where.generation : undefined
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
