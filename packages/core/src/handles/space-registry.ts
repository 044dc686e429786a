/**
 * Space registry: the rooms and shared configs that one member has open, each once.
 *
 * The registry is created with the first of them, so a member without rooms and configs loads and runs none of this code.
 */
import { checkSpaceName } from '../api/call-options.ts'
import type { ConfigOptions, ConfigSchema } from '../api/config.ts'
import { type ConfigSettings, checkSameSettings, configSettings } from '../api/config-options.ts'
import { checkWith } from '../api/config-schema.ts'
import { InvalidOptionsError } from '../api/errors.ts'
import { checkSameRoom, type RoomOptions, type RoomSettings, roomSettings } from '../api/room-options.ts'
import { checkRoles } from '../api/writers.ts'
import type { Engine } from '../runtime/engine.ts'
import { countOpenings, firstOpening, type Openings } from '../runtime/handle-openings.ts'
import { SpacesDriver } from '../runtime/spaces-driver.ts'
import { PrivateRooms } from '../spaces/private-rooms.ts'
import { type WriterList, writerRule } from '../spaces/writer-rule.ts'
import * as limits from '../wire/limits.ts'
import { isMemberId } from '../wire/member-id.ts'
import { spaceTag } from '../wire/tags.ts'
import { MachineClusterView } from './cluster-view.ts'
import { ConfigHandle } from './config-handle.ts'
import type { ConfigWriterOptions } from './config-writer.ts'
import type { HeldByHost, NamedSpace } from './held-by.ts'
import { RoomHandle } from './room-handle.ts'
import type { SignedRoom } from './signed-room.ts'
import { SpaceContents } from './space-contents.ts'
import { SpaceStorage } from './space-storage.ts'

interface Opened<Settings> {
  readonly settings: Settings
  readonly openings: Openings
}

export class SpaceRegistry {
  readonly #engine: Engine
  readonly #driver: SpacesDriver
  readonly #clusterView: MachineClusterView
  readonly #storage: SpaceStorage
  readonly #privateRooms = new PrivateRooms()
  /** Rooms by name. */
  readonly #rooms = new Map<string, Opened<RoomSettings> & { room: Promise<RoomHandle> }>()
  /** The rooms that were entered successfully. */
  readonly #openRooms = new Set<RoomHandle>()
  /** The configs that were opened successfully. */
  readonly #openConfigs = new Set<ConfigHandle>()
  readonly #configs = new Map<string, Opened<ConfigSettings> & { config: Promise<ConfigHandle> }>()
  /** The content of the rooms and configs that are open, and which other members have it. */
  readonly contents: SpaceContents
  #isLeaving = false
  #isClosing = false

