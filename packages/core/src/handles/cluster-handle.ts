/**
 * Cluster handle: the object that an app uses. The handle reads one membership machine, and acts through its driver.
 *
 * The handle exists before the machine, so an app may subscribe first. Until `attach` the list of members is empty, and all
 * figures of the health are zero. No listener of the app runs while the driver is in a step.
 */
import type { TypedEventTarget } from 'main-event'
import {
  checkAnswer,
  checkLeave,
  checkMemberId,
  checkMemberUpdate,
  checkSuspend,
} from '../api/call-options.ts'
import type {
  Cluster,
  ClusterEvents,
  Explanation,
  LeaveOptions,
  StoreState,
  UpdateChange,
} from '../api/cluster.ts'
import type { Config, ConfigOptions, ConfigSchema } from '../api/config.ts'
import type { Convergence, SettledOptions } from '../api/convergence.ts'
import { NotRunningError } from '../api/errors.ts'
import type { Health } from '../api/health.ts'
import type { HeldByOptions, HeldSpace } from '../api/held-by.ts'
import type { Invitation, InviteOptions } from '../api/invitation.ts'
import type { Keyring } from '../api/keyring.ts'
import type { Query, QueryHandler, QueryOptions, QueryResult } from '../api/query.ts'
import type { Room } from '../api/room.ts'
import type { RoomOptions } from '../api/room-options.ts'
import type { Store } from '../api/store.ts'
import type { Clock } from '../base/clock.ts'
import { andThen } from '../base/maybe-async.ts'
import type { Member } from '../member/member.ts'
import type { MemberEvent } from '../member/member-view.ts'
import { AppEvents } from '../runtime/app-events.ts'
import { AppNotifications } from '../runtime/app-notifications.ts'
import type { Engine, EngineListener } from '../runtime/engine.ts'
import { pendingQuery } from '../runtime/lazy-queries.ts'
import { createStore, type OwnedStore } from '../runtime/owned-store.ts'
import type { QueriesPort } from '../runtime/ports.ts'
import { QueryHandlers } from '../runtime/query-handlers.ts'
import type { PolicyFact } from '../wire/fact.ts'
import type { Json } from '../wire/json.ts'
import type { SignedBroadcast } from '../wire/query-fact.ts'
import { announceSleep, ClusterLeave } from './cluster-leave.ts'
import type { ClusterQueries } from './cluster-queries.ts'
import { ConvergenceStore } from './convergence-store.ts'
import { createHealthStore, type HostHealth } from './health-store.ts'
import { createHeartbeatStore, type Heartbeats } from './heartbeat-store.ts'
import {
  loadExplain,
  loadHeldBy,
  loadInvitations,
  loadKeyring,
  loadQueries,
  pendingKeyring,
} from './load-calls.ts'
import type { PeriodicStore } from './periodic-store.ts'
import type { SpaceRegistry } from './space-registry.ts'

const noMembers: readonly Member[] = []

export class ClusterHandle implements Cluster, EngineListener {
  readonly name: string
  readonly notifications: AppNotifications
  readonly #events: AppEvents<ClusterEvents>
  readonly #members: OwnedStore<readonly Member[]>
  readonly #heartbeats: PeriodicStore<Heartbeats>
  readonly #health: PeriodicStore<Health>
  readonly #convergence: ConvergenceStore
  readonly #clock: Clock
  #engine: Engine | undefined
  #attachedMs = 0
  readonly #departure: ClusterLeave
  #leaving: Promise<void> | undefined
  /** Created with the first room or config. */
  #registry: { readonly engine: Engine; readonly spaces: SpaceRegistry } | undefined
  readonly #handlers = new QueryHandlers()
  /** Created with the first query. */
  #queries: { readonly engine: Engine; readonly queries: ClusterQueries } | undefined

