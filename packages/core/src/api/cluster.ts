/** Cluster: the interface through which an app uses the local member: other members, rooms, configs, queries, invitations. */
import type { TypedEventTarget } from 'main-event'
import type { ClusterEventType, Member, MemberStatus } from '../member/member.ts'
import type { Json } from '../wire/json.ts'
import type { Config, ConfigOptions, ConfigSchema } from './config.ts'
import type { Convergence, SettledOptions } from './convergence.ts'
import type { StorageError } from './errors.ts'
import type { Health } from './health.ts'
import type { HeldByOptions, HeldSpace } from './held-by.ts'
import type { Invitation, InviteOptions } from './invitation.ts'
import type { Keyring } from './keyring.ts'
import type { ClusterBroadcast, Query, QueryHandler, QueryOptions } from './query.ts'
import type { Room } from './room.ts'
import type { RoomOptions } from './room-options.ts'
import type { Store } from './store.ts'

/** The newest heartbeat of a member that this member has received, directly or through others. */
export interface Heartbeat {
  /** The incarnation in which the member signed this heartbeat. */
  readonly incarnation: number
  /** Counts up from 1 in each incarnation. */
  readonly sequence: number
  /** When this heartbeat arrived here, in epoch milliseconds of this machine's clock. */
  readonly receivedAtMs: number
  /**
   * Suspicion level (Hayashibara 2004): at φ = 1 the chance that the next heartbeat is merely late is 10 %, at 2 it is
   * 1 %. Unitless, ≥ 0.
   */
  readonly phi: number
  /** Whether this member has a direct connection to the member now. */
  readonly connected: boolean
  /**
   * The shortest of the last three direct round trips, in milliseconds. Undefined: none was measured yet, or there is no
   * direct connection.
   */
  readonly roundTripMs: number | undefined
}

/**
 * The `event.detail` of a member event is the member after the change. Member events concern other members, never the
 * local one. All stores are up to date, and their listeners have run, when an event fires.
 */
export type ClusterEvents = { [type in ClusterEventType]: CustomEvent<Member> } & {
  /**
   * This member's store began to fail, or recovered. Fires once for each failure and once for each recovery, regardless
   * of the number of affected writes.
   */
  storage: CustomEvent<StoreState>
  /** Another process began to run with this member's identity (`Health.identityCopied`), or stopped. */
  identity: CustomEvent<{ readonly copied: boolean }>
  /**
   * A member broadcast a value with `Cluster.broadcast`, this member included. Fires at most once for each broadcast in each
   * process.
   */
  broadcast: CustomEvent<ClusterBroadcast>
}

/** Why this member sees another member or does not see it: the facts, most important first, and a hint. */
export interface Explanation {
  /** The id that was passed to `explain`. */
  readonly id: string
  /** The member's status as this member sees it. `unknown`: this member has no record of it. */
  readonly status: MemberStatus | 'unknown'
  /** Whether this member has a direct connection to it now. */
  readonly connected: boolean
  /** English sentences for people, never empty. The wording of the sentences may change in any version. */
  readonly facts: readonly string[]
  /** What to check next, as an English sentence. Undefined if the member is alive and needs no attention. */
  readonly hint: string | undefined
}

/**
 * The local member of a cluster: the handle that an app uses.
 *
 * Listeners of stores and events run after the step that caused them: first those of stores, then those of events, each
 * isolated from the others (see {@link Store}). Any method may be called in any listener.
 */
