/** Config: a shared map of settings, as an app sees it. */
import type { StandardSchemaV1 } from '@standard-schema/spec'
import type { TypedEventTarget } from 'main-event'
import type { Json } from '../wire/json.ts'
import type { Store } from './store.ts'

/**
 * What values may be: one schema for every key, or one for each key there is. Any Standard Schema (Zod, Valibot,
 * ArkType, …) that answers at once.
 */
export type ConfigSchema = StandardSchemaV1 | { readonly [key: string]: StandardSchemaV1 }

/** What is read under each key. */
export type ConfigValues<S> = S extends StandardSchemaV1
  ? { [key: string]: StandardSchemaV1.InferOutput<S> }
  : S extends { readonly [key: string]: StandardSchemaV1 }
    ? { [K in keyof S]: StandardSchemaV1.InferOutput<S[K]> }
    : { [key: string]: Json }

/** What is written under each key. */
export type ConfigInputs<S> = S extends StandardSchemaV1
  ? { [key: string]: StandardSchemaV1.InferInput<S> }
  : S extends { readonly [key: string]: StandardSchemaV1 }
    ? { [K in keyof S]: StandardSchemaV1.InferInput<S[K]> }
    : { [key: string]: unknown }

export interface ConfigOptions<S extends ConfigSchema | undefined = undefined> {
  /** Checked when something is written, and when it arrives. @default anything that is JSON, under any key */
  schema?: S
  /**
   * Ids of the members whose entries count; every member refuses those of others, whoever relays them. All members
   * should name the same.
   *
   * @default 'anyone'
   */
  writers?: 'anyone' | readonly string[]
  /**
   * How long a deletion is remembered, in milliseconds, at least a minute; a member that was away for longer may bring
   * back what was deleted. All members should name the same.
   *
   * @default 30 days
   */
  retentionMs?: number
}

/** One entry of a key's history. No value: it was not there, or was deleted. */
export interface ConfigVersion {
  /** Id of the member that wrote it. */
  readonly by: string
  /** When, in epoch milliseconds: a hybrid time, so later than whatever its writer had seen. */
  readonly atMs: number
  /** What its writer saw there; also undefined if that is not in the history any more. */
  readonly from: Json | undefined
  readonly to: Json | undefined
}

/** A key has another value. */
export interface ConfigChange<V> extends Pick<ConfigVersion, 'by' | 'atMs'> {
  readonly key: string
  readonly value: V | undefined
  readonly previous: V | undefined
}

/** Somebody wrote without knowing of the value that stands now, and lost. Told once, on both sides of a partition. */
export interface ConfigConflict {
  readonly key: string
  readonly winner: ConfigVersion
  readonly loser: ConfigVersion
}

/** An entry came that the schema here refuses: it is kept out of the view. */
export interface ConfigRejection extends ConfigVersion {
  readonly key: string
  /** Plain sentences, of the schema. */
  readonly issues: readonly string[]
}

export type ConfigEvents<V> = {
  change: CustomEvent<ConfigChange<V>>
  conflict: CustomEvent<ConfigConflict>
  rejected: CustomEvent<ConfigRejection>
}

/**
 * A map that all who open it share. The last writer of a key wins, by hybrid logical clocks; everybody comes to hold
 * the same values and the same history. With `storage` it survives restarts.
 *
 * Its listeners run as those of the cluster, see {@link Store}: after the step, `entries` first, then events, each
 * isolated. Any method may be called in any of them.
 */
export interface Config<
  S extends ConfigSchema | undefined = undefined,
  V = ConfigValues<S>,
  I = ConfigInputs<S>,
> {
  readonly name: string
  /** All valid values, by key. A value that did not change keeps its object. */
  readonly entries: Store<Readonly<Partial<V>>>
  readonly events: TypedEventTarget<ConfigEvents<V[keyof V]>>
  get<K extends keyof V & string>(key: K): V[K] | undefined
  /**
   * Resolves when it is stored here: opening the store again would show it, after a power loss as well. Others receive
   * it meanwhile. What is written while this member's clock is wrong is kept, too: it is repeated at the right place
   * once the clock was set.
   *
   * @throws {InvalidValueError} the schema's issues; a value that JSON would change, as in `presence.set` of a room; a
   *   key that is no well-formed text of at most 256 bytes; a value over 16 kB; or more than 1,024 keys. Nothing
   *   changed.
   * @throws {NotAllowedError} this member is none of the writers. Nothing changed.
   * @throws {NotRunningError} it was left
   * @throws {StorageError} it is shared and shown, but could not be stored here. It is tried again by itself.
   */
  set<K extends keyof I & string>(key: K, value: I[K]): Promise<void>
  /** As `set`. Deleting what is not there does nothing. */
  delete(key: keyof V & string): Promise<void>
  /** Calls back with each new value of a key. Returns its undo. */
  watch<K extends keyof V & string>(key: K, listener: (value: V[K] | undefined) => void): () => void
  /** The newest first: up to 8 entries, valid here or not. */
  history(key: keyof V & string): readonly ConfigVersion[]
  /**
   * Resolves when another member holds all that this one does, and this one all that the other does, with its id: what
   * is read then is what is known there, and what was written before is not lost with this member. If nobody else has
   * it open, that is when somebody does.
   *
   * A promise that the app drops is no unhandled rejection; one that the app derives from it, by `then`, is its own.
   *
   * @throws {NotRunningError} it was left
   * @throws the signal's reason, for instance of `AbortSignal.timeout(5_000)`
   */
  synced(options?: { signal?: AbortSignal }): Promise<string>
  /** Stops sharing it. Idempotent. */
  leave(): void
}