  constructor(name: string, clock: Clock) {
    this.name = name
    this.notifications = new AppNotifications(clock)
    this.#clock = this.notifications.clock
    this.#departure = new ClusterLeave(this.#clock)
    this.#events = new AppEvents(this.notifications)
    this.#members = createStore(this.notifications, () => this.#engine?.machine.members() ?? noMembers)
    this.#heartbeats = createHeartbeatStore(this.notifications, () => this.#engine)
    const owner = this
    this.#convergence = new ConvergenceStore(this.notifications, {
      get self() {
        return owner.self
      },
      query: (...asked) => this.#ask(...asked),
    })
    this.#health = createHealthStore(
      this.notifications,
      () => this.#engine,
      () => this.#clock.now().monotonicMs - this.#attachedMs,
      connections => this.hostHealth(connections),
    )
  }

  /** Attaches the handle to a new engine and resets the handle, regardless of the state of the previous engine. */
  attach(engine: Engine): void {
    this.#engine = engine
    this.#attachedMs = this.#clock.now().monotonicMs
    this.#leaving = undefined
    this.#heartbeats.start()
    this.#health.start()
    this.#convergence.start()
  }

  get events(): TypedEventTarget<ClusterEvents> {
    return this.#events
  }

  get members(): Store<readonly Member[]> {
    return this.#members
  }

  get heartbeats(): Store<Heartbeats> {
    return this.#heartbeats
  }

  get health(): Store<Health> {
    return this.#health
  }

  get self(): Member {
    const { machine, self } = this.#running()
    const member = machine.member(self)
    if (!member) throw new NotRunningError('the cluster has not started yet: start its libp2p node')
    return member
  }

  async explain(memberId: string): Promise<Explanation> {
    checkMemberId('explain', memberId)
    this.#running()
    const { explain } = await loadExplain()
    return explain(this.#running().machine, memberId, this.#clock.now())
  }

  update(requested: UpdateChange): void {
    checkMemberUpdate(requested)
    const { name, tags, returnsWithinMs, hasVisibleView } = requested
    const change = {
      ...(name !== undefined && { name }),
      ...(tags && { tags: { ...tags } }),
      ...(returnsWithinMs !== undefined && { returnsWithinMs }),
    }
    this.#present().driver.handle({ type: 'local-change', change })
    if (hasVisibleView !== undefined) this.viewsChanged(hasVisibleView === true)
  }

  suspend(options?: { leaseMs?: number }): void {
    const leaseMs = checkSuspend(options)
    const { driver } = this.#present()
    this.flush()
    announceSleep(driver, leaseMs)
  }

  resume(): void {
    this.#present().driver.handle({ type: 'resumed' })
    this.networkChanged()
  }

  async room<P extends object>(name: string, options: RoomOptions = {}): Promise<Room<P>> {
    const spaces = await this.#spaceRegistry()
    return (await spaces.room(name, options)) as unknown as Room<P>
  }

  async config<S extends ConfigSchema | undefined>(
    name: string,
    options: ConfigOptions<S> = {},
  ): Promise<Config<S>> {
    const spaces = await this.#spaceRegistry()
    return (await spaces.config(name, options)) as unknown as Config<S>
  }

  query(name: string, payload?: unknown, options?: QueryOptions): Query {
    return pendingQuery(this.#presentQueries().then(queries => queries.query(name, payload, options)))
  }

  answer(name: string, handler: QueryHandler): () => void {
    checkAnswer(name, handler)
    // Load the code now, so that the first query is answered without a wait. If that fails, the next query loads it.
    Promise.resolve(loadQueries()).catch(() => {})
    return this.#handlers.add(name, handler)
  }

  async broadcast(name: string, payload?: unknown): Promise<void> {
    await (await this.#presentQueries()).broadcast(name, payload)
  }

  get keyring(): Keyring {
    return pendingKeyring(async () => {
      const engine = this.#present()
      const { ClusterKeyring } = await loadKeyring()
      return new ClusterKeyring({
        engine,
        query: (name, options) => this.#ask(name, null, options),
      })
    })
  }

  get convergence(): Store<Convergence> {
    return this.#convergence
  }

  settled(options?: SettledOptions): Promise<void> {
    return this.#convergence.settled(options)
  }

  async heldBy(options?: HeldByOptions): Promise<readonly HeldSpace[]> {
    const engine = this.#present()
    if (this.#registry?.engine === engine) return this.#registry.spaces.contents.allHeldBy(options)
    const { askHeldBy } = await loadHeldBy()
    return askHeldBy([], undefined, options)
  }

  async invite(options?: InviteOptions): Promise<Invitation> {
    return await (await this.#invitations()).invite(this.#present(), options)
  }

  async revoke(what: string): Promise<void> {
    await (await this.#invitations()).revoke(this.#present(), what)
  }

  async renew(ticket: string): Promise<void> {
    await (await this.#invitations()).renew(this.#present(), ticket)
  }

  leave(options?: LeaveOptions): Promise<void> {
    checkLeave(options)
    if (this.#leaving) return this.#leaving
    let settle: (left: Promise<void>) => void = () => {}
    const leaving = new Promise<void>(resolve => {
      settle = resolve
    })
    // Set the promise before the leave begins, because a listener that runs meanwhile may call `leave`, too.
    this.#leaving = leaving
    settle(this.#leave(options))
    return leaving
  }

  event({ type, member }: MemberEvent): void {
    this.#health.refresh()
    this.#events.emit(type, member)
  }

  stepped(): void {
    this.#members.refresh()
  }

  leaveAcknowledged(): void {
    this.#departure.acknowledged()
  }

  identityChanged(copied: boolean): void {
    this.#health.refresh()
    this.#events.emit('identity', { copied })
  }

  policyChanged(fact: PolicyFact): void {
    this.#engine?.host.keyring?.merged(fact)
  }

  queries(): QueriesPort | Promise<QueriesPort> {
    const queries = this.#clusterQueries(this.#running())
    return queries instanceof Promise ? queries.then(({ driver }) => driver) : queries.driver
  }

  /** A hook for the host. Runs when a function of the app that may return a promise is called, and when the promise settles. */
  appCalled(): void {}

  /** The store began to fail, or recovered. */
  storageChanged(state: StoreState): void {
    this.#health.refresh()
    this.#events.emit('storage', state)
  }

  /** The host's part of the health. Figures that the host does not return have their initial values. */
  protected hostHealth(_connections: number): Partial<HostHealth> {
    return {}
  }

  /** A hook for a host in a page. @param _isAnyVisible whether the user sees a view of this member */
  protected viewsChanged(_isAnyVisible: boolean): void {}

  /** Tests the connections and dials all missing members at once. */
  protected networkChanged(): void {
    this.#engine?.driver.networkChanged()
  }

  /** The process may end: sends and stores pending changes of rooms and configs immediately. */
  protected flush(): void {
    this.#registry?.spaces.flush()
  }

  async #leave(options: LeaveOptions | undefined): Promise<void> {
    const engine = this.#engine
    if (!engine) return
    // The app may await its promises before it ends the process.
    this.#queries?.queries.driver.endOwn()
    this.#registry?.spaces.endWaits()
    this.#convergence.stop()
    await this.#departure.run(engine, this.#registry?.spaces, options)
    this.#heartbeats.stop()
    this.#health.stop()
  }

  /** Asks other members, and rejects if this member leaves before the query ends. */
  async #ask(name: string, payload: Json, options: QueryOptions): Promise<QueryResult> {
    const result = await this.query(name, payload, options)
    this.#present()
    return result
  }

  async #spaceRegistry(): Promise<SpaceRegistry> {
    const { SpaceRegistry } = await import('./space-registry.ts')
    const engine = this.#running()
    if (this.#leaving) throw new NotRunningError('the cluster was left: join again')
    if (this.#registry?.engine !== engine)
      this.#registry = { engine, spaces: new SpaceRegistry(engine, (...asked) => this.#ask(...asked)) }
    return this.#registry.spaces
  }

  async #invitations(): ReturnType<typeof loadInvitations> {
    this.#present()
    return await loadInvitations()
  }

  async #presentQueries(): Promise<ClusterQueries> {
    const queries = await this.#clusterQueries(this.#present())
    // The member may have left meanwhile.
    this.#present()
    return queries
  }

  #clusterQueries(engine: Engine): ClusterQueries | Promise<ClusterQueries> {
    return andThen(loadQueries(), ({ ClusterQueries }) => {
      if (this.#queries?.engine !== engine) {
        const broadcast = ({ author: from, name, value }: SignedBroadcast) =>
          this.#events.emit('broadcast', { from, name, value })
        const queries = new ClusterQueries({
          engine,
          handlers: this.#handlers,
          broadcast,
          appCalled: () => this.appCalled(),
          heldOf: id => this.#registry?.spaces.contents.of(id),
        })
        this.#queries = { engine, queries }
      }
      return this.#queries.queries
    })
  }

  /** @throws {NotRunningError} the cluster has not started, or was left */
  #present(): Engine {
    if (this.#leaving) throw new NotRunningError('the cluster was left: join again')
    return this.#running()
  }

  #running(): Engine {
    if (!this.#engine) throw new NotRunningError('the cluster has not started yet: start its libp2p node')
    return this.#engine
  }
}
