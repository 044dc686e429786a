/**
 * Room documents host: connects the documents that this member has open in one room with the room's replica, its
 * announcer, the storage and the driver.
 *
 * After `close` nothing is stored or announced, and no document can be opened.
 */
import * as Y from 'yjs'
import { NotRunningError } from '../api/errors.ts'
import type { DocumentOptions, RoomDocument } from '../api/room-document.ts'
import type { Clock } from '../base/clock.ts'
import { type AnnouncerHost, DocumentAnnouncer } from '../documents/document-announcer.ts'
import type { DocumentHost } from '../documents/document-host.ts'
import { DocumentProvider } from '../documents/document-provider.ts'
import { type Seed, seedUpdate } from '../documents/document-seed.ts'
import type { AwarenessClaims, LocalClaim } from '../documents/presence-awareness.ts'
import { RoomDocuments } from '../documents/room-documents.ts'
import type { SignedAnnouncement } from '../documents/signed-sync.ts'
import type { CarriedDocument } from '../rooms/document-carriers.ts'
import {
  awarenessField,
  concernsAwareness,
  documentsField,
  readAwarenessClaim,
  signedField,
  unreachableField,
} from '../rooms/reserved-fields.ts'
import type { RoomReplica } from '../rooms/room-replica.ts'
import type { AppNotifications } from '../runtime/app-notifications.ts'
import type { SpacesDriver } from '../runtime/spaces-driver.ts'
import type { DocumentSync } from '../spaces/documents/document-sync.ts'
import { isSameEpoch } from '../spaces/documents/epochs/epoch.ts'
import type { SharedUpdates } from '../spaces/documents/shared-updates.ts'
import { updateChunks } from '../spaces/documents/update-chunks.ts'
import type { ClusterView } from '../spaces/space-roster.ts'
import type { DocumentStorage } from '../storage/document-storage.ts'
import type { UpdateLog } from '../storage/update-log.ts'
import type { Json } from '../wire/json.ts'
import * as limits from '../wire/limits.ts'
import type { LocalPresence } from './local-presence.ts'
import type { PresenceChanges } from './presence-changes.ts'
import type { PresencePublisher } from './presence-publisher.ts'
import type { PresenceViews } from './presence-views.ts'
import type { RoomView } from './room-view.ts'
import type { SignedRoom, SignedRoomHost } from './signed-room.ts'

export interface RoomDocumentsHostOptions {
  /** The name of the room. */
  readonly name: string
  /** The space tag of the room. */
  readonly space: string
  readonly cluster: Pick<ClusterView, 'self' | 'isSettled' | 'isReader'>
  readonly driver: SpacesDriver
  readonly notifications: AppNotifications
  /** 0 ≤ random() < 1. */
  readonly random: () => number
  readonly storage: DocumentStorage
  /** The documents of a room that has writers; undefined: all members may write. */
  readonly signed: SignedRoom | undefined
}

/** The presence of this member in the room. */
export interface RoomPresence {
  readonly local: Pick<LocalPresence, 'valueOf'>
  readonly publisher: PresencePublisher
  readonly views: PresenceViews
}

export class RoomDocumentsHost implements DocumentHost, AnnouncerHost, SignedRoomHost {
  readonly clock: Clock
  readonly notifications: AppNotifications
  readonly random: () => number
  readonly announcer: DocumentAnnouncer
  readonly #options: RoomDocumentsHostOptions
  readonly #space: string
  readonly #driver: SpacesDriver
  readonly #replica: RoomReplica
  readonly #view: RoomView
  readonly #presence: RoomPresence
  readonly #documents: RoomDocuments
  #isOpen = true

