/**
 * Peer connections: which peers are connected, and what follows when one of several connections to a peer opens or closes.
 *
 * A peer is connected while it has an admitted connection (admission/admission-gate.ts). The newest of several connections is
 * used, because the other end may have lost an older one. Each older one is checked when a newer one opens. Answers may use
 * another connection: see outbound-streams.ts.
 */
import type { Connection } from '@libp2p/interface'
import type { Dialler } from './dialler.ts'
import { closeIfHalfOpen } from './half-open.ts'
import type { MemberPubsub } from './member-pubsub.ts'
import type { OutboundStreams } from './outbound-streams.ts'

export interface PeerConnectionsOptions {
  readonly dialler: Dialler
  readonly streams: OutboundStreams
  readonly pubsub: MemberPubsub
  /**
   * The peer can be reached: it became connected, or a newer connection is tried or replaces a lost one.
   *
   * @param isOurs whether this member dialled a connection that is not only tried, and may close it
   */
  readonly opened: (id: string, isOurs: boolean) => void
}

/** With more connections to one member, no other is tried: slow members would collect them. */
const maxConnections = 3

export class PeerConnections {
  readonly #options: PeerConnectionsOptions
  readonly #connected = new Set<string>()
  readonly #multiplyConnected = new Set<string>()
  /** Pending while the older connections to the same peer are checked. */
  readonly #checks = new WeakMap<Connection, Promise<void>>()

  constructor(options: PeerConnectionsOptions) {
    this.#options = options
  }

  /** The ids of the connected peers. */
  get ids(): readonly string[] {
    return [...this.#connected]
  }

  hasSeveral(id: string): boolean {
    return this.#multiplyConnected.has(id)
  }

  /** A connection was admitted. */
  admitted(connection: Connection): void {
    this.#checks.set(connection, this.#admitted(connection))
  }

  /**
   * Opens another connection to a connected peer. Closes it again unless an older connection turns out to be lost.
   *
   * @throws {Error} no other connection can be opened
   */
  async check(id: string): Promise<void> {
    const { dialler, opened } = this.#options
    const older = dialler.connections(id)
    if (older.length >= maxConnections) return
    // Before the dial: the connection that is tried is always this member's own.
    const isOurs = this.#isOurs(id)
    const newer = await dialler.connectAgain(id)
    // The next probe uses the new connection.
    opened(id, isOurs)
    await this.#checks.get(newer)
    if (older.some(({ status }) => status === 'open')) await newer.close()
  }

  /**
   * A connection closed.
   *
   * @returns `connected` or `stranger` if the peer has no other connection. A stranger was never admitted
   */
  closed(connection: Connection): 'connected' | 'stranger' | undefined {
    const { dialler, streams, pubsub } = this.#options
    const id = connection.remotePeer.toString()
    const others = dialler.connections(id).filter(other => other !== connection)
    if (others.length < 2) this.#multiplyConnected.delete(id)
    if (others.length > 0) {
      streams.closedOne(id, connection)
      // Gossipsub's stream may have been on this connection.
      const left = dialler.current(id)
      if (left) pubsub.connected(left)
      return undefined
    }
    streams.closed(id)
    dialler.disconnected(id)
    if (!this.#connected.delete(id)) return 'stranger'
    pubsub.disconnected(connection)
    return 'connected'
  }

  /** Resolves when the older connections to the same peer are checked. */
  async #admitted(connection: Connection): Promise<void> {
    const { dialler, streams, pubsub, opened } = this.#options
    const id = connection.remotePeer.toString()
    dialler.connected(connection)
    if (!this.#connected.has(id)) {
      this.#connected.add(id)
      opened(id, this.#isOurs(id))
    } else if (dialler.current(id) === connection) streams.move(id)
    const others = dialler.connections(id).filter(other => other !== connection)
    if (others.length > 0) this.#multiplyConnected.add(id)
    const wereClosed = await Promise.all(others.map(other => closeIfHalfOpen(other, connection)))
    // All connections may have closed meanwhile.
    if (!this.#connected.has(id)) return
    if (wereClosed.includes(true)) opened(id, this.#isOurs(id))
    // Gossipsub opens no second stream to a peer while it has one, even on a dead connection.
    pubsub.connected(connection)
  }

  /** Whether this member dialled one of the connections and may close it. */
  #isOurs(id: string): boolean {
    const { dialler } = this.#options
    return dialler.connections(id).some(connection => dialler.isOurs(connection))
  }
}
