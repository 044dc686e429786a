/** Cluster: what an app sees of the members, and of itself among them. */
import type { TypedEventTarget } from 'main-event'
import type { ClusterEventType, Member, MemberStatus } from '../member/member.ts'
import type { Json } from '../wire/json.ts'
import type { Config, ConfigOptions, ConfigSchema } from './config.ts'
import type { StorageError } from './errors.ts'
import type { Health } from './health.ts'
import type { Room } from './room.ts'
import type { Store } from './store.ts'

/** How a member's heart beats, as heard here. */
export interface Heartbeat {
  readonly incarnation: number
  /** Counts up from 1 in each incarnation. */
  readonly sequence: number
  /** Epoch milliseconds at which this beat arrived here. */
  readonly receivedAtMs: number
  /** Suspicion level (Hayashibara 2004): φ = 1 is a 10 % chance that the beat is merely late, 2 is 1 %. Unitless, ≥ 0. */
  readonly phi: number
  /** The least of the last three direct round trips, in milliseconds; undefined while none was measured, or it is not connected. */
  readonly roundTripMs: number | undefined
}

/**
 * Of a member event `event.detail` is the member after the change. They are about others, never about oneself. All
 * stores are up to date, and their listeners have run, when an event fires.
 */
export type ClusterEvents = { [type in ClusterEventType]: CustomEvent<Member> } & {
  /** This member's store began to fail, or recovered: once each, however many writes that concerns. */
  storage: CustomEvent<StoreState>
  /** Another process began to run with this member's identity (`health().identityCopied`), or has stopped. */
  identity: CustomEvent<{ readonly copied: boolean }>
}

/** Why a member is, or is not, seen: facts in the order in which they were weighed, and a hint. */
export interface Explanation {
  readonly id: string
  readonly status: MemberStatus | 'unknown'
  /** Whether a direct connection to it stands right now. */
  readonly connected: boolean
  /** Plain sentences. */
  readonly facts: readonly string[]
  /** What to look at next, or undefined if all is well. */
  readonly hint: string | undefined
}

/**
 * One member of a cluster, as its app holds it.
 *
 * Listeners of stores and events run after the step that caused them, those of stores first, each isolated from the
 * others: see {@link Store}. Any method may be called in any listener.
 */
export interface Cluster {
  /** The cluster's name. Only members of the same name hear each other. */
  readonly name: string
  /** This member, as it presents itself now. */
  readonly self: Member
  /** Everybody known, oneself included, ordered by id. */
  readonly members: Store<readonly Member[]>
  /** Member id → heartbeat. At most a second old; refreshed each second while somebody watches. */
  readonly heartbeats: Store<ReadonlyMap<string, Heartbeat>>
  readonly events: TypedEventTarget<ClusterEvents>
  health(): Health
  /** @throws {InvalidOptionsError} the id is no text. One that nobody has is `unknown` */
  explain(memberId: string): Explanation
  /**
   * Changes this member's own record and tells everybody. What is not named stays. A change to what is there already
   * does nothing. `self` and `members` show the change when this returns, unless a new incarnation is being stored at that
   * moment.
   *
   * @throws {InvalidOptionsError} anything but `name` and `tags`; no well-formed text; a name over 128 bytes; more than
   *   32 tags, or a tag over 256 bytes. Nothing changed.
   */
  update(change: { name?: string; tags?: Readonly<Record<string, string>> }): void
  /**
   * Enters a room: what some of the members share. The same object until it is left.
   *
   * @throws {InvalidOptionsError} no well-formed name of 1 to 128 bytes, or in 256 rooms and shared configs already
   * @throws {StorageError} what is stored of its documents is damaged; it was left as it is
   * @throws {NotRunningError} the cluster has not started, or was left
   */
  room<P extends object = Record<string, Json>>(name: string): Promise<Room<P>>
  /**
   * Opens a shared config: a map of settings that all who open it share. The same object until it is left.
   *
   * @throws {InvalidOptionsError} the name, an option, other options than it is open with, or too many
   * @throws {StorageError} what is stored of it is damaged; it was left as it is
   * @throws {NotRunningError} the cluster has not started, or was left
   */
  config<S extends ConfigSchema | undefined = undefined>(
    name: string,
    options?: ConfigOptions<S>,
  ): Promise<Config<S>>
  /**
   * Says goodbye, waits until the neighbours have it (at most one second) and until what was written in documents has
   * reached those who hold them (at most five seconds), then stops. Idempotent: all calls return the same promise.
   */
  leave(): Promise<void>
}

/** `failing`: since the last write that failed, until the store has taken everything. */
export type StoreState =
  | { readonly status: 'ok' }
  | { readonly status: 'failing'; readonly error: StorageError }
