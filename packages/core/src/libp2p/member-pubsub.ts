/**
 * Member pubsub: a gossipsub that serves the admitted connections of one member.
 *
 * This gossipsub has a protocol name of its own, so an app may use gossipsub on the same node for other purposes. Gossipsub
 * learns of a peer only when a connection to that peer is admitted. So a peer that is not admitted receives no topic and no
 * rumor.
 */
import type { GossipSub, GossipSubComponents } from '@libp2p/gossipsub'
import {
  type Connection,
  type Stream,
  type StreamHandler,
  start,
  stop,
  type Topology,
} from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { AdmissionGate } from './admission/admission-gate.ts'
import { clusterPubsub } from './gossipsub-options.ts'
import type { VerificationQueue } from './verification-queue.ts'

const rumorProtocol = '/hearsay/rumors/2.0.0'
/** Gossipsub 1.2. Gossipsub derives from this name which features a peer has. */
const gossipsubProtocol = '/meshsub/1.2.0'
const maxStreams = 4
/** libp2p's own bound for the end of a connection. */
const closeMs = 500

export type PubsubComponents = Omit<GossipSubComponents, 'registrar'> & { readonly registrar: Registrar }

/**
 * Internals of gossipsub. If a version of gossipsub renames them, the timer is not stopped, and nothing else changes.
 */
interface Internals {
  readonly status?: { readonly heartbeatTimeout?: ReturnType<typeof setTimeout> }
}

export class MemberPubsub {
  readonly gossipsub: GossipSub
  /** The newest stream to each peer. */
  readonly #streams = new Map<string, Stream>()
  /** The admitted connection that gossipsub uses for each peer. */
  readonly #connections = new Map<string, Connection>()
  #topology: Topology | undefined

  constructor(components: PubsubComponents, gate: AdmissionGate, verification: VerificationQueue) {
    const { privateKey, peerId, peerStore, connectionManager, logger, registrar } = components
    const handle = async (protocol: string, handler: StreamHandler) => {
      if (protocol !== gossipsubProtocol) return
      const guarded = gate.guarded((stream, connection) => {
        const from = connection.remotePeer.toString()
        stream.addEventListener('message', () => verification.mustWait(from, stream))
        return handler(stream, this.#named(connection))
      })
      await registrar.handle(rumorProtocol, guarded, { maxInboundStreams: maxStreams })
    }
    const register = async (protocol: string, topology: Topology) => {
      if (protocol === gossipsubProtocol) {
        this.#topology = topology
        for (const connection of this.#connections.values()) this.connected(connection)
      }
      return protocol
    }
    const unhandle = async (protocol: string | string[]) => {
      if (protocol === gossipsubProtocol) await registrar.unhandle(rumorProtocol)
    }
    const unregister = () => {
      this.#topology = undefined
    }
    const own = { handle, unhandle, register, unregister, getTopologies: () => [] }
    this.gossipsub = clusterPubsub()({
      privateKey,
      peerId,
      peerStore,
      connectionManager,
      logger,
      registrar: own as Partial<Registrar> as Registrar,
    })
  }

  async start(): Promise<void> {
    await start(this.gossipsub)
  }

  async stop(): Promise<void> {
    // Gossipsub leaves this timer running for up to 1 s, which keeps the process alive.
    const { status }: Internals = Object(this.gossipsub)
    // Gossipsub waits until each peer has read what was sent to it, which a frozen peer never does. Then the end of the
    // connection ends this wait.
    await new Promise<void>((resolve, reject) => {
      const late = setTimeout(resolve, closeMs)
      stop(this.gossipsub)
        .then(resolve, reject)
        .finally(() => clearTimeout(late))
    })
    clearTimeout(status?.heartbeatTimeout)
  }

  /** A connection to the peer was admitted. */
  connected(connection: Connection): void {
    this.#connections.set(connection.remotePeer.toString(), connection)
    void this.#topology?.onConnect?.(connection.remotePeer, this.#named(connection))
  }

  /** The last connection to the peer closed. */
  disconnected({ remotePeer }: Connection): void {
    this.#connections.delete(remotePeer.toString())
    this.#streams.delete(remotePeer.toString())
    void this.#topology?.onDisconnect?.(remotePeer)
  }

  /** Whether rumors can be sent to the peer. */
  hasStream(id: string): boolean {
    return this.#streams.get(id)?.status === 'open'
  }

  /** The connection, on which gossipsub opens streams by the protocol's own name. */
  #named(connection: Connection): Connection {
    const { remotePeer, remoteAddr, direction } = connection
    const newStream: Connection['newStream'] = async (_, options) => {
      const stream = await connection.newStream(rumorProtocol, options)
      stream.protocol = gossipsubProtocol
      this.#streams.set(remotePeer.toString(), stream)
      return stream
    }
    const named: Partial<Connection> = {
      remotePeer,
      remoteAddr,
      direction,
      newStream,
      get status() {
        return connection.status
      },
    }
    return named as Connection
  }
}