export interface Cluster {
  /** The cluster's name. Only members with the same cluster name communicate. */
  readonly name: string
  /**
   * This member, as it publishes itself now.
   *
   * @throws {NotRunningError} the cluster has not started
   */
  readonly self: Member
  /**
   * All known members, ordered by id, this member included. Members that died or left stay listed for about a day (24 to
   * 27 hours), and for less if the table is nearly full (20,000 members). Ephemeral members that left are not listed.
   */
  readonly members: Store<readonly Member[]>
  /**
   * Member id → newest heartbeat. At most 1 s old; refreshed every second while it has a listener. After the leave the last
   * snapshot stays.
   */
  readonly heartbeats: Store<ReadonlyMap<string, Heartbeat>>
  /**
   * Changes of other members, of the store and of the identity. Events describe changes only: read `members` for the
   * members that were known before a listener was added.
   */
  readonly events: TypedEventTarget<ClusterEvents>
  /**
   * The state of this member: local health, counts of members, connections, the state of its store. A snapshot is current
   * when an app reads it, and stays the same object until a figure changes. Listeners are called within a second of a change,
   * and at once after each member event, `storage` and `identity`.
   *
   * Before the cluster has started, all counts are 0 and no error is reported. After the leave the last snapshot stays.
   */
  readonly health: Store<Health>
  /**
   * Why a member has its status. If this member has no record of the id, the status is `unknown`, and the explanation
   * contains a fact that says so and a hint.
   *
   * @throws {InvalidOptionsError} the id is not a string
   * @throws {NotRunningError} the cluster has not started
   */
  explain(memberId: string): Promise<Explanation>
  /**
   * Changes this member's name or tags, when it returns, or whether the user sees it, and publishes the change to all members.
   * `tags` replaces all tags; a property that is absent is not changed. Setting the same name and tags does nothing. `self` and `members` show the change
   * when this method returns, unless a new incarnation is being stored at that moment.
   *
   * @throws {InvalidOptionsError} `change` has another property, a string that is not well-formed, a name over 128 bytes,
   *   more than 32 tags, a key of a tag over 64 bytes, a value of a tag over 256 bytes, or another time than the property
   *   allows. Nothing changed.
   * @throws {NotRunningError} the cluster has not started, or was left. Nothing changed.
   */
  update(change: UpdateChange): void
  /**
   * Announces that this device goes to sleep. Call it just before the device sleeps, for example on `suspend` of Electron's
   * `powerMonitor`, and call {@link resume} when the device is back. A page needs neither method: it announces by itself that
   * it is hidden or frozen.
   *
   * Sends all pending changes and publishes that this member is asleep. For `leaseMs`, other members show it as asleep
   * (`Member.attention`). Other members suspect this member neither for its silence nor for closed connections or failed dials.
   * So if this member crashes while it is asleep, they notice the crash only after the lease. At each member, the lease begins
   * when the announcement arrives there. Members that run a version of hearsay without `suspend` suspect this member like any
   * silent member.
   *
   * Setting the state again renews the lease.
   *
   * @param options `leaseMs`: a longer lease shows a sleeping device as present for longer, even if the device does not
   *   come back. Whole milliseconds, 1 to 3,600,000 (one hour). @default 3,600,000
   * @throws {InvalidOptionsError} an option is invalid. Nothing changed.
   * @throws {NotRunningError} the cluster has not started, or was left. Nothing changed.
   */
  suspend(options?: { leaseMs?: number }): void
  /**
   * Call this method when this device woke up, or when its network changed in a way that hearsay cannot detect. Publishes that
   * this member is active if it was asleep, tests its connections, resets the waits after failed dials, and dials all missing
   * members at once. This member suspects no other member because of messages that it missed in the meantime.
   *
   * @throws {NotRunningError} the cluster has not started, or was left
   */
  resume(): void
  /**
   * Enters a room. The members in a room share presence, documents and broadcasts. Returns the same object until this
   * member leaves the room. With a secret, the room is private (see {@link RoomOptions.secret}).
   *
   * @throws {InvalidOptionsError} the name is not a well-formed string of 1 to 128 bytes, an option is unusable, the room is
   *   open with other options, or this member is in 256 rooms and shared configs already; a room with writers counts as two
   * @throws {StorageError} the stored documents of the room are damaged; the store is unchanged
   * @throws {NotRunningError} the cluster has not started, or was left
   */
  room<P extends object = Record<string, Json>>(name: string, options?: RoomOptions): Promise<Room<P>>
  /**
   * Opens a shared config: a map of settings, shared by all members that open it. Returns the same object until the
   * config is left.
   *
   * @throws {InvalidOptionsError} the name is not a well-formed string of 1 to 128 bytes
   * @throws {InvalidOptionsError} an option is invalid, or the config is open with other options
   * @throws {InvalidOptionsError} this member is in 256 rooms and shared configs already
   * @throws {StorageError} the stored entries of the config are damaged; the store is unchanged
   * @throws {NotRunningError} the cluster has not started, or was left
   */
  config<S extends ConfigSchema | undefined = undefined>(
    name: string,
    options?: ConfigOptions<S>,
  ): Promise<Config<S>>
  /**
   * Asks members of the cluster, and collects their answers. Await the result, or iterate over the answers as they arrive.
   *
   * Each asked member runs its handler at most once in each process. An answer can be lost. If running the handler twice does
   * no harm, ask again. If an asked member is not connected to this one, the query and its answers pass through other members,
   * which can read them.
   *
   * Rejects with an {@link InvalidOptionsError} if the name is not a well-formed string of 1 to 128 bytes or an option is
   * invalid, with an {@link InvalidValueError} if JSON would change the payload or it is over 16 kB, with a
   * {@link RateLimitError} if 64 queries are running or this member asks more often than other members accept (twice a
   * second after a burst of 16, or 64 times a second after 256 if all members that are asked are connected), and with a
   * {@link NotRunningError} if the cluster has not started or was left. Nothing was sent then.
   *
   * @param name what the query is about; members answer by this name
   * @param payload anything that JSON carries. @default null
   */
  query(name: string, payload?: unknown, options?: QueryOptions): Query
  /**
   * Registers a handler that answers the queries with this name. If an app registers several handlers for one name, only the
   * last one answers.
   *
   * @returns a function that removes the handler
   * @throws {InvalidOptionsError} the name is not a well-formed string of 1 to 128 bytes, or the handler is no function
   */
  answer(name: string, handler: QueryHandler): () => void
  /**
   * Sends a value once to all members, this one included, where it fires the event `broadcast`. No member stores it, and
   * delivery is not guaranteed. Resolves when the value was sent.
   *
   * Rejects as `query` does. Broadcasts count together with queries.
   *
   * @param payload anything that JSON carries. @default null
   */
  broadcast(name: string, payload?: unknown): Promise<void>
  /** The keys of the cluster: lists them, and replaces a secret without downtime. */
  readonly keyring: Keyring
  /**
   * Whether all members have the same table of members: the same members, records and suspicions. While the store has a
   * listener, this member measures this by a query to all members: every 2 s, or every 100 ms for each member if that is
   * longer. Without a listener, the store costs nothing and keeps its last value. With the first listener, `known` is 0
   * until this member has measured.
   */
  readonly convergence: Store<Convergence>
  /**
   * Resolves when all members agree, as in `convergence`, measured after the call.
   *
   * @throws the reason of the signal
   * @throws {NotRunningError} the cluster has not started, or was left, before or while waiting
   */
  settled(options?: SettledOptions): Promise<void>
  /**
   * Asks which other members have the same content as this member, for each of its rooms and configs. The result is that of
   * `Room.heldBy` and `Config.heldBy` for all of them, ordered by type and name. Each member is asked once, unless this member
   * has hundreds of documents open.
   *
   * Rejects as `Room.heldBy` does.
   */
  heldBy(options?: HeldByOptions): Promise<readonly HeldSpace[]>
  /**
   * Makes a ticket for newcomers, which join by `joinCluster({ ticket })`. Any number of members can join with one ticket
   * until it expires or is revoked.
   *
   * @throws {InvalidOptionsError} an option is invalid, or the cluster has no authority
   * @throws {NotAllowedError} this member may not invite, or may not grant this: it has neither the authority's key, nor a
   *   ticket with the role `admin` and `mayInvite`. Also while the clock of this machine was never set, or differs by more than a
   *   day from those of most connected members
   * @throws {NotRunningError} the cluster has not started, or was left
   */
  invite(options?: InviteOptions): Promise<Invitation>
  /**
   * Ends an invitation and the membership of all members that joined with it, or ends the membership of one member. Resolves
   * when this member has stored the revocation. Each member that receives the revocation removes the revoked members at once,
   * with the event `leave`, and neither accepts nor opens a connection to them. Members that are away receive the revocation
   * when they return.
   *
   * If you revoke a member but not its ticket, the program can join again under another identity. So revoke the ticket, too.
   * A revocation cannot be undone. Revoking the same again changes nothing.
   *
   * @param what a member id, a ticket, or the `id` of an {@link Invitation}
   * @throws {InvalidOptionsError} `what` is none of the three, or the cluster has no authority
   * @throws {NotAllowedError} this member may not revoke this: only the authority and members with the role `admin` may, and
   *   only the authority revokes admins. Also if this admin has 256 revocations already, and while the clock of this machine was
   *   never set, or differs by more than a day from those of most connected members
   * @throws {NotRunningError} the cluster has not started, or was left
   */
  revoke(what: string): Promise<void>
  /**
   * Replaces the grants of this member by those of another ticket of the same cluster, for instance before the first ticket
   * expires. Other members see the new roles at once. If the member has a storage, its next starts use the ticket that is
   * valid for longer.
   *
   * @throws {InvalidOptionsError} the text is not a ticket of this cluster, the ticket has expired or was revoked, or the
   *   cluster has no authority. Nothing changed.
   * @throws {NotAllowedError} this member itself was revoked. Nothing changed.
   * @throws {NotRunningError} the cluster has not started, or was left
   */
  renew(ticket: string): Promise<void>
  /**
   * Leaves the cluster. Announces the leave, and waits at most 1 s until all connected members have acknowledged it. Waits at
   * most 5 s until changes of documents have reached the members that store them. Then stops. Never rejects because of a
   * failed write. Promises of this member that wait for other members settle at once: queries end with the answers so
   * far, and `settled`, `synced` and `heldBy` reject with a {@link NotRunningError}. Idempotent: all calls return the same promise.
   *
   * Use `returnsWithinMs` if the member comes back: another process opens its storage again, for example because an app
   * restarts to update itself. Then this member announces no leave. Other members show it as asleep, as after
   * {@link suspend}, until it is back or the time is over.
   *
   * @throws {InvalidOptionsError} an option is invalid. Nothing changed.
   */
  leave(options?: LeaveOptions): Promise<void>
}

