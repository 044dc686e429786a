/**
 * Space storage: where a member stores the content of its rooms and configs.
 *
 * A space is opened only after its pending writes of an earlier visit have ended, so that it reads all of them. Without a
 * store, the documents of a room are kept in memory until the app enters it again. The content of a private room is sealed.
 */
import { toString as toText } from 'uint8arrays/to-string'
import type { RoomSettings } from '../api/room-options.ts'
import type { Engine } from '../runtime/engine.ts'
import { type DocumentSnapshot, DocumentStorage } from '../storage/document-storage.ts'
import { FactStorage } from '../storage/fact-storage.ts'
import { spacesPath } from '../storage/key-values.ts'
import type { SpaceWrites } from '../storage/write-queue.ts'
import type { PrivateRoom } from '../wire/private-room.ts'
import { spaceTag } from '../wire/tags.ts'

/** A space, and the queue of its writes. */
export interface StoredSpace {
  readonly space: string
  readonly queue: SpaceWrites
}

/** One of the spaces of a room. */
export interface RoomSpace extends StoredSpace {
  /** Undefined: the room is not private. */
  readonly privateRoom: PrivateRoom | undefined
}

export class SpaceStorage {
  readonly #engine: Engine
  /** Pending writes of spaces that were left. */
  readonly #storing = new Map<string, Promise<void>>()
  /** Without a store: documents of rooms that were left, restored when the app enters the room again. */
  readonly #snapshots = new Map<string, DocumentSnapshot>()

  constructor(engine: Engine) {
    this.#engine = engine
  }

  /** A space of a room. The queue seals the content of a private room. */
  async roomSpace(kind: 'room' | 'documents', name: string, { secret }: RoomSettings): Promise<RoomSpace> {
    const { cluster, host } = this.#engine
    const { writes } = host
    if (!secret) return { space: spaceTag(cluster, kind, name), privateRoom: undefined, queue: writes }
    // Most members enter no private room, so this code is loaded with the first one.
    const { PrivateRoom } = await import('../wire/private-room.ts')
    const { SealedWrites } = await import('../storage/sealed-writes.ts')
    const privateRoom = new PrivateRoom({ cluster, kind, name, secret, random: host.random })
    const { space } = privateRoom
    return { space, privateRoom, queue: new SealedWrites(writes, privateRoom, this.#pathOf(space)) }
  }

  /** The stored documents of a room. @throws {StorageError} */
  async openDocuments({ space, queue }: StoredSpace): Promise<DocumentStorage> {
    const { self, host, notifications } = this.#engine
    await this.whenStored(space)
    const storage = await DocumentStorage.open({
      queue,
      clock: notifications.clock,
      prefix: `${this.#pathOf(space)}/documents`,
      writerId: self,
      snapshot: host.keyValues.isEphemeral ? (this.#snapshots.get(space) ?? []) : undefined,
    })
    this.#snapshots.delete(space)
    return storage
  }

  /** The app left the room. @param mayReturn whether this member may enter the room again */
  closeDocuments(space: string, storage: DocumentStorage, { mayReturn }: { mayReturn: boolean }): void {
    if (this.#engine.host.keyValues.isEphemeral && mayReturn) this.#snapshots.set(space, storage.snapshot())
    storage.close()
  }

  facts({ space, queue }: StoredSpace): FactStorage {
    return new FactStorage(queue, this.#pathOf(space))
  }

  /**
   * Tracks the pending writes of a space that was left, so that entering it again reads them. A failed write is reported to
   * the promise of the call that wrote.
   */
  left(space: string, handle: { stored(): Promise<void> }): void {
    const storing = handle.stored().catch(() => {})
    this.#storing.set(space, storing)
    void storing.then(() => {
      if (this.#storing.get(space) === storing) this.#storing.delete(space)
    })
  }

  /** Resolves when the pending writes of an earlier visit to the space have ended. */
  async whenStored(space: string): Promise<void> {
    await this.#storing.get(space)
  }

  /** Resolves when the pending writes of all spaces that were left have ended. */
  async stored(): Promise<void> {
    await Promise.all(this.#storing.values())
  }

  #pathOf(space: string): string {
    return `${spacesPath}/${toText(this.#engine.cluster, 'base32')}/${space}`
  }
}
