/**
 * Platform: what differs between Node and browsers for a member on libp2p, and what a node reports that exists for it alone.
 */
import type { Connection, Ed25519PrivateKey } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Clock } from '../base/clock.ts'
import type { HostHealth } from '../handles/health-store.ts'
import type { Attention } from '../wire/fact.ts'
import type { Signer, Verifier } from '../wire/signing.ts'

export interface Platform {
  /** The driver's time. */
  readonly clock: Clock
  /** Signs with this private key, and verifies with the public key that each member id contains. */
  readonly keys: (privateKey: Ed25519PrivateKey) => Signer & Verifier
  /** Reports lifecycle changes of the page in which this member runs. Absent outside of pages. */
  readonly followPage?: (listener: PageListener) => PageFollower
  /**
   * Calls `changed` after each change of this computer's network addresses.
   *
   * @returns a function that ends the calls
   */
  readonly followNetwork?: (changed: () => void) => () => void
  /** Whether this computer no longer has the address at its end of a connection. */
  readonly hasLostAddress?: (connection: Connection) => boolean
  /** Absent: of a DNS name among the bootstrap addresses, the first IP address that answers is used. */
  readonly namedMembers?: NamedMembers
}

/** Connects to the members that a DNS name among the bootstrap addresses leads to. */
export interface NamedMembers {
  /**
   * Dials all addresses of a name at which no known member has answered yet.
   *
   * @returns the id of one of the members. Returns undefined, and dials nothing, if the address has no DNS name, or if the
   *   name leads to a single address that is not this member's own.
   * @throws {AggregateError} an address that was dialled did not answer. Connections that opened stay open.
   * @throws {Error} the name leads to this member only
   */
  connect(name: string, options: NamedMembersOptions): Promise<string | undefined>
}

export interface NamedMembersOptions {
  /** The addresses of this member. */
  readonly own: readonly Multiaddr[]
  /** Whether a member that answered earlier is still known. */
  readonly isKnown: (id: string) => boolean
  /** Dials a multiaddr. @returns the id of the member that answers */
  readonly dial: (address: string) => Promise<string>
}

export interface PageFollower {
  /** Views of this member in other pages changed. @param isAnyVisible whether the user sees one of them */
  viewsChanged(isAnyVisible: boolean): void
  /** Ends the reports. */
  stop(): void
}

export interface PageListener {
  /** The page became visible, hidden or frozen, or the visibility of the views changed. */
  attentionChanged(attention: Attention): void
  /** The page is closing: only synchronous work still runs. */
  pageClosing(): void
}

/** Returns the part of the health that depends on the node's transports and discovery. */
export type NodeHealth = () => Pick<HostHealth, 'localDiscoveryError' | 'droppedConnections' | 'problems'>

/** What is read when the metrics are collected. */
export interface NodeFigures {
  /** Only of a relay. */
  readonly relay?: { readonly maxReservations: number; reservations(): number }
  /** The size of the store's files. Only if there are any. */
  readonly storageBytes?: () => Promise<number>
}
