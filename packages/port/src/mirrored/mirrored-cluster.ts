/**
 * Mirrored cluster: the cluster of a view, at the other end of a port.
 *
 * Each batch is one step: first all stores change, then their listeners run, then those of events. The object outlives its
 * connections: while it is detached, the stores keep their values and calls wait.
 */
import type {
  Cluster,
  ClusterEvents,
  Config,
  ConfigOptions,
  ConfigSchema,
  Explanation,
  Health,
  Heartbeat,
  LeaveOptions,
  Member,
  Room,
  Store,
} from '@hearsay/core'
import {
  AppEvents,
  AppNotifications,
  checkMemberId,
  checkSuspend,
  checkUpdate,
  NotAllowedError,
  NotRunningError,
  systemClock,
} from '@hearsay/core/app'
import type { TypedEventTarget } from 'main-event'
import { refusal, report, resultOf } from '../answer.ts'
import {
  type Batch,
  clusterNumber,
  type RemoteMember,
  type SuspendOptions,
  type UpdateChange,
  type Welcome,
} from '../contract.ts'
import { emptyTable } from '../table.ts'
import { healthCodec, heartbeatsCodec, membersCodec } from '../table-codecs.ts'
import { handoverEvents } from './handover-events.ts'
import type { MirroredConfigs } from './mirrored-configs.ts'
import type { MirroredRooms, MirroredRoomsOptions } from './mirrored-rooms.ts'
import type { MirroredSpace } from './mirrored-space.ts'
import { MirroredStore } from './mirrored-store.ts'

/** Our choice: long enough for a member that has just started to learn the other members and the content of its rooms. */
const keepMs = 10_000
const heartbeats = [clusterNumber, 'heartbeats'] as const

export class MirroredCluster implements Cluster {
  readonly name: string
  readonly members: MirroredStore<readonly Member[]>
  readonly heartbeats: MirroredStore<ReadonlyMap<string, Heartbeat>>
  readonly #health: MirroredStore<Health | undefined>
  readonly #notifications = new AppNotifications(systemClock)
  readonly #events = new AppEvents<ClusterEvents>(this.#notifications)
  readonly #member: RemoteMember
  #welcome: Welcome
  readonly #close: (reason: string) => void
  #rooms: MirroredRooms | undefined
  #configs: MirroredConfigs | undefined
  /** The open rooms and configs, by their numbers. */
  readonly #spaces = new Map<number, MirroredSpace>()
  #lastNumber = clusterNumber
  #leaving: Promise<void> | undefined
  #cancelSettling: (() => void) | undefined
  /** Why the view has ended. */
  #ended: string | undefined

  /** @param close closes the connection */
  constructor(welcome: Welcome, member: RemoteMember, close: (reason: string) => void) {
    this.name = welcome.cluster
    this.#welcome = welcome
    this.#member = member
    this.#close = close
    this.members = new MirroredStore(this.#notifications, membersCodec.read)
    this.#health = new MirroredStore(this.#notifications, healthCodec.read)
    this.heartbeats = new MirroredStore(this.#notifications, heartbeatsCodec.read, {
      follow: isWatched => void member.watch(heartbeats, isWatched),
    })
  }