  /** @param query asks other members */
  constructor(engine: Engine, query: HeldByHost['query']) {
    const { self, machine, driver, host, notifications, cluster } = engine
    const { transport, keys, random } = host
    const grants = host.authority?.grants
    const { clock } = notifications
    this.#engine = engine
    this.#storage = new SpaceStorage(engine)
    this.#clusterView = new MachineClusterView(self, machine, clock, this.#privateRooms)
    this.#driver = new SpacesDriver({
      view: this.#clusterView,
      cluster,
      clock,
      notifications,
      transport,
      keys,
      random,
      membership: driver,
      ...(grants && { verifyGrants: (member, bytes) => grants.verify(member, bytes) }),
      privateRooms: this.#privateRooms,
    })
    driver.attachSpaces(this.#driver)
    this.contents = new SpaceContents({ driver: this.#driver, query })
  }

  /**
   * Enters the room, or returns its handle if it is open with the same options.
   *
   * @throws {InvalidOptionsError} @throws {StorageError}
   */
  async room(name: string, options: RoomOptions = {}): Promise<RoomHandle> {
    checkSpaceName('room', name)
    const settings = roomSettings(options, isMemberId)
    checkRoles(settings.writers, this.#engine.host.authority !== undefined)
    const open = this.#rooms.get(name)
    if (open) {
      checkSameRoom(name, open.settings, settings)
      open.openings.app += 1
      return open.room
    }
    this.#checkCount(spacesOf(settings))
    const room = this.#openRoom(name, settings)
    const openings = firstOpening()
    this.#rooms.set(name, { settings, openings, room })
    room.then(
      handle => countOpenings(handle, openings),
      () => this.#rooms.delete(name),
    )
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
    checkRoles(settings.writers, this.#engine.host.authority !== undefined)
    const space = spaceTag(this.#engine.cluster, 'config', name)
    const open = this.#configs.get(space)
    if (open) {
      checkSameSettings(name, open.settings, settings)
      open.openings.app += 1
      return open.config
    }
    this.#checkCount(1)
    const config = this.#openConfig(name, space, settings)
    const openings = firstOpening()
    this.#configs.set(space, { settings, openings, config })
    config.then(
      handle => countOpenings(handle, openings),
      () => this.#configs.delete(space),
    )
    return config
  }

  /** Sends and stores pending changes immediately. */
  flush(): void {
    for (const room of this.#openRooms) room.flush()
    this.#engine.host.writes.flush()
  }

  /** Whether local changes are still being sent to a member. */
  get hasUnsent(): boolean {
    return this.#driver.hasUnsent
  }

  /** The member is leaving the cluster: no promise waits for another member any more. */
  endWaits(): void {
    this.#isLeaving = true
    for (const config of this.#openConfigs) config.endWaits()
  }

  /** The member leaves the cluster: closes all rooms and configs. Resolves when all their writes are stored. */
  async close(): Promise<void> {
    this.#isClosing = true
    const rooms = await settledValues([...this.#rooms.values()].map(({ room }) => room))
    const configs = await settledValues([...this.#configs.values()].map(({ config }) => config))
    for (const handle of [...rooms, ...configs]) handle.close()
    await Promise.all(rooms.map(room => room.signed()))
    this.#driver.stop()
    await this.#storage.stored()
  }

  async #openRoom(name: string, settings: RoomSettings): Promise<RoomHandle> {
    const { self, machine, host, notifications } = this.#engine
    const opened = await this.#storage.roomSpace('room', name, settings)
    const { space, privateRoom } = opened
    const storage = await this.#storage.openDocuments(opened)
    const signed = await this.#openSigned(name, settings)
    if (privateRoom) this.#privateRooms.add(privateRoom)
    const named: NamedSpace = signed
      ? { type: 'room', name, space: signed.space, content: 'facts' }
      : { type: 'room', name, space, content: 'documents' }
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
          signed,
          incarnation: () => machine.member(self)?.incarnation ?? this.#engine.incarnation,
          heldBy: options => this.contents.heldBy(named, options),
          onLeave: () => {
            this.#rooms.delete(name)
            this.#openRooms.delete(room)
            this.contents.left(named)
            this.#storage.left(space, room)
            this.#storage.closeDocuments(space, storage, { mayReturn: !this.#isClosing })
          },
        }),
    )
    this.#openRooms.add(room)
    this.contents.opened(named)
    return room
  }

  async #openSigned(name: string, settings: RoomSettings): Promise<SignedRoom | undefined> {
    const { writers } = settings
    if (writers === 'anyone') return undefined
    // Load this code with the first room that has writers.
    const { SignedRoom } = await import('./signed-room.ts')
    const { self, machine, notifications } = this.#engine
    const opened = await this.#storage.roomSpace('documents', name, settings)
    const { space, privateRoom } = opened
    if (privateRoom) this.#privateRooms.add(privateRoom)
    return SignedRoom.open({
      name,
      space,
      self,
      driver: this.#driver,
      notifications,
      ...this.#rightsOf(writers),
      storage: this.#storage.facts(opened),
      incarnation: machine.member(self)?.incarnation ?? 0,
    })
  }

  async #openConfig(
    name: string,
    space: string,
    { schema, writers, retentionMs }: ConfigSettings,
  ): Promise<ConfigHandle> {
    await this.#storage.whenStored(space)
    const { self, machine, host, notifications } = this.#engine
    const named: NamedSpace = { type: 'config', name, space, content: 'facts' }
    const config: ConfigHandle = await ConfigHandle.open({
      name,
      space,
      self,
      ...this.#rightsOf(writers),
      retentionMs,
      driver: this.#driver,
      notifications,
      check: checkWith(schema),
      storage: this.#storage.facts({ space, queue: host.writes }),
      incarnation: machine.member(self)?.incarnation ?? 0,
      heldBy: options => this.contents.heldBy(named, options),
      onLeave: () => {
        this.#configs.delete(space)
        this.#openConfigs.delete(config)
        this.contents.left(named)
        this.#storage.left(space, config)
      },
    })
    this.#openConfigs.add(config)
    this.contents.opened(named)
    if (this.#isLeaving) config.endWaits()
    return config
  }

  /** Who may write a space, and by which grants this member may. */
  #rightsOf(writers: WriterList): Pick<ConfigWriterOptions, 'writers' | 'mayWrite' | 'grants'> {
    const { host, machine } = this.#engine
    const mayWrite = writerRule(writers, host.authority?.grants)
    return { writers, mayWrite, grants: () => machine.ownGrants }
  }

  /** @param more spaces that are to be opened */
  #checkCount(more: number): void {
    const inRooms = [...this.#rooms.values()].reduce((sum, { settings }) => sum + spacesOf(settings), 0)
    if (inRooms + this.#configs.size + more > limits.maxSpaces)
      throw new InvalidOptionsError(
        `a member can have at most ${limits.maxSpaces} rooms and shared configs open: leave one first`,
      )
  }
}

/** A room with writers has a second space, for the changes of its documents. */
const spacesOf = ({ writers }: RoomSettings): number => (writers === 'anyone' ? 1 : 2)

/** The values of the promises that did not reject. */
async function settledValues<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  const settled = await Promise.allSettled(promises)
  return settled.flatMap(each => (each.status === 'fulfilled' ? [each.value] : []))
}
