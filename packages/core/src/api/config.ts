/** Shared config: the interface through which an app uses a map of settings that members share. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { TypedEventTarget } from 'main-event'
import type { Json } from '../wire/json.ts'
import type { HeldBy, HeldByOptions } from './held-by.ts'
import type { Store } from './store.ts'
import type { Writers } from './writers.ts'

/**
 * Which values are valid: one schema for all keys, or an object with one schema for each key; other keys are then
 * invalid. Any synchronous Standard Schema (Zod, Valibot, ArkType, …).
 */
export type ConfigSchema = StandardSchemaV1 | { readonly [key: string]: StandardSchemaV1 }

/** Types of the values that are read: the schema's outputs. Without a schema: any key, any JSON. */
export type ConfigValues<S> = S extends StandardSchemaV1
  ? { [key: string]: StandardSchemaV1.InferOutput<S> }
  : S extends { readonly [key: string]: StandardSchemaV1 }
    ? { [K in keyof S]: StandardSchemaV1.InferOutput<S[K]> }
    : { [key: string]: Json }

/** Types of the values that `set` takes: the schema's inputs. */
export type ConfigInputs<S> = S extends StandardSchemaV1
  ? { [key: string]: StandardSchemaV1.InferInput<S> }
  : S extends { readonly [key: string]: StandardSchemaV1 }
    ? { [K in keyof S]: StandardSchemaV1.InferInput<S[K]> }
    : { [key: string]: unknown }

/**
 * Options of `cluster.config`. Each member applies its own options, so all members should pass the same ones.
 */
export interface ConfigOptions<S extends ConfigSchema | undefined = undefined> {
  /**
   * Which values are valid. Checked when this member writes, and when an entry of another member arrives.
   *
   * @default any value that JSON carries, under any key
   */
  schema?: S
  /**
   * Ids of the members that may write, or a role in a cluster with an authority: `{ role: 'operator' }`. Every member rejects
   * entries of all other authors, no matter which member forwards them. All members should pass the same writers. Members
   * with the role `reader` may never write.
   *
   * @default 'anyone'
   */
  writers?: Writers
  /**
   * How long members store that a key was deleted, in milliseconds; at least 60,000 (one minute). With a greater value,
   * members can return after a longer absence, and store each deletion for longer. A smaller value saves memory, but a
   * member that was absent for longer may bring back deleted entries. All members should pass the same value.
   *
   * @default 2_592_000_000 (30 days)
   */
  retentionMs?: number
}

/** One entry of a key's history. A value that is undefined: the key did not exist, or was deleted. */
export interface ConfigVersion {
  /** Id of the entry, the same on all members. */
  readonly id: string
  /** Id of the member that wrote the entry. */
  readonly by: string
  /**
   * The time of the write, in milliseconds since 1970. The writer's hybrid logical clock gives this time: never before
   * the time of an entry that the writer had received, and otherwise close to the writer's wall clock.
   */
  readonly atMs: number
  /** The value that this entry replaced for its writer. Also undefined if the history no longer contains that entry. */
  readonly from: Json | undefined
  /** The value that was written, as JSON: before the schema transforms it. Undefined: the entry deletes the key. */
  readonly to: Json | undefined
}

/** The value of a key changed in the view, by a write of this or of another member. */
export interface ConfigChange<V> extends Pick<ConfigVersion, 'by' | 'atMs'> {
  /** The key. */
  readonly key: string
  /** The new value, as the schema returns it. Undefined: the key was deleted, or has no valid value any more. */
  readonly value: V | undefined
  /** The value that the view showed before. Undefined: it showed none. */
  readonly previous: V | undefined
}

/**
 * Two members wrote the same key concurrently: the writer of `loser` had not received `winner`, and `winner` is newer.
 * Emitted once for each loser, on every member that receives both entries, so on both sides of a healed partition.
 */
export interface ConfigConflict {
  /** The key. */
  readonly key: string
  /** The newest entry of the key. */
  readonly winner: ConfigVersion
  /** The entry that was overwritten without having been read. The entry stays in `history`. */
  readonly loser: ConfigVersion
}

/**
 * An entry arrived that is invalid by this member's schema. The view does not show it; it shows the newest valid entry of
 * the key instead.
 */
export interface ConfigRejection extends ConfigVersion {
  /** The key. */
  readonly key: string
  /** The schema's messages, each with the path of the invalid part. */
  readonly issues: readonly string[]
}

/**
 * Events of a config. `entries` is up to date, and its listeners have run, when an event fires. The entries that the store
 * contains when the config is opened cause no events.
 */