  get self(): Member {
    const self = this.members.getSnapshot().find(({ id }) => id === this.#welcome.self)
    if (!self) throw new NotRunningError('the cluster has not started yet')
    return self
  }

  /** The first batch, which arrives before the app has the cluster, contains the health. */
  get health(): Store<Health> {
    return this.#health as unknown as Store<Health>
  }

  get events(): TypedEventTarget<ClusterEvents> {
    return this.#events
  }

  async explain(memberId: string): Promise<Explanation> {
    checkMemberId('explain', memberId)
    this.#checkRunning()
    return resultOf(await this.#member.explain(memberId))
  }

  update(change: UpdateChange): void {
    checkUpdate(change)
    this.#checkUpdating('update')
    report(this.#member.update(change))
  }

  suspend(options?: SuspendOptions): void {
    checkSuspend(options)
    this.#checkUpdating('suspend')
    report(this.#member.suspend(options))
  }

  resume(): void {
    this.#checkUpdating('resume')
    report(this.#member.resume())
  }

  async room<P extends object>(name: string): Promise<Room<P>> {
    // Load this code with the first room, because a view may show members only.
    const { MirroredRooms } = await import('./mirrored-rooms.ts')
    this.#checkRunning()
    this.#rooms ??= new MirroredRooms(this.#spaceOptions())
    return (await this.#rooms.open(name)) as unknown as Room<P>
  }

  async config<S extends ConfigSchema | undefined>(
    name: string,
    options: ConfigOptions<S> = {},
  ): Promise<Config<S>> {
    // Load this code with the first config, like that of rooms.
    const { MirroredConfigs } = await import('./mirrored-configs.ts')
    this.#checkRunning()
    this.#configs ??= new MirroredConfigs({ ...this.#spaceOptions(), self: () => this.#welcome.self })
    return (await this.#configs.open(name, options)) as unknown as Config<S>
  }

  leave(options?: LeaveOptions): Promise<void> {
    this.#leaving ??= this.#leave(options)
    return this.#leaving
  }

  /** Shows everything that changed in one step of the member. */
  batch({ stores, documents, events }: Batch): void {
    this.#notifications.step(() => {
      let replaced = emptyTable
      for (const [[owner, name], diff] of stores)
        if (owner !== clusterNumber) this.#spaces.get(owner)?.changed(name, diff)
        else if (name === 'members') replaced = this.members.apply(diff)
        else this.#store(name)?.apply(diff)
      if (stores.some(([[owner, name]]) => owner === clusterNumber && name === 'members'))
        this.#membersChanged()
      for (const [owner, name, change] of documents) this.#spaces.get(owner)?.documentChanged?.(name, change)
      for (const [owner, type, detail, document] of handoverEvents(
        replaced,
        this.members.getSnapshot(),
        events,
      ))
        if (owner === clusterNumber) this.#events.emit(type as keyof ClusterEvents, detail as never)
        else this.#spaces.get(owner)?.event(type, detail, document)
    })
  }

  /** The user turned to this view. */
  focus(): void {
    void this.#member.focus()
  }

  /** The connection has closed, and another one will follow. */
  detach(): void {
    this.#cancelSettling?.()
    this.#notifications.step(() => {
      for (const store of [this.members, this.heartbeats, this.#health]) store.keep()
      for (const space of this.#spaces.values()) space.detach()
    })
  }

  /** There is a new connection. Resolves when the rooms and configs are open over it. */
  async attach(welcome: Welcome, member: RemoteMember): Promise<void> {
    // Without a storage, a member that starts again is another member.
    if (welcome.self !== this.#welcome.self) this.members.drop(this.#welcome.self)
    this.#welcome = welcome
    const { clock } = this.#notifications
    this.#cancelSettling = clock.setTimer(clock.now().monotonicMs + keepMs, () => this.#settle())
    if (this.heartbeats.isWatched) void member.watch(heartbeats, true)
    await Promise.all([...this.#spaces.values()].map(space => space.attach(member)))
  }

  /** The view has ended, or has left. @param reason in words, for people */
  end(reason: string): void {
    if (this.#ended !== undefined) return
    this.#ended = reason
    this.#cancelSettling?.()
    for (const space of this.#spaces.values()) space.end()
    const id = this.#welcome.self
    const self = this.members.getSnapshot().find(member => member.id === id)
    this.#notifications.step(() =>
      this.members.apply({ changed: [[id, { ...self, status: 'left' }, []]], removed: [] }),
    )
    this.#close(reason)
  }

  #spaceOptions(): MirroredRoomsOptions {
    return {
      notifications: this.#notifications,
      member: this.#member,
      members: this.members,
      spaces: this.#spaces,
      nextNumber: () => ++this.#lastNumber,
    }
  }

  #store(name: string): MirroredStore<unknown> | undefined {
    switch (name) {
      case 'heartbeats':
        return this.heartbeats
      case 'health':
        return this.#health
      default:
        return undefined
    }
  }

  /** The member has had time to learn what it did not know. */
  #settle(): void {
    this.members.settle()
    this.#membersChanged()
    this.heartbeats.settle()
    for (const space of this.#spaces.values()) space.settle()
  }

  #membersChanged(): void {
    for (const space of this.#spaces.values()) space.membersChanged?.()
  }

  async #leave(options?: LeaveOptions): Promise<void> {
    if (this.#ended !== undefined) return
    for (const space of [...this.#spaces.values()]) space.leave()
    resultOf(await this.#member.leave(options))
    this.end('this view has left')
  }

  #checkUpdating(what: string): void {
    this.#checkRunning()
    if (!this.#welcome.rights.update) throw new NotAllowedError(refusal(what))
  }

  #checkRunning(): void {
    if (this.#ended !== undefined) throw new NotRunningError(`the view has ended: ${this.#ended}`)
    if (this.#leaving) throw new NotRunningError('the cluster was left')
  }
}
