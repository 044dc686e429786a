/**
 * Transport: hearsay's frames and rumors over one libp2p node.
 *
 * Each end writes on streams that it opened itself, so answers arrive on a stream of the other end. Frames are read only from
 * connections that are admitted (admission/admission-gate.ts). This file connects the parts; each part has a file of its own.
 */
import type {
  Connection,
  Libp2pEvents,
  Logger,
  PeerId,
  PeerStore,
  Stream,
  TypedEventTarget,
} from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { Problem } from '../api/problem.ts'
import type { Clock } from '../base/clock.ts'
import type { Channel, Transport, TransportListener } from '../runtime/ports.ts'
import type { TopicKeys } from '../wire/cluster-keys.ts'
import { encodeHello } from '../wire/hello.ts'
import type { AdmissionGate } from './admission/admission-gate.ts'
import type { GrantExchange } from './admission/grant-exchange.ts'
import type { AdmissionKey, RemovedKeys } from './admission/handshake.ts'
import { LazyRefusals } from './admission/lazy-refusals.ts'
import type { RefusalReason, Refusals } from './admission/refusals.ts'
import { BootstrapProblems } from './bootstrap-problems.ts'
import { dialOutcome } from './dial-outcome.ts'
import { Dialler, type DiallerComponents } from './dialler.ts'
import { channels, protocols } from './frame-stream.ts'
import { closeIfUnresponsive } from './half-open.ts'
import { InboundStreams } from './inbound-streams.ts'
import type { MemberPubsub } from './member-pubsub.ts'
import { OutboundStreams } from './outbound-streams.ts'
import { PeerClocks } from './peer-clocks.ts'
import { PeerConnections } from './peer-connections.ts'
import type { Platform } from './platform.ts'
import { RumorTopics } from './rumor-topics.ts'
import type { VerificationQueue } from './verification-queue.ts'

export interface TransportComponents extends DiallerComponents {
  readonly peerId: PeerId
  readonly registrar: Registrar
  /** The addresses and protocols of the peers that the node knows. */
  readonly peerStore: PeerStore
  readonly events: TypedEventTarget<Libp2pEvents>
}

export interface TransportOptions {
  readonly components: TransportComponents
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly keys: TransportKeys
  readonly hasSecret: boolean
  /** In a cluster with an authority. */
  readonly grants?: GrantExchange | undefined
  /** Whether the node was created for this member alone. */
  readonly ownsNode: boolean
  readonly gate: AdmissionGate
  /** Multiaddrs that the app gave. */
  readonly bootstrap: readonly string[]
  readonly pubsub: MemberPubsub
  readonly verification: VerificationQueue
  readonly log: Logger
  readonly hasLostAddress: Platform['hasLostAddress']
  readonly clock: Clock
  readonly namedMembers: Platform['namedMembers']
}

/** The keys of the cluster. The keys may change: see `Libp2pTransport.keysChanged`. */
export interface TransportKeys {
  /** 1 to 4 keys; the first one is the primary key. */
  admission(): readonly AdmissionKey[]
  /** In a cluster whose keys may change. */
  readonly removed?: RemovedKeys
  /** The member publishes on the topics of the first key, and listens on those of all. */
  topics(): readonly TopicKeys[]
}

const maxStreamsPerConnection = 4
/** Wrong proofs that are checked on one connection of a cluster with a secret: one for each key that a peer may have. */
const maxProofs = 4

export class Libp2pTransport implements Transport {
  readonly #options: TransportOptions
  readonly #log: Logger
  readonly #dialler: Dialler
  readonly #streams: OutboundStreams
  readonly #inbound: InboundStreams
  readonly #topics: RumorTopics
  readonly #refusals: LazyRefusals
  readonly #connections: PeerConnections
  readonly #clocks = new PeerClocks()
  readonly #bootstrap: BootstrapProblems
  readonly #undo: (() => void)[] = []
  #listener: TransportListener | undefined