export type ConfigEvents<V> = {
  /**
   * The view shows another entry for a key. Also fires for this member's own writes, before the promise of `set` resolves,
   * and when an entry with an equal value replaces another.
   */
  change: CustomEvent<ConfigChange<V>>
  /** Concurrent writes of one key. */
  conflict: CustomEvent<ConfigConflict>
  /** An invalid entry arrived. */
  rejected: CustomEvent<ConfigRejection>
}

/**
 * A map that is shared by all members that open it. The last writer of a key wins, by hybrid logical clocks;
 * all members converge to the same values and the same history. With the option `storage` the config survives
 * restarts.
 *
 * Listeners run after the step that caused them: those of `entries` first, then those of events, each isolated from the
 * others (see {@link Store}). Any method may be called in any listener.
 */
export interface Config<
  S extends ConfigSchema | undefined = undefined,
  V = ConfigValues<S>,
  I = ConfigInputs<S>,
> {
  /** The name under which the config was opened. */
  readonly name: string
  /** Whether this member may write now: whether it is one of the writers. */
  readonly canWrite: boolean
  /** All valid values, by key. A value that did not change keeps its object. */
  readonly entries: Store<Readonly<Partial<V>>>
  /** Changes, conflicts and rejected entries. `entries` is up to date when an event fires. */
  readonly events: TypedEventTarget<ConfigEvents<V[keyof V]>>
  /**
   * The current value of a key: the value of the newest valid entry, as the schema returns it. Undefined: the key does
   * not exist, was deleted, or has no valid entry.
   */
  get<K extends keyof V & string>(key: K): V[K] | undefined
  /**
   * Writes a key. Resolves when this member has stored the entry so that it survives a power loss; without `storage`,
   * when the entry is in memory. The view shows the entry, and other members receive it, before that. An entry that is
   * written while this member's clock is wrong is not lost: the member writes the value again with a right time when the
   * clock has been corrected.
   *
   * @throws {InvalidValueError} the value is invalid by the schema, JSON would change it (see `presence.set` of a room),
   *   or it is over 16 kB. Nothing changed.
   * @throws {InvalidValueError} the key is not a well-formed string of at most 256 bytes, or the config has 1,024 keys
   *   already. Nothing changed.
   * @throws {NotAllowedError} this member is not one of the writers. Nothing changed.
   * @throws {NotRunningError} the config was left. Nothing changed.
   * @throws {StorageError} the entry is published and shown, but could not be stored here yet. The write is repeated
   *   automatically while the member runs.
   */
  set<K extends keyof I & string>(key: K, value: I[K]): Promise<void>
  /** Deletes a key; resolves and throws as `set` does. Deleting a key that does not exist does nothing. */
  delete(key: keyof V & string): Promise<void>
  /**
   * Calls `listener` with the new value after each `change` event of this key, own writes included. Does not call it with
   * the current value: read that with `get`. Returns a function that ends the calls.
   */
  watch<K extends keyof V & string>(key: K, listener: (value: V[K] | undefined) => void): () => void
  /** The last entries of a key, newest first: at most 8, valid by this member's schema or not. */
  history(key: keyof V & string): readonly ConfigVersion[]
  /**
   * The history of each key, deleted keys included. A history that did not change keeps its list, and an entry its object.
   * Also changes when an entry arrives that `entries` does not show, and when a deleted key is forgotten.
   */
  readonly histories: Store<ReadonlyMap<string, readonly ConfigVersion[]>>
  /**
   * Resolves with the id of a member whose entries equal the entries of this member. So that member also has everything
   * that this member wrote before. Waits until another member opens the config.
   *
   * An app may ignore the returned promise: its rejection is then not reported as unhandled. A rejection of a
   * promise that the app derives from it with `then` is reported.
   *
   * @throws {NotRunningError} the config or the cluster was left, before or while waiting
   * @throws the signal's reason, for instance that of `AbortSignal.timeout(5_000)`
   */
  synced(options?: { signal?: AbortSignal }): Promise<string>
  /**
   * Sends a query to the other members that have the config open: do their entries equal those of this member? Unlike
   * `synced`, the result contains all these members, and the call does not wait until one of them agrees. Calls count
   * together with other queries. Without a call, hearsay sends nothing for this.
   *
   * Rejects with an {@link InvalidOptionsError} if an option is invalid, with a {@link RateLimitError} if this member asks
   * more often than other members accept (see `Cluster.query`), and with a {@link NotRunningError} if the config was left.
   */
  heldBy(options?: HeldByOptions): Promise<HeldBy>
  /**
   * Stops sharing the config. The last values of the config stay readable. Idempotent. If views of this member (`serveCluster`)
   * or components of `@hearsay/react` have the config open, the member leaves it with the last of them.
   */
  leave(): void
}
