/**
 * Ports: the interfaces of a member's two drivers. A host gives the member a transport: libp2p or a simulated network.
 * The driver of the membership sends through the transport, and the transport calls this driver when something arrives.
 * This driver and the driver of the spaces call each other through two further ports. The driver of the membership also calls
 * the cluster handle, and the host.
 */
import type { ConnectionEvent } from '@hearsay/failure-detector'
import type { MachineEffect, MachineInput } from '../member/machine-io.ts'
import type { MemberEvent } from '../member/member-view.ts'
import type { DocumentsUsage, SpacesUsage } from '../spaces/spaces-usage.ts'
import type { PolicyFact, SpaceGeneration } from '../wire/fact.ts'
import type { ViolationReporter } from './peer-score.ts'

/**
 * The stream that carries a frame to a member. Each channel has a stream of its own, so a `probe` frame never waits for
 * frames of other channels, and a `sync` frame never waits for `space` or `query` frames.
 */
export type Channel = 'probe' | 'sync' | 'space' | 'query'

/** Sends frames and rumors, and manages connections. Outcomes arrive at the {@link TransportListener}. */
export interface Transport {
  /** Sends one frame, and dials first if there is no connection. The frame may be lost. */
  send(to: string, channel: Channel, frame: Uint8Array): void
  /** Publishes a rumor to all members, or to the members of a space. The rumor may be lost. */
  publish(rumor: Uint8Array, space?: string): void
  /** From now on, the member receives and forwards the rumors of this space. */
  subscribe(space: string): void
  /** The member no longer receives and forwards the rumors of this space. */
  unsubscribe(space: string): void
  /** The connected members whose subscription to this space is known. */
  subscribers(space: string): readonly string[]
  /** Dials a member. The outcome arrives as `connectionChanged`. */
  dial(id: string): void
  /**
   * Opens another connection to a connected member that does not answer. If only the new one works, it replaces the
   * others, and the outcome arrives as `connectionChanged`; otherwise nothing changes.
   */
  checkConnection(id: string): void
  /** Dials a bootstrap address. The outcome arrives as `bootstrapConnected` or `bootstrapFailed`. */
  dialBootstrap(address: string): void
  /** Closes all connections to a peer. */
  disconnect(id: string): void
  /** Closes all connections to a peer, and neither accepts nor opens one for this long. */
  refuse(id: string, forMs: number): void
  /** Sets the addresses at which a member can be dialled; an empty list removes the member. */
  setAddresses(id: string, addresses: readonly Uint8Array[]): void
  /** Grants of members have ended: closes the connections to peers that were admitted by them. */
  reviewConnections(): void
  /** The network of this machine changed. The transport aborts dials over the old network and tests its connections. */
  networkChanged(): void
  /** The connected members without an open gossipsub stream. No rumor can be sent to these members. */
  withoutPubsub(): readonly string[]
  /**
   * How far the wall clock of a connected member is ahead of the local one, in milliseconds, if by more than a minute. 0: it is
   * not, or this is not known. @default 0 for each member
   */
  clockAheadMs?(id: string): number
}

/**
 * Whether the transport forwards a rumor. `accept`: it forwards the rumor. `ignore`: it does not. `reject`: it does not,
 * and the rumor counts against the peer that sent it.
 */
export type RumorVerdict = 'accept' | 'ignore' | 'reject'

/** The driver, as its transport calls it. */
export interface TransportListener {
  /**
   * The connection to a member changed.
   *
   * @param isOurs only if `state` is `open`: whether this member may close the connection when it no longer needs it.
   * @default false
   */
  connectionChanged(id: string, state: ConnectionEvent, isOurs?: boolean): void
  /** A member answered at a bootstrap address. */
  bootstrapConnected(address: string, id: string): void
  /** No member answered at a bootstrap address. */
  bootstrapFailed(address: string): void
  /** A frame arrived. Returns a promise if its signatures are verified later. */
  frame(from: string, channel: Channel, bytes: Uint8Array): void | Promise<void>
  /** A rumor arrived. @param space the space of the rumor; undefined for a rumor of the cluster */
  rumor(from: string, bytes: Uint8Array, space?: string): RumorVerdict | Promise<RumorVerdict>
}

/** The spaces of a member, its rooms and shared configs, as the driver calls them. Absent until the first one opens. */
export interface SpacesPort {
  /** The connection to a member changed. */
  connectionChanged(id: string, state: ConnectionEvent): void
  /** The records or statuses of these members changed in one step. */
  membersChanged(ids: readonly string[]): void
  /** A `space` frame arrived. Returns a promise if its signatures are verified later. */
  frame(from: string, bytes: Uint8Array): void | Promise<void>
  /** A rumor of a space arrived. */
  rumor(space: string, from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict>
  /** The wall clock was set. The spaces repeat all decisions that depend on the wall clock. */
  clockStepped(): void
  /** Counts of the objects that the spaces have in memory now. */
  usage(): SpacesUsage
  documentsUsage(): DocumentsUsage
  stop(): void
}

/** The queries of a member, as the driver calls them. Loaded when the first query is asked or arrives. */
export interface QueriesPort {
  /** A `query` frame arrived. Returns a promise if its signatures are verified later, or the code is being loaded. */
  frame(from: string, bytes: Uint8Array): void | Promise<void>
  /** A rumor with a query or a broadcast arrived. */
  rumor(from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict>
  /** The records or statuses of these members changed in one step. */
  membersChanged(ids: readonly string[]): void
  stop(): void
}

/** The membership of a member, as its spaces call it. */
export interface MembershipPort extends ViolationReporter {
  /** Publishes in the local record the spaces that this member is in. */
  announceSpaces(spaces: readonly SpaceGeneration[]): void
  /** Connects to a member at once, if it is alive and no dial to it is in flight or has failed. */
  connectNow(id: string): void
  /** Connects to these members in addition to the neighbours. */
  setExtraPeers(ids: readonly string[]): void
}

/** The cluster handle, as the driver calls it within a step. */
export interface DriverListener {
  /** A member event for the app. */
  event(event: MemberEvent): void
  /** A step has ended in which anything may have changed. */
  stepped(): void
  /** All connected members have acknowledged the leave. */
  leaveAcknowledged(): void
  /** Another process began to run with this member's identity, or stopped. */
  identityChanged(isCopied: boolean): void
  /** A policy fact of another member or of this one was merged. */
  policyChanged(fact: PolicyFact): void
  /** The queries of this member. A promise while their code is loaded. */
  queries(): QueriesPort | Promise<QueriesPort>
}

/** Observes the machine's inputs and effects, for metrics. The observer changes nothing, and does not throw. */
export interface DriverObserver {
  /** Called before the machine handles the input. */
  input(input: MachineInput): void
  /** Called before the driver carries out the effect. */
  effect(effect: MachineEffect): void
}

/** The host, as the driver calls it. */
export interface DriverHost {
  /** @default none */
  readonly observer?: DriverObserver
  /** Stores the addresses of other members: at most 256, at most every 30 s. */
  persistCachedPeers(addresses: readonly string[]): void
  /** Writes a line to the log. */
  log(message: string): void
}
