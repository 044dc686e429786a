/**
 * Transport: hearsay's frames and rumors over one libp2p node.
 *
 * Each end writes on streams that it opened itself, so answers arrive on a stream of the other end. A peer counts as
 * connected when it supports hearsay's protocols and has not announced another cluster. Of several connections the newest is
 * used, until a frame arrives over another one.
 */
import type { GossipSub } from '@libp2p/gossipsub'
import { TopicValidatorResult } from '@libp2p/gossipsub'
import type { Connection, Libp2pEvents, Logger, PeerId, Stream, TypedEventTarget } from '@libp2p/interface'
import type { Registrar } from '@libp2p/interface-internal'
import type { Channel, RumorVerdict, Transport, TransportListener } from '../runtime/ports.ts'
import { decodeHello, encodeHello } from '../wire/hello.ts'
import { rumorTopic, spaceTopic } from '../wire/tags.ts'
import { dialOutcome } from './dial-outcome.ts'
import { Dialler, type DiallerComponents } from './dialler.ts'
import { channels, prefixed, protocols, readFrames, writeFrame } from './frame-stream.ts'
import { closeIfHalfOpen, closeIfUnresponsive } from './half-open.ts'
import { OutboundStreams } from './outbound-streams.ts'

export interface TransportComponents extends DiallerComponents {
  readonly peerId: PeerId
  readonly registrar: Registrar
  readonly events: TypedEventTarget<Libp2pEvents>
  readonly pubsub: GossipSub
}

/** How long after it opened a connection may take to identify the other end as a hearsay member. */
const identifyTimeoutMs = 5_000
const clockWarningMs = 3_600_000
const maxStreamsPerConnection = 4

const validatorResults: Readonly<Record<RumorVerdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

export class Libp2pTransport implements Transport {
  readonly #components: TransportComponents
  readonly #cluster: Uint8Array
  readonly #topic: string
  readonly #log: Logger
  readonly #dialler: Dialler
  readonly #streams: OutboundStreams
  readonly #connectedPeers = new Set<string>()
  /** Peers with more than one connection. */
  readonly #multiplyConnected = new Set<string>()
  /** Timers of connections whose other end is not identified yet. */
  readonly #identifyTimers = new Set<ReturnType<typeof setTimeout>>()
  readonly #undo: (() => void)[] = []
  /** Space → function that ends its subscription. */
  readonly #spaces = new Map<string, () => void>()
  #isStarted = false
  #listener: TransportListener | undefined

