/** Ports: what a member is given from outside. In production the system's clock, libp2p and a store, in a simulation all three virtual. */
import type { ConnectionEvent } from '@hearsay/failure-detector'

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
  setAddresses(id: string, addresses: readonly Uint8Array[]): void
  /** This machine's own network is another now: dials over the old one are given up, and connections are tested. */
  networkChanged(): void
  /** Those connected over whom no rumor can go. */
  withoutPubsub(): readonly string[]
}

/** Whether a rumor should travel on: `reject` is held against whoever sent it. */
export type RumorVerdict = 'accept' | 'ignore' | 'reject'

/** What a transport tells its driver. */
export interface TransportListener {
  /** @param isOurs on `open`, whether this end may close it when it is not needed any more. @default false */
  connectionChanged(id: string, state: ConnectionEvent, isOurs?: boolean): void
  /** Somebody answered at a bootstrap address. */
  bootstrapConnected(address: string, id: string): void
  /** Nobody answered there. */
  bootstrapFailed(address: string): void
  frame(from: string, channel: Channel, bytes: Uint8Array): void
  /** @param space undefined: it is of the cluster. */
  rumor(from: string, bytes: Uint8Array, space?: string): RumorVerdict | Promise<RumorVerdict>
}