  constructor(
    options: RoomDocumentsHostOptions,
    replica: RoomReplica,
    view: RoomView,
    presence: RoomPresence,
  ) {
    const { space, cluster, driver, notifications, random } = options
    const { clock } = notifications
    this.#options = options
    this.#space = space
    this.#driver = driver
    this.#replica = replica
    this.#view = view
    this.#presence = presence
    this.clock = clock
    this.notifications = notifications
    this.random = random
    const { roster, documents } = replica
    this.announcer = new DocumentAnnouncer({ self: cluster.self, clock, roster, documents, host: this })
    this.#documents = new RoomDocuments(
      this,
      each => options.signed?.provide(each) ?? new DocumentProvider(each),
    )
  }

  /** The member has entered the room. */
  entered(): void {
    // First: a member that has announced which documents are open has announced this, too.
    this.#options.signed?.enter(this)
    // Announces to the other members that no document is open here yet.
    this.announcer.review()
  }

  get canWrite(): boolean {
    const { signed, cluster } = this.#options
    return signed?.canWrite ?? !cluster.isReader?.(cluster.self)
  }

  get(name: string, options?: DocumentOptions): RoomDocument {
    return this.#documents.get(name, options)
  }

  /** Presence of members has changed, and the view shows the change. */
  presenceChanged(changes: PresenceChanges): void {
    if (changes.hasWhole || changes.hasField(concernsAwareness)) this.#documents.presenceChanged()
  }

  /** A step has ended. In this step, presence changed as `changes` lists, and any document may have changed. */
  stepped(changes: PresenceChanges): void {
    const isReachabilityChanged = changes.hasField(name => name === unreachableField)
    const areDocumentsChanged =
      isReachabilityChanged || changes.hasWhole || changes.hasField(name => name === documentsField)
    // Do not review after every change of an app's field: with many members that would be thousands of calls a
    // second.
    if (this.#isOpen && (areDocumentsChanged || this.announcer.isUnsettled)) this.announcer.review()
    // Other members may now need this member as a carrier.
    if (this.#isOpen && isReachabilityChanged && this.#replica.documents.size > 0)
      this.#driver.regroup(this.#space)
    if (this.#isOpen && (changes.hasWhole || changes.hasField(name => name === signedField)))
      this.#options.signed?.review()
    this.#documents.stepped()
  }

  /** Sends and stores pending changes at once. */
  flush(): void {
    this.#documents.flush()
  }

  /** Disconnects all documents. Changes that are pending are not stored: `flush` comes first. */
  close(): void {
    this.#isOpen = false
    this.#documents.disconnect()
    this.announcer.stop()
  }

  /** Removes the awareness of the app from all documents. That of views remains. */
  withdrawAwareness(): void {
    this.#documents.withdrawAwareness()
  }

  isOpen(): boolean {
    return this.#isOpen
  }

  log(document: string): UpdateLog {
    return this.#options.storage.of(document)
  }

  takeCarried(document: string): CarriedDocument | undefined {
    return this.#replica.takeCarried(document)
  }

  open(sync: DocumentSync, seed: Seed | undefined): void {
    this.checkOpen()
    this.#adoptCarried(sync)
    this.#replica.documents.set(sync.name, sync)
    this.announcer.opened(sync.name, seed && (() => Y.applyUpdate(sync.doc, seedUpdate(seed), 'seed')))
  }

  checkOpen(): void {
    if (!this.#isOpen) throw roomLeftError(this.#options.name)
  }

  others(): readonly SignedAnnouncement[] {
    const { roster, presence } = this.#replica
    return this.#driver.othersIn(this.#space).flatMap(id =>
      // The presence of an earlier generation does not count.
      roster.of(id) ? [{ id, value: presence.valueOf(id, signedField) }] : [],
    )
  }

  isAnyUnknown(): boolean {
    return this.#replica.roster.unknown().length > 0
  }

  announceSigned(value: Json): void {
    this.announce({ [signedField]: value })
  }

  closed({ name }: DocumentSync): void {
    this.#presence.views.withdraw(name)
    this.#replica.documents.delete(name)
    this.announcer.closed(name)
  }

  changed(sync: DocumentSync): void {
    this.announcer.changed(sync)
  }

  clientChanged(): void {
    // The review must run later, because the document is still changing its client id.
    if (this.#isOpen) this.announcer.reviewSoon()
  }

  publish({ name: document, epochs }: DocumentSync, update: Uint8Array): void {
    void this.#driver.publish(this.#space, [{ type: 'update', document, update, epoch: epochs.current }])
  }

  push(document: string, updates: SharedUpdates): void {
    this.#driver.push(this.#space, document, updates)
  }

  claim(document: string, claim: LocalClaim | undefined): void {
    this.#presence.publisher.set({ [awarenessField(document)]: claim })
  }

  claimView(view: string, document: string, claim: LocalClaim | undefined): void {
    this.#presence.views.claim(view, document, claim)
  }

  claims(document: string, except: string | undefined): AwarenessClaims {
    const { local, views } = this.#presence
    const own = readAwarenessClaim(local.valueOf(awarenessField(document)))
    const claims = [...(own ? [{ view: undefined, ...own }] : []), ...views.claimsIn(document)]
    const member = this.#options.cluster.self
    return [
      ...this.#view.claimsIn(document),
      ...claims.filter(({ view }) => view !== except).map(claim => ({ member, ...claim })),
    ]
  }

  /** The awareness of a view of this member has changed. */
  viewAwarenessChanged(): void {
    this.#options.notifications.step(() => this.#documents.presenceChanged())
  }

  collided(document: string, memberId: string): void {
    this.#driver.collided()
    this.#documents.collided(document, memberId)
  }

  isSettled(): boolean {
    return this.#options.cluster.isSettled()
  }

  isUnreachable(id: string): boolean {
    return this.#driver.isUnreachable(id)
  }

  announce(fields: Readonly<Record<string, Json | undefined>>): void {
    this.#presence.publisher.set(fields)
  }

  request(document: string): void {
    this.#driver.request(this.#space, document)
  }

  regroup(): void {
    this.#driver.regroup(this.#space)
  }

  resolveCollision(document: string, memberId: string): void {
    this.collided(document, memberId)
    this.#documents.drawClientId(document)
  }

  supersede(document: string): void {
    this.#documents.supersede(document)
  }

  /** While the provider was disconnected, this member may have carried the document for other members. */
  #adoptCarried(sync: DocumentSync): void {
    const carried = this.takeCarried(sync.name)
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
}

export function roomLeftError(name: string): NotRunningError {
  return new NotRunningError(`the room '${name}' was left: enter it again`)
}