/** What `Cluster.update` changes. A property that is absent is not changed. */
export interface UpdateChange {
  /** For people; at most 128 bytes, may be empty. */
  readonly name?: string
  /** Replaces all tags. */
  readonly tags?: Readonly<Record<string, string>>
  /**
   * If the process of this member ends without a leave, another one opens its storage within this time, for example because
   * something supervises the process. Other members then wait for so long after the connection to this member has closed
   * before they suspect it, so they do not see it die. With a longer time, they show a member that does not come back as
   * alive for longer. A view cannot change this. Whole milliseconds, 0 to 3,600,000 (one hour). 0: it does not come back.
   * @default 0
   */
  readonly returnsWithinMs?: number
  /**
   * Whether the user sees a view of this member in another page. `serveCluster` of `@hearsay/port` sets it. While it is
   * true, other members show this member as active although its own page is hidden (`Member.attention`). They show it as
   * hidden a second after it became false. A view cannot change this. Without effect on a member that does not run in a page.
   * @default false
   */
  readonly hasVisibleView?: boolean
}

/** Options of `Cluster.leave`. */
export interface LeaveOptions {
  /**
   * How long other members wait for this member to come back. With a longer time, a member that does not come back is shown
   * as present for longer. Whole milliseconds, 1 to 3,600,000 (one hour). @default it does not come back
   */
  readonly returnsWithinMs?: number
}

/** State of this member's store. `failing`: from a write that failed until the store has taken all pending writes. */
export type StoreState =
  | { readonly status: 'ok' }
  | {
      readonly status: 'failing'
      /** The last failure; its message says what to do. */
      readonly error: StorageError
    }