  constructor(options: TransportOptions) {
    const { components, ownsNode, gate, bootstrap, namedMembers, log } = options
    const { cluster, clock, keys, pubsub, verification, hasSecret, grants } = options
    this.#options = options
    this.#log = log
    this.#dialler = new Dialler({ components, ownsNode, gate, bootstrap, namedMembers })
    this.#bootstrap = new BootstrapProblems(bootstrap)
    this.#streams = new OutboundStreams({
      connect: id => this.#dialler.connect(id),
      hello: () => encodeHello({ cluster, epochMs: clock.now().epochMs }),
      log,
    })
    this.#connections = new PeerConnections({
      dialler: this.#dialler,
      streams: this.#streams,
      pubsub,
      opened: (id, isOurs) => this.#opened(id, isOurs),
    })
    this.#inbound = new InboundStreams({ cluster, clock, clocks: this.#clocks, verification })
    this.#refusals = new LazyRefusals({ hasSecret, hasAuthority: grants !== undefined, log })
    this.#topics = new RumorTopics({ gossipsub: pubsub.gossipsub, keys, verification, log })
  }

  /** The connections that were not admitted, and why. Undefined until there is one. */
  get refusals(): Refusals | undefined {
    return this.#refusals.loaded
  }

  /** The problems of the bootstrap addresses and the clocks. @param connections the number of connected members */
  problems(connections: number): Problem[] {
    const now = this.#options.clock.now()
    const all = [this.#bootstrap.problem(connections, now.monotonicMs), this.#clocks.problem(now)]
    return all.filter(problem => problem !== undefined)
  }

  /** How far the clock of a connected member is ahead, in milliseconds, if by more than a minute; otherwise 0. */
  clockAheadMs(id: string): number {
    return this.#clocks.aheadMs(id, this.#options.clock.now())
  }

  /** The number of streams that were aborted because of unfinished frames. */
  get abortedStreams(): number {
    return this.#inbound.aborted
  }

  /** Accepts streams and connections from now on. Call it before the node listens, so that none is missed. */
  async listen(listener: TransportListener): Promise<void> {
    this.#listener = listener
    const { components, cluster, keys, hasSecret, ownsNode, gate, grants } = this.#options
    const receiver = {
      arrived: (from: string, connection: Connection) => {
        if (this.#connections.hasSeveral(from)) this.#streams.answerOver(from, connection)
      },
      frame: (from: string, channel: Channel, frame: Uint8Array) =>
        this.#listener?.frame(from, channel, frame),
    }
    const { registrar, events } = components
    const limits = { maxInboundStreams: maxStreamsPerConnection, maxOutboundStreams: maxStreamsPerConnection }
    for (const channel of channels) {
      const accept = (stream: Stream, connection: Connection) =>
        this.#inbound.read(channel, stream, connection, receiver)
      await registrar.handle(protocols[channel], gate.guarded(accept), limits)
      this.#undo.push(() => void registrar.unhandle(protocols[channel]).catch(() => {}))
    }
    const closed = ({ detail }: CustomEvent<Connection>) => this.#closed(detail)
    events.addEventListener('connection:close', closed)
    this.#undo.push(() => events.removeEventListener('connection:close', closed))
    await gate.open({
      components,
      keys: () => keys.admission(),
      maxProofs: hasSecret ? maxProofs : 1,
      cluster,
      ownsNode,
      grants,
      removedKeys: keys.removed,
      admitted: connection => {
        this.#refusals.loaded?.admitted(connection.remotePeer.toString())
        // A connection with limits serves introductions only.
        if (connection.limits === undefined) this.#connections.admitted(connection)
      },
      refused: (connection, reason) => this.#refused(connection, reason),
    })
    this.#undo.push(() => gate.close())
    const received = (from: string, rumor: Uint8Array) => void this.#listener?.rumor(from, rumor)
    if (grants) this.#undo.push(await grants.followRevocations(registrar, received))
  }

  /** Publishes and accepts rumors from now on. Call it when the node runs. */
  start(): void {
    if (this.#listener) this.#topics.start(this.#listener)
  }

  stop(): void {
    this.#listener = undefined
    for (const undo of this.#undo.splice(0)) undo()
    this.#topics.stop()
    this.#dialler.abortDials()
    this.#streams.stop()
  }

  send(to: string, channel: Channel, frame: Uint8Array): void {
    this.#streams.send(to, channel, frame)
  }

  publish(rumor: Uint8Array, space?: string): void {
    this.#topics.publish(rumor, space)
  }

  subscribe(space: string): void {
    this.#topics.subscribe(space)
  }

  unsubscribe(space: string): void {
    this.#topics.unsubscribe(space)
  }

  dial(id: string): void {
    this.#dialler.connect(id).then(
      // The connection was reported when it was admitted.
      () => {},
      error => this.#listener?.connectionChanged(id, dialOutcome(error)),
    )
  }

  checkConnection(id: string): void {
    this.#connections.check(id).catch(() => {
      // The member does not answer over another connection either.
    })
  }

  dialBootstrap(address: string): void {
    this.#bootstrap.dialled(address, this.#options.clock.now().monotonicMs)
    this.#dialler.connectTo(address).then(
      id => {
        this.#bootstrap.answered(address)
        this.#listener?.bootstrapConnected(address, id)
      },
      error => {
        void this.#bootstrap.failed(address, error)
        this.#log('bootstrap %s not reached, will retry - %e', address, error)
        this.#listener?.bootstrapFailed(address)
      },
    )
  }

  disconnect(id: string): void {
    this.#dialler.disconnect(id)
  }

  refuse(id: string, forMs: number): void {
    this.#options.gate.refusePeer(id, forMs)
    this.#dialler.disconnect(id)
  }

  reviewConnections(): void {
    this.#options.gate.review()
  }

  networkChanged(): void {
    this.#dialler.abortDials()
    for (const id of this.#connections.ids)
      for (const connection of this.#dialler.connections(id))
        if (this.#options.hasLostAddress?.(connection))
          connection.abort(new Error('its local address is gone'))
        else void closeIfUnresponsive(connection)
  }

  setAddresses(id: string, addresses: readonly Uint8Array[]): void {
    this.#dialler.setAddresses(id, addresses)
  }

  withoutPubsub(): readonly string[] {
    return this.#connections.ids.filter(id => !this.#options.pubsub.hasStream(id))
  }

  subscribers(space: string): readonly string[] {
    return this.#topics.subscribers(space)
  }

  /** The keys changed: connections that were admitted by a removed key must prove another key, and topics may change. */
  keysChanged(): void {
    this.#options.gate.keysChanged()
    this.#topics.keysChanged()
  }

  /**
   * Reports a refusal. Exception: on a node of the app, most peers that dial and prove nothing use other services of
   * the app, so their refusals are not reported.
   */
  #refused(connection: Connection, reason: RefusalReason): void {
    const { ownsNode } = this.#options
    const isOurs = this.#dialler.isOurs(connection)
    if (!ownsNode && isOurs) connection.close().catch(error => connection.abort(error))
    if (!ownsNode && !isOurs && (reason === 'no-proof' || reason === 'unsupported')) return
    this.#refusals.report(connection, reason)
  }

  #opened(id: string, isOurs: boolean): void {
    this.#listener?.connectionChanged(id, 'open', isOurs)
    // Both ends need their own stream: opening it now instead of for the first answer saves a round trip.
    this.#streams.open(id, 'sync')
    if (this.#topics.hasSpaces) this.#streams.open(id, 'space')
  }

  #closed(connection: Connection): void {
    const peer = this.#connections.closed(connection)
    if (peer === undefined) return
    const id = connection.remotePeer.toString()
    this.#clocks.closed(id)
    if (peer === 'stranger') this.#forgetStranger(connection)
    else this.#listener?.connectionChanged(id, 'closed')
  }

  /** libp2p stores each peer that opens a stream, and strangers can have any number of ids. */
  #forgetStranger(connection: Connection): void {
    const { components, ownsNode, gate } = this.#options
    if (ownsNode && !gate.isAdmitted(connection))
      components.peerStore.delete(connection.remotePeer).catch(() => {})
  }
}
