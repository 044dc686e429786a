/**
 * Signed room: the documents of a room with writers. Connects their providers with the signed changes, and determines whether
 * this member is synced.
 *
 * A room without writers loads none of this code.
 */
import type { DocumentHost } from '../documents/document-host.ts'
import type { OwnedProvider, OwnedProviderOptions } from '../documents/owned-provider.ts'
import { type SignedChanges, SignedProvider } from '../documents/signed-provider.ts'
import { type SignedAnnouncement, SignedSync, type SignedSyncHost } from '../documents/signed-sync.ts'
import type { SignedDocument } from '../signed-documents/signed-document.ts'
import type { WriterList } from '../spaces/writer-rule.ts'
import type { Json } from '../wire/json.ts'
import { SignedSpace, type SignedSpaceListener, type SignedSpaceOptions } from './signed-space.ts'

/** The part of a room that its signed documents use. */
export interface SignedRoomHost extends Pick<DocumentHost, 'clock' | 'notifications'> {
  /** @throws {NotRunningError} the room was left */
  checkOpen(): void
  others(): readonly SignedAnnouncement[]
  isAnyUnknown(): boolean
  isSettled(): boolean
  announceSigned(value: Json): void
}

export class SignedRoom implements SignedSpaceListener, SignedChanges, SignedSyncHost {
  readonly #self: string
  readonly #space: SignedSpace
  readonly #providers = new Map<string, SignedProvider>()
  #host: SignedRoomHost | undefined
  #sync: SignedSync | undefined

  private constructor(self: string, space: SignedSpace) {
    this.#self = self
    this.#space = space
  }

  /** Reads the stored changes. @throws {StorageError} they are damaged; the store is unchanged */
  static async open(options: SignedSpaceOptions): Promise<SignedRoom> {
    return new SignedRoom(options.self, await SignedSpace.open(options))
  }

  /** The tag of the space of the changes. */
  get space(): string {
    return this.#space.tag
  }

  /** The member has entered the room. */
  enter(host: SignedRoomHost): void {
    this.#host = host
    this.#sync = new SignedSync(this.#self, host.clock, this)
    this.#space.enter(this)
    this.#sync.start()
  }

  leave(): void {
    this.#sync?.stop()
    this.#space.leave()
  }

  /** The member leaves the cluster. */
  close(): void {
    this.#sync?.stop()
    this.#space.close()
  }

  /** Announcements of other members have changed. */
  review(): void {
    this.#sync?.review()
  }

  provide(options: OwnedProviderOptions): OwnedProvider {
    return new SignedProvider(options, this)
  }

  get canWrite(): boolean {
    return this.#space.canWrite
  }

  get writers(): WriterList {
    return this.#space.writers
  }

  get isSynced(): boolean {
    return this.#sync?.isSynced ?? false
  }

  document(name: string): SignedDocument {
    return this.#space.document(name)
  }

  hasSpaceFor(bytes: number, isCheckpoint: boolean): boolean {
    return this.#space.hasSpaceFor(bytes, isCheckpoint)
  }

  publish(document: string, update: Uint8Array, isCheckpoint: boolean): void {
    this.#space.publish(document, update, isCheckpoint)
  }

  open(name: string, provider: SignedProvider): void {
    this.#host?.checkOpen()
    this.#providers.set(name, provider)
  }

  closed(name: string): void {
    this.#providers.delete(name)
  }

  stored(): Promise<void> {
    return this.#space.stored()
  }

  /** Resolves when all changes so far are signed. */
  signed(): Promise<void> {
    return this.#space.signed()
  }

  updateArrived(document: string, update: Uint8Array): void {
    this.#providers.get(document)?.received(update)
  }

  changesAgreed(memberId: string): void {
    this.#sync?.agreed(memberId)
  }

  changesStepped(): void {
    this.review()
    for (const provider of this.#providers.values()) provider.stepped()
  }

  hash(): Uint8Array {
    return this.#space.hash()
  }

  others(): readonly SignedAnnouncement[] {
    return this.#host?.others() ?? []
  }

  isAnyUnknown(): boolean {
    return this.#host?.isAnyUnknown() ?? true
  }

  isSettled(): boolean {
    return this.#host?.isSettled() ?? false
  }

  announce(value: Json): void {
    this.#host?.announceSigned(value)
  }

  requestFactIds(): void {
    this.#space.requestFactIds()
  }

  synced(): void {
    this.#host?.notifications.step(() => {
      for (const provider of this.#providers.values()) provider.stepped()
    })
  }
}
