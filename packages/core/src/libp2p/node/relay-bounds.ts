/**
 * Relay bounds: how much of this member's relay one peer and one address may use.
 *
 * The relay itself keeps one reservation for each peer, and bounds the data and the time of each circuit. Before a new
 * reservation, the reservations of peers that are no longer connected are deleted: otherwise each page that was ever
 * open would use one for 2 h.
 */
import type { Connection, ConnectionGater, PeerId } from '@libp2p/interface'
import type { Multiaddr } from '@multiformats/multiaddr'
import type { Problem } from '../../api/problem.ts'
import { hostOf } from '../dial-addresses.ts'

/** Our choice: maximum number of browsers that use this relay at the same time. libp2p's default is 15. */
export const maxReservations = 512

/** Our choice: one minute, as for other events in the health. */
const recentMs = 60_000

export interface RelayLimits {
  /** Reservations of all peers behind one address. */
  readonly maxReservationsPerAddress: number
  /** Open circuits that one peer asked for. */
  readonly maxCircuitsPerPeer: number
  /** Open circuits that the peers behind one address asked for. */
  readonly maxCircuitsPerAddress: number
  readonly maxCircuits: number
}

const defaults: RelayLimits = {
  /** Our choice: a quarter. Enough for an office behind one address. */
  maxReservationsPerAddress: 128,
  /** As many as a page dials at once (browser/dial-rate-limiter.ts). */
  maxCircuitsPerPeer: 64,
  /** Our choice: a quarter. */
  maxCircuitsPerAddress: 256,
  /** Our choice: two for each reservation. */
  maxCircuits: 1_024,
}

const hopProtocol = '/libp2p/circuit/relay/0.2.0/hop'

export interface Reservations {
  readonly size: number
  entries(): IterableIterator<[PeerId, { readonly addr: Multiaddr; readonly signal: object }]>
  has(peer: PeerId): boolean
  delete(peer: PeerId): void
}

export interface RelayedNode {
  getConnections(peer?: PeerId): Connection[]
}

export class RelayBounds {
  readonly #limits: RelayLimits
  #node: RelayedNode | undefined
  #reservations: Reservations | undefined
  #refusedMs = Number.NEGATIVE_INFINITY

  constructor(limits: RelayLimits = defaults) {
    this.#limits = limits
  }

  /** The relay calls these methods before each reservation and each circuit. */
  readonly gater: ConnectionGater = {
    denyInboundRelayReservation: source => this.#denies(this.#mayReserve(source)),
    denyOutboundRelayedConnection: source => this.#denies(this.#mayConnect(source)),
  }

  /** Set for a minute after the relay has refused a peer. */
  problem(nowMs: number): Problem | undefined {
    if (nowMs - this.#refusedMs >= recentMs) return undefined
    return {
      name: 'relay-full',
      text: `This relay has refused peers, because all of its ${maxReservations} reservations are in use, or one address uses more than its share. Start another relay, and give pages its address, too.`,
    }
  }

  #denies(isAllowed: boolean): boolean {
    if (!isAllowed) this.#refusedMs = performance.now()
    return !isAllowed
  }

  /** Applies the bounds to a relay. */
  attach(node: RelayedNode, reservations: Reservations): void {
    this.#node = node
    this.#reservations = reservations
  }

  /** The number of reservations of connected peers. */
  count(): number {
    const peers = [...(this.#reservations?.entries() ?? [])]
    return peers.filter(([peer]) => this.#node?.getConnections(peer).length).length
  }

  #mayReserve(source: PeerId): boolean {
    const [node, reservations] = [this.#node, this.#reservations]
    if (!node || !reservations) return false
    const host = hostOfPeer(node, source)
    let sameHost = 0
    for (const [peer, { addr, signal }] of [...reservations.entries()]) {
      if (node.getConnections(peer).length === 0) {
        reservations.delete(peer)
        // The timer of the deleted reservation would otherwise end a later reservation of this peer.
        if ('clear' in signal && typeof signal.clear === 'function') signal.clear()
      } else if (!peer.equals(source) && hostOf(addr) === host) sameHost += 1
    }
    if (reservations.has(source)) return true
    return reservations.size < maxReservations && sameHost < this.#limits.maxReservationsPerAddress
  }

  /** Whether the bounds of circuits allow this request. The stream of the request is open already, so it counts. */
  #mayConnect(source: PeerId): boolean {
    const node = this.#node
    if (!node) return false
    const host = hostOfPeer(node, source)
    let [all, ofHost, ofPeer] = [0, 0, 0]
    for (const { remotePeer, remoteAddr, streams } of node.getConnections()) {
      const circuits = streams.filter(
        ({ protocol, direction }) => protocol === hopProtocol && direction === 'inbound',
      )
      all += circuits.length
      if (hostOf(remoteAddr) === host) ofHost += circuits.length
      if (remotePeer.equals(source)) ofPeer += circuits.length
    }
    const { maxCircuits, maxCircuitsPerAddress, maxCircuitsPerPeer } = this.#limits
    return all <= maxCircuits && ofHost <= maxCircuitsPerAddress && ofPeer <= maxCircuitsPerPeer
  }
}

function hostOfPeer(node: RelayedNode, peer: PeerId): string | undefined {
  const [connection] = node.getConnections(peer)
  return connection && hostOf(connection.remoteAddr)
}
