/**
 * Mirrored cluster: the cluster of a view, at the other end of a port.
 *
 * Each batch is one step: first all stores change, then the stores' listeners run, then the events' listeners. The object
 * outlives its connections: while it is detached, the stores keep their values and calls wait.
 */
import type {
  Cluster,
  ClusterEvents,
  Config,
  ConfigOptions,
  ConfigSchema,
  Convergence,
  Explanation,
  Health,
  Heartbeat,
  HeldByOptions,
  HeldSpace,
  Invitation,
  InviteOptions,
  Json,
  Keyring,
  LeaveOptions,
  Member,
  Query,
  QueryHandler,
  QueryOptions,
  Room,
  RoomOptions,
  SettledOptions,
  Store,
  UpdateChange,
} from '@hearsay/core'
import {
  AppEvents,
  AppNotifications,
  checkAnswer,
  checkMemberId,
  checkSuspend,
  checkUpdate,
  NotAllowedError,
  NotRunningError,
  pendingQuery,
  QueryHandlers,
  systemClock,
} from '@hearsay/core/app'
import type { TypedEventTarget } from 'main-event'
import { type Answer, refusal, report, resultOf } from '../answer.ts'
import {
  type Batch,
  clusterNumber,
  type MemberCalls,
  type RemoteMember,
  type Rights,
  type SuspendOptions,
  type Welcome,
} from '../contract.ts'
import type { KeyringCall } from '../invitation-calls.ts'
import type { ReplyEvent, ViewOutcome } from '../query-calls.ts'
import type { Table } from '../table.ts'
import { readConvergence, readHealth, readHeartbeats, readMembers } from '../table-codecs.ts'
import { handoverEvents } from './handover-events.ts'
import type { MirroredConfigs } from './mirrored-configs.ts'
import type { MirroredQueries } from './mirrored-queries.ts'
import type { MirroredRooms, MirroredRoomsOptions } from './mirrored-rooms.ts'
import type { MirroredSpace } from './mirrored-space.ts'
import { MirroredStore } from './mirrored-store.ts'

/** The stores that the member sends only while they have listeners. */
const followedStores = ['heartbeats', 'convergence'] as const

/** Our choice: long enough for a member that has just started to learn the other members and the content of its rooms. */
const keepMs = 10_000

/** What a call resolves with, if its answer is no error. */
type ResultOf<Name extends keyof MemberCalls> =
  Awaited<ReturnType<MemberCalls[Name]>> extends Answer<infer T> ? T : never

export class MirroredCluster implements Cluster {
  readonly name: string
  readonly members: MirroredStore<readonly Member[]>
  readonly heartbeats: MirroredStore<ReadonlyMap<string, Heartbeat>>
  readonly convergence: MirroredStore<Convergence>
  readonly #health: MirroredStore<Health | undefined>
  /** All these stores, by their names. */
  readonly #stores: ReadonlyMap<string, MirroredStore<unknown>>
  readonly #notifications = new AppNotifications(systemClock)
  readonly #events = new AppEvents<ClusterEvents>(this.#notifications)
  readonly #member: RemoteMember
  #welcome: Welcome
  readonly #close: (reason: string) => void
  #rooms: MirroredRooms | undefined
  #configs: MirroredConfigs | undefined
  readonly #handlers = new QueryHandlers()
  #queries: MirroredQueries | undefined
  /** The open rooms and configs, by their numbers. */
  readonly #spaces = new Map<number, MirroredSpace>()
  #lastNumber = clusterNumber
  #leaving: Promise<void> | undefined
  #cancelSettling: (() => void) | undefined
  /** Why the view has ended; empty while it runs. */
  #ended = ''

