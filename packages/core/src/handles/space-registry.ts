/**
 * Space registry: the rooms and shared configs that one member has open, each once.
 *
 * The registry is created with the first of them, so a member without rooms and configs loads and runs none of this code.
 */
import { toString as toText } from 'uint8arrays/to-string'
import { checkSpaceName } from '../api/call-options.ts'
import type { ConfigOptions, ConfigSchema } from '../api/config.ts'
import { type ConfigSettings, checkSameSettings, configSettings } from '../api/config-options.ts'
import { checkWith } from '../api/config-schema.ts'
import { InvalidOptionsError } from '../api/errors.ts'
import type { Engine } from '../runtime/engine.ts'
import { SpacesDriver } from '../runtime/spaces-driver.ts'
import { type DocumentSnapshot, DocumentStorage } from '../storage/document-storage.ts'
import { FactStorage } from '../storage/fact-storage.ts'
import { spacesPath } from '../storage/key-values.ts'
import type { WriteQueue } from '../storage/write-queue.ts'
import * as limits from '../wire/limits.ts'
import { isMemberId } from '../wire/member-id.ts'
import { spaceTag } from '../wire/tags.ts'
import { MachineClusterView } from './cluster-view.ts'
import { ConfigHandle } from './config-handle.ts'
import { RoomHandle } from './room-handle.ts'

export class SpaceRegistry {
  readonly #engine: Engine
  readonly #driver: SpacesDriver
  readonly #clusterView: MachineClusterView
  readonly #queue: WriteQueue
  readonly #rooms = new Map<string, Promise<RoomHandle>>()
  /** The rooms that were entered successfully. */
  readonly #openRooms = new Set<RoomHandle>()
  readonly #configs = new Map<string, { settings: ConfigSettings; config: Promise<ConfigHandle> }>()
  /** Without a store: documents of rooms that were left, restored when the app enters the room again. */
  readonly #snapshots = new Map<string, DocumentSnapshot>()
  #isClosing = false
  /** Pending writes of spaces that were left. */
  readonly #storing = new Map<string, Promise<void>>()

  constructor(engine: Engine) {
    const { self, machine, driver, host, notifications, cluster } = engine
    const { transport, keys, random } = host
    const { clock } = notifications
    this.#engine = engine
    this.#queue = host.writes
    this.#clusterView = new MachineClusterView(self, machine, clock)
    this.#driver = new SpacesDriver({
      view: this.#clusterView,
      cluster,
      clock,
      notifications,
      transport,
      keys,
      random,
      membership: driver,
    })
    driver.attachSpaces(this.#driver)
  }

  /** Enters the room, or returns its handle if it is open. @throws {InvalidOptionsError} @throws {StorageError} */
  async room(name: string): Promise<RoomHandle> {
    checkSpaceName('room', name)
    const space = spaceTag(this.#engine.cluster, 'room', name)
    const open = this.#rooms.get(space)
    if (open) return open
    this.#checkCount()
    const room = this.#openRoom(name, space)
    this.#rooms.set(space, room)
    room.catch(() => this.#rooms.delete(space))
    return room
  }

  /**
   * Opens the config, or returns its handle if it is open with the same options.
   *
   * @throws {InvalidOptionsError} @throws {StorageError}
   */
  async config(name: string, options: ConfigOptions<ConfigSchema | undefined>): Promise<ConfigHandle> {
    checkSpaceName('config', name)
    const settings = configSettings(options, isMemberId)
    const space = spaceTag(this.#engine.cluster, 'config', name)
    const open = this.#configs.get(space)
    if (open) {
      checkSameSettings(name, open.settings, settings)
      return open.config
    }
    this.#checkCount()
    const config = this.#openConfig(name, space, settings)
    this.#configs.set(space, { settings, config })
    config.catch(() => this.#configs.delete(space))
    return config
  }

  /** Sends and stores pending changes immediately. */
  flush(): void {
    for (const room of this.#openRooms) room.flush()
    this.#queue.flush()
  }

  /** Whether local changes are still being sent to a member. */
  get hasUnsent(): boolean {
    return this.#driver.hasUnsent
  }

  /** The member leaves the cluster: closes all rooms and configs. Resolves when all their writes are stored. */
  async close(): Promise<void> {
    this.#isClosing = true
    const configs = [...this.#configs.values()].map(({ config }) => config)
    const handles = [...(await settledValues([...this.#rooms.values()])), ...(await settledValues(configs))]
    for (const handle of handles) handle.close()
    this.#driver.stop()
    await Promise.all(this.#storing.values())
  }

  async #openRoom(name: string, space: string): Promise<RoomHandle> {
    await this.#storing.get(space)
    const { self, machine, host, notifications } = this.#engine
    const { clock } = notifications
    const storage = await DocumentStorage.open({
      queue: this.#queue,
      clock,
      prefix: `${this.#pathOf(space)}/documents`,
      writerId: self,
      snapshot: host.keyValues.isEphemeral ? (this.#snapshots.get(space) ?? []) : undefined,
    })
    this.#snapshots.delete(space)
    const room: RoomHandle = notifications.step(
      () =>
        new RoomHandle({
          name,
          space,
          driver: this.#driver,
          notifications,
          random: host.random,
          cluster: this.#clusterView,
          spaceRoster: this.#clusterView.rosterOf(space),
          memberOf: id => machine.member(id),
          storage,
          incarnation: machine.member(self)?.incarnation ?? 0,
          onLeave: () => {
            this.#rooms.delete(space)
            this.#openRooms.delete(room)
            this.#store(space, room)
            if (host.keyValues.isEphemeral && !this.#isClosing) this.#snapshots.set(space, storage.snapshot())
            storage.close()
          },
        }),
    )
    this.#openRooms.add(room)
    return room
  }

  async #openConfig(
    name: string,
    space: string,
    { schema, writers, retentionMs }: ConfigSettings,
  ): Promise<ConfigHandle> {
    await this.#storing.get(space)
    const { self, machine, notifications } = this.#engine
    const config: ConfigHandle = await ConfigHandle.open({
      name,
      space,
      self,
      writers,
      retentionMs,
      driver: this.#driver,
      notifications,
      check: checkWith(schema),
      storage: new FactStorage(this.#queue, this.#pathOf(space)),
      incarnation: machine.member(self)?.incarnation ?? 0,
      onLeave: () => {
        this.#configs.delete(space)
        this.#store(space, config)
      },
    })
    return config
  }

  /**
   * Tracks the pending writes of a space that was left, so that entering it again reads them. A failed write is reported to
   * the promise of the call that wrote.
   */
  #store(space: string, handle: { stored(): Promise<void> }): void {
    const storing = handle.stored().catch(() => {})
    this.#storing.set(space, storing)
    void storing.then(() => {
      if (this.#storing.get(space) === storing) this.#storing.delete(space)
    })
  }

  #pathOf(space: string): string {
    return `${spacesPath}/${toText(this.#engine.cluster, 'base32')}/${space}`
  }

  #checkCount(): void {
    if (this.#rooms.size + this.#configs.size >= limits.maxSpaces)
      throw new InvalidOptionsError(
        `a member can have at most ${limits.maxSpaces} rooms and shared configs open: leave one first`,
      )
  }
}

/** The values of the promises that did not reject. */
async function settledValues<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises)
  return settled.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
}
