/** Ports: what a member is given from outside. In production the system's clock, libp2p and a store, in a simulation all three virtual. */
import type { LinkState } from '@hearsay/failure-detector'
import type { Instant } from '../base/clock.ts'

export interface Clock {
  now(): Instant
  /** Calls back once at this monotonic time or soon after. Returns its undo. */
  setTimer(atMonotonicMs: number, callback: () => void): () => void
}

/** Streams to one member: `probe` is never queued behind `sync`, nor `sync` behind `space`. */
export type Channel = 'probe' | 'sync' | 'space'

export interface Transport {
  /** Sends one frame, dialling first if need be. May be lost. */
  send(to: string, channel: Channel, frame: Uint8Array): void
  /** One rumor to everybody, or to those in a space. May be lost. */
  publish(rumor: Uint8Array, space?: string): void
  /** Rumors of this space are to be heard, and to be passed on. */
  subscribe(space: string): void
  unsubscribe(space: string): void
  /** Who of those connected is known to hear rumors of this space. */
  subscribers(space: string): readonly string[]
  /** The outcome comes as a link event. */
  dial(id: string): void
  dialBootstrap(address: string): void
  disconnect(id: string): void
  /** Where a member can be dialled from now on; nowhere: it is forgotten. */
  learn(id: string, addresses: readonly Uint8Array[]): void
  /** This machine's own network is another now: dials over the old one are given up, and connections are tested. */
  networkChanged(): void
  /** Those connected over whom no rumor can go. */
  mute(): readonly string[]
}

/** Whether a rumor should travel on: `reject` is held against whoever sent it. */
export type RumorVerdict = 'accept' | 'ignore' | 'reject'

/** What a transport tells its driver. */
export interface TransportListener {
  /** @param isOurs on `open`, whether this end may close it when it is not needed any more. @default false */
  link(id: string, state: LinkState, isOurs?: boolean): void
  /** Somebody answered at a bootstrap address. */
  bootstrapped(address: string, id: string): void
  /** Nobody answered there. */
  bootstrapFailed(address: string): void
  frame(from: string, channel: Channel, bytes: Uint8Array): void
  /** @param space undefined: it is of the cluster. */
  rumor(from: string, bytes: Uint8Array, space?: string): RumorVerdict | Promise<RumorVerdict>
}

/**
 * What outlives a process, by key. Keys are paths, like `/hearsay/…`; of one prefix only what is under that path.
 *
 * After a write that failed, a store that can be recovered refuses every further write until `recover` has succeeded:
 * what LevelDB appends behind a torn record cannot be read again.
 */
export interface KeyValues {
  /** Whether all of it ends with the process: then large values need not be written at all. @default false */
  readonly isEphemeral?: boolean
  /** In the order of their keys. */
  read(prefix: string): Promise<readonly (readonly [key: string, value: Uint8Array])[]>
  /**
   * All of it or nothing. Resolves when a store that is opened again would show these changes and all earlier ones that
   * resolved; without changes it only checks that.
   *
   * @param options sync: they, and all earlier ones, also survive a power loss @default false
   */
  write(changes: readonly KeyValueChange[], options?: { readonly sync?: boolean }): Promise<void>
  /**
   * After a failed write: opens the store again and compares it with what was acknowledged. Absent: a store that needs
   * no such thing, where the failed write is simply repeated.
   *
   * @returns `lost` if something acknowledged is not there any more: everything has to be written again
   */
  recover?(): Promise<'kept' | 'lost'>
}

/** What is kept of rooms and shared configs is under this path. All of it merges, whoever wrote it. */
export const spacesPath = '/hearsay/space'

/** Without a value the key is deleted. */
export interface KeyValueChange {
  readonly key: string
  readonly value: Uint8Array | undefined
}