  /** @param close closes the connection */
  constructor(welcome: Welcome, member: RemoteMember, close: (reason: string) => void) {
    this.name = welcome.cluster
    this.#welcome = welcome
    this.#member = member
    this.#close = close
    this.members = new MirroredStore(this.#notifications, readMembers)
    this.#health = new MirroredStore(this.#notifications, readHealth)
    const follow = (name: (typeof followedStores)[number]) => (isWatched: boolean) =>
      void member.watch([clusterNumber, name], isWatched)
    this.heartbeats = new MirroredStore(this.#notifications, readHeartbeats, {
      follow: follow('heartbeats'),
    })
    this.convergence = new MirroredStore(this.#notifications, readConvergence, {
      follow: follow('convergence'),
      // A member that has just taken over has measured nothing yet.
      isComplete: row => row['known'] !== 0,
    })
    const { members, heartbeats, convergence } = this
    this.#stores = new Map(Object.entries({ members, heartbeats, convergence, health: this.#health }))
  }

  get self(): Member {
    const self = this.#findSelf()
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
    this.#checkAllowed('update', 'update')
    report(this.#member.update(change))
  }

  suspend(options?: SuspendOptions): void {
    checkSuspend(options)
    this.#checkAllowed('update', 'suspend')
    report(this.#member.suspend(options))
  }

  resume(): void {
    this.#checkAllowed('update', 'resume')
    report(this.#member.resume())
  }

  async room<P extends object>(name: string, options: RoomOptions = {}): Promise<Room<P>> {
    // Load this code with the first room, because a view may show members only.
    const { MirroredRooms } = await import('./mirrored-rooms.ts')
    this.#checkRunning()
    this.#rooms ??= new MirroredRooms(this.#spaceOptions())
    return (await this.#rooms.open(name, options)) as unknown as Room<P>
  }

  async config<S extends ConfigSchema | undefined>(
    name: string,
    options: ConfigOptions<S> = {},
  ): Promise<Config<S>> {
    // Load this code with the first config, like that of rooms.
    const { MirroredConfigs } = await import('./mirrored-configs.ts')
    this.#checkRunning()
    this.#configs ??= new MirroredConfigs(this.#spaceOptions())
    return (await this.#configs.open(name, options)) as unknown as Config<S>
  }

  query(name: string, payload?: unknown, options?: QueryOptions): Query {
    return pendingQuery(this.#asking('query').then(queries => queries.query(name, payload, options)))
  }

  answer(name: string, handler: QueryHandler): () => void {
    checkAnswer(name, handler)
    this.#checkAllowed('queries', 'answer')
    const stop = this.#handlers.add(name, handler)
    report(this.#member.answerQueries(name, true))
    return () => {
      stop()
      if (!this.#handlers.get(name)) report(this.#member.answerQueries(name, false))
    }
  }

  async broadcast(name: string, payload?: unknown): Promise<void> {
    await (await this.#asking('broadcast')).broadcast(name, payload)
  }

  async invite(options?: InviteOptions): Promise<Invitation> {
    return Object.freeze(await this.#result('invitations', 'invite', options))
  }

  revoke(what: string): Promise<void> {
    return this.#result('invitations', 'revoke', what)
  }

  renew(ticket: string): Promise<void> {
    return this.#result('invitations', 'renew', ticket)
  }

  get keyring(): Keyring {
    // The calls differ only in their type. Each tab loads this code, and writing them out costs 9 bytes.
    const call =
      (type: KeyringCall['type']) =>
      (key?: string | Uint8Array, options?: { readonly force?: boolean }): Promise<never> =>
        this.#result('invitations', 'keyring', {
          type,
          key,
          force: options?.force,
        } as KeyringCall) as Promise<never>
    const calls = (['list', 'holders', 'add', 'use', 'remove'] as const).map(type => [type, call(type)])
    return Object.fromEntries(calls) as Keyring
  }

  async settled(options?: SettledOptions): Promise<void> {
    await (await this.#asking('settled')).settled(options)
  }

  heldBy(options?: HeldByOptions): Promise<readonly HeldSpace[]> {
    return this.#result('queries', 'heldBy', options)
  }

  /** A member asks a query that the view answers. */
  async asked(number: number, name: string, value: Json, author: string): Promise<ViewOutcome> {
    return (await this.#loadQueries()).asked(number, { name, value, author })
  }

  askedNoMore(number: number): void {
    // The code may still be loaded for the query itself, which comes first.
    void this.#loadQueries().then(queries => queries.askedNoMore(number))
  }

  leave(options?: LeaveOptions): Promise<void> {
    this.#leaving ??= this.#leave(options)
    return this.#leaving
  }

  /** Shows everything that changed in one step of the member. */
  batch({ stores, documents, events }: Batch): void {
    this.#notifications.step(() => {
      let replaced: Table | undefined
      for (const [[owner, name], diff] of stores)
        if (owner !== clusterNumber) this.#spaces.get(owner)?.changed(name, diff)
        else if (name === 'members') replaced = this.members.apply(diff)
        else this.#stores.get(name)?.apply(diff)
      if (replaced) this.#membersChanged()
      for (const [owner, name, change] of documents) this.#spaces.get(owner)?.documentChanged?.(name, change)
      const shown = replaced ? handoverEvents(replaced, this.members.getSnapshot(), events) : events
      for (const [owner, type, detail, document] of shown)
        if (type === 'reply') this.#queries?.replied(detail as ReplyEvent)
        else if (owner === clusterNumber) this.#events.emit(type as keyof ClusterEvents, detail as never)
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
      for (const store of this.#stores.values()) store.keep()
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
    for (const name of followedStores)
      if (this[name].isWatched) void member.watch([clusterNumber, name], true)
    for (const name of this.#handlers.names()) void member.answerQueries(name, true)
    await Promise.all([...this.#spaces.values()].map(space => space.attach(member)))
  }

  /** The view has ended, or has left. @param reason in words, for people */
  end(reason: string): void {
    if (this.#ended) return
    this.#ended = reason
    this.#cancelSettling?.()
    for (const space of this.#spaces.values()) space.end()
    const left = { ...this.#findSelf(), status: 'left' }
    this.#notifications.step(() =>
      this.members.apply({ changed: [[this.#welcome.self, left, []]], removed: [] }),
    )
    this.#close(reason)
  }

  #spaceOptions(): MirroredRoomsOptions {
    return {
      notifications: this.#notifications,
      member: this.#member,
      members: this.members,
      // This member may not have arrived yet: then it has no roles.
      self: () => this.#findSelf() ?? { id: this.#welcome.self, roles: [] },
      spaces: this.#spaces,
      nextNumber: () => ++this.#lastNumber,
    }
  }

  #findSelf(): Member | undefined {
    return this.members.getSnapshot().find(({ id }) => id === this.#welcome.self)
  }

  /** The member has had time to receive the state of the cluster. */
  #settle(): void {
    for (const store of this.#stores.values()) store.settle()
    this.#membersChanged()
    for (const space of this.#spaces.values()) space.settle()
  }

  #membersChanged(): void {
    for (const space of this.#spaces.values()) space.membersChanged?.()
  }

  async #leave(options?: LeaveOptions): Promise<void> {
    if (this.#ended) return
    for (const space of [...this.#spaces.values()]) space.close()
    const answer = await this.#member.leave(options)
    // The member may leave at the same time, which ends the view before its answer arrives.
    if (!this.#ended) resultOf(answer)
    this.end('this view has left')
  }

  async #asking(what: string): Promise<MirroredQueries> {
    this.#checkAllowed('queries', what)
    const queries = await this.#loadQueries()
    this.#checkRunning()
    return queries
  }

  async #loadQueries(): Promise<MirroredQueries> {
    // Load this code with the first query, like that of rooms.
    const { MirroredQueries } = await import('./mirrored-queries.ts')
    const nowMs = () => this.#notifications.clock.now().monotonicMs
    this.#queries ??= new MirroredQueries(this.#member, this.#handlers, nowMs)
    return this.#queries
  }

  /** Calls the member, if the view has the right. */
  async #result<Name extends 'invite' | 'revoke' | 'renew' | 'keyring' | 'heldBy'>(
    right: keyof Rights,
    name: Name,
    ...values: Parameters<MemberCalls[Name]>
  ): Promise<ResultOf<Name>> {
    this.#checkAllowed(right, name)
    const call = this.#member[name] as (...values: unknown[]) => Promise<Answer<ResultOf<Name>>>
    return resultOf(await call(...values))
  }

  #checkAllowed(right: keyof Rights, what: string): void {
    this.#checkRunning()
    if (!this.#welcome.rights[right]) throw new NotAllowedError(refusal(what))
  }

  #checkRunning(): void {
    if (this.#ended) throw new NotRunningError(`the view has ended: ${this.#ended}`)
    if (this.#leaving) throw new NotRunningError('the cluster was left: connect again')
  }
}