  /** @param ownsNode the node was created for this transport alone */
  constructor(components: TransportComponents, cluster: Uint8Array, ownsNode: boolean, log: Logger) {
    this.#components = components
    this.#cluster = cluster
    this.#topic = rumorTopic(cluster)
    this.#log = log
    this.#dialler = new Dialler(components, ownsNode)
    this.#streams = new OutboundStreams({
      connect: id => this.#dialler.connect(id),
      hello: () => this.#hello(),
      answered: (id, frame) => {
        if (!this.#isHelloOfCluster(frame)) this.#warnOfOtherCluster(id)
      },
      log,
    })
  }

  /** Accepts streams and connections from now on. Call it before the node listens, so that none is missed. */
  async listen(listener: TransportListener): Promise<void> {
    this.#listener = listener
    const { registrar, events } = this.#components
    const limits = { maxInboundStreams: maxStreamsPerConnection, maxOutboundStreams: maxStreamsPerConnection }
    for (const channel of channels) {
      const accept = (stream: Stream, connection: Connection) => this.#accept(channel, stream, connection)
      await registrar.handle(protocols[channel], accept, limits)
      this.#undo.push(() => void registrar.unhandle(protocols[channel]).catch(() => {}))
    }
    // libp2p waits for this before it notifies gossipsub, which opens no second stream while it has one on a dead connection.
    const onConnect = (_: PeerId, connection: Connection) => this.#connected(connection)
    const topology = await registrar.register(protocols.probe, { onConnect })
    this.#undo.push(() => registrar.unregister(topology))
    const closed = ({ detail }: CustomEvent<Connection>) => this.#closed(detail)
    events.addEventListener('connection:close', closed)
    this.#undo.push(() => events.removeEventListener('connection:close', closed))
  }

  /** Accepts rumors from now on, and classifies connections that are open already. Call it when the node runs. */
  start(): void {
    const { pubsub, connectionManager } = this.#components
    if (pubsub.globalSignaturePolicy !== 'StrictNoSign')
      this.#log.error(
        "pubsub signs messages: set its globalSignaturePolicy to 'StrictNoSign', or no rumor is accepted",
      )
    this.#undo.push(this.#subscribeTo(this.#topic))
    for (const space of this.#spaces.keys())
      this.#spaces.set(space, this.#subscribeTo(spaceTopic(space), space))
    this.#isStarted = true
    for (const connection of connectionManager.getConnections()) this.#classify(connection)
  }

  stop(): void {
    this.#listener = undefined
    for (const undo of this.#undo.splice(0)) undo()
    for (const stop of this.#spaces.values()) stop()
    this.#spaces.clear()
    for (const timer of this.#identifyTimers) clearTimeout(timer)
    this.#identifyTimers.clear()
    this.#dialler.abortDials()
    this.#streams.stop()
  }

  send(to: string, channel: Channel, frame: Uint8Array): void {
    this.#streams.send(to, channel, frame)
  }

  publish(rumor: Uint8Array, space?: string): void {
    this.#components.pubsub
      .publish(space === undefined ? this.#topic : spaceTopic(space), rumor)
      .catch(error => this.#log('rumor not published - %e', error))
  }

  subscribe(space: string): void {
    this.#spaces.set(space, this.#isStarted ? this.#subscribeTo(spaceTopic(space), space) : () => {})
  }

  unsubscribe(space: string): void {
    this.#spaces.get(space)?.()
    this.#spaces.delete(space)
  }

  dial(id: string): void {
    this.#dialler.connect(id).then(
      () => this.#expectConnection(id),
      error => this.#listener?.connectionChanged(id, dialOutcome(error)),
    )
  }

  dialBootstrap(address: string): void {
    this.#dialler.connectTo(address).then(
      id => this.#listener?.bootstrapConnected(address, id),
      error => {
        this.#log('bootstrap %s not reached, will retry - %e', address, error)
        this.#listener?.bootstrapFailed(address)
      },
    )
  }

  disconnect(id: string): void {
    this.#dialler.disconnect(id)
  }

  networkChanged(): void {
    this.#dialler.abortDials()
    const connections = [...this.#connectedPeers].flatMap(id => this.#dialler.connections(id))
    for (const connection of connections) void closeIfUnresponsive(connection)
  }

  setAddresses(id: string, addresses: readonly Uint8Array[]): void {
    this.#dialler.setAddresses(id, addresses)
  }

  withoutPubsub(): readonly string[] {
    const { pubsub } = this.#components
    return [...this.#connectedPeers].filter(id => {
      const streams = this.#dialler.connections(id).flatMap(connection => connection.streams)
      return !streams.some(
        ({ direction, protocol }) => direction === 'outbound' && pubsub.protocols.includes(protocol),
      )
    })
  }

  subscribers(space: string): readonly string[] {
    return this.#components.pubsub.getSubscribers(spaceTopic(space)).map(String)
  }

  /** Subscribes to the rumors of a topic. @returns a function that ends the subscription */
  #subscribeTo(topic: string, space?: string): () => void {
    const { pubsub } = this.#components
    pubsub.topicValidators.set(topic, async (peerId, { data }) => {
      const verdict = (await this.#listener?.rumor(peerId.toString(), data, space)) ?? 'ignore'
      return validatorResults[verdict]
    })
    pubsub.subscribe(topic)
    return () => {
      pubsub.unsubscribe(topic)
      pubsub.topicValidators.delete(topic)
    }
  }

  /** A connection opened. Reports the member as unreachable unless its other end is identified as a member in time. */
  #expectConnection(id: string): void {
    if (this.#connectedPeers.has(id)) return
    const timer = setTimeout(() => {
      this.#identifyTimers.delete(timer)
      if (!this.#connectedPeers.has(id)) this.#listener?.connectionChanged(id, 'unreachable')
    }, identifyTimeoutMs)
    this.#identifyTimers.add(timer)
  }

  #accept(channel: Channel, stream: Stream, connection: Connection): void {
    const from = connection.remotePeer.toString()
    let helloReceived = false
    readFrames(stream, frame => {
      if (this.#multiplyConnected.has(from)) this.#streams.answerOver(from, connection)
      if (helloReceived) this.#listener?.frame(from, channel, frame)
      else if (this.#isHelloOfCluster(frame)) helloReceived = true
      else {
        // Informs the other end that it is connected to another cluster.
        writeFrame(stream, prefixed(this.#hello()))
        stream.close().catch(() => {})
        this.#warnOfOtherCluster(from)
      }
    })
  }

  /** Drops a peer of another cluster. The connection may be the app's: only one that this member dialled is closed. */
  #warnOfOtherCluster(id: string): void {
    this.#log('%s is in another cluster', id)
    if (this.#connectedPeers.delete(id)) this.#listener?.connectionChanged(id, 'released')
    if (this.#dialler.connections(id).some(connection => this.#dialler.isOurs(connection)))
      this.disconnect(id)
  }

  /** The first frame on each stream, the same on all channels. */
  #hello(): Uint8Array {
    return encodeHello({ cluster: this.#cluster, epochMs: Date.now() })
  }

  #isHelloOfCluster(frame: Uint8Array): boolean {
    const decoded = decodeHello(frame)
    if (!decoded.ok) return false
    const { cluster, epochMs } = decoded.value
    const differenceMs = epochMs - Date.now()
    if (Math.abs(differenceMs) > clockWarningMs)
      this.#log('the clock of a member differs from ours by %d s', Math.round(differenceMs / 1000))
    return cluster.every((byte, i) => byte === this.#cluster[i])
  }

  /** Resolves when this connection is the only one, or the other connections are known not to be half-open. */
  async #connected(connection: Connection): Promise<void> {
    const id = connection.remotePeer.toString()
    this.#dialler.connected(connection)
    if (!this.#connectedPeers.has(id)) {
      this.#connectedPeers.add(id)
      this.#opened(id)
    } else if (this.#dialler.current(id) === connection) this.#streams.move(id)
    const others = this.#dialler.connections(id).filter(other => other !== connection)
    if (others.length > 0) this.#multiplyConnected.add(id)
    const wereClosed = await Promise.all(others.map(other => closeIfHalfOpen(other, connection)))
    if (wereClosed.includes(true) && this.#connectedPeers.has(id)) this.#opened(id)
  }

  #opened(id: string): void {
    const isOurs = this.#dialler.connections(id).some(connection => this.#dialler.isOurs(connection))
    this.#listener?.connectionChanged(id, 'open', isOurs)
    // Both ends need their own stream: opening it now instead of for the first answer saves a round trip.
    this.#streams.open(id, 'sync')
    if (this.#spaces.size > 0) this.#streams.open(id, 'space')
  }

  #closed(connection: Connection): void {
    const id = connection.remotePeer.toString()
    const others = this.#dialler.connections(id).filter(other => other !== connection)
    if (others.length < 2) this.#multiplyConnected.delete(id)
    if (others.length > 0) {
      this.#streams.closedOne(id, connection)
      return
    }
    this.#streams.closed(id)
    this.#dialler.disconnected(id)
    if (this.#connectedPeers.delete(id)) this.#listener?.connectionChanged(id, 'closed')
  }

  /** Classifies a connection of the app's node that was open and identified before this member started. */
  #classify(connection: Connection): void {
    connection
      .newStream(protocols.probe, { signal: AbortSignal.timeout(identifyTimeoutMs) })
      .then(async stream => {
        await stream.close()
        await this.#connected(connection)
      })
      .catch(() => {})
  }
}
