/**
 * Transport: hearsay's frames and rumors over one libp2p node.
 *
 * To each member at most one stream a channel, opened by whoever has something to say, in one direction: answers
 * come on the other's own. A link is a connection to a peer that speaks hearsay, of whatever cluster; a peer that
 * says hello for another cluster is let go.
 */
import type { GossipSub } from '@libp2p/gossipsub'
import { TopicValidatorResult } from '@libp2p/gossipsub'
import type { Connection, Libp2pEvents, Logger, PeerId, Stream, TypedEventTarget } from '@libp2p/interface'
import type { AddressManager, ConnectionManager, Registrar } from '@libp2p/interface-internal'
import { peerIdFromString } from '@libp2p/peer-id'
import { isLoopback } from '@libp2p/utils'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import type { Channel, RumorVerdict, Transport, TransportListener } from '../cluster/ports.ts'
import { rumorTopic } from '../wire/cluster-tag.ts'
import { decodeProbe, decodeSync, encodeProbe, encodeSync, type Hello } from '../wire/codec.ts'
import { dialOutcome } from './dial-outcome.ts'
import { prefixed, readFrames, writeFrame } from './frame-stream.ts'

export const protocols: Readonly<Record<Channel, string>> = {
  probe: '/hearsay/probe/1.0.0',
  sync: '/hearsay/sync/1.0.0',
}

export interface TransportComponents {
  readonly peerId: PeerId
  readonly registrar: Registrar
  readonly connectionManager: ConnectionManager
  readonly addressManager: AddressManager
  readonly events: TypedEventTarget<Libp2pEvents>
  readonly pubsub: GossipSub
}

const channels = ['probe', 'sync'] as const
const dialTimeoutMs = 5_000
/** A bootstrap member may be busy with a whole cluster that starts. */
const bootstrapTimeoutMs = 10_000
/** Frames that wait for their stream to open. */
const maxWaitingFrames = 64

/** Opening: frames wait. Open: they go. */
type Outbound = { type: 'opening'; waiting: Uint8Array[] } | { type: 'open'; stream: Stream }

export class Libp2pTransport implements Transport {
  readonly #components: TransportComponents
  readonly #cluster: Uint8Array
  readonly #ownsNode: boolean
  readonly #topic: string
  readonly #log: Logger
  readonly #linked = new Set<string>()
  readonly #addresses = new Map<string, Multiaddr[]>()
  /** Peers whose connection, if there is one, was dialled here; another would be the app's. */
  readonly #dialled = new Set<string>()
  /** Members that were once connected over loopback. */
  readonly #onThisMachine = new Set<string>()
  readonly #outbound: Record<Channel, Map<string, Outbound>> = { probe: new Map(), sync: new Map() }
  /** Timers of connections that are not links yet. */
  readonly #expected = new Set<ReturnType<typeof setTimeout>>()
  readonly #undo: (() => void)[] = []
  #listener: TransportListener | undefined

  /** @param ownsNode the node was made for this transport alone: every connection of it is. */
  constructor(components: TransportComponents, cluster: Uint8Array, ownsNode: boolean, log: Logger) {
    this.#components = components
    this.#ownsNode = ownsNode
    this.#cluster = cluster
    this.#topic = rumorTopic(cluster)
    this.#log = log
  }

  /** Takes streams and connections from here on; to be called before the node listens, lest one be missed. */
  async listen(listener: TransportListener): Promise<void> {
    this.#listener = listener
    const { registrar, events } = this.#components
    for (const channel of channels) {
      const options = { maxInboundStreams: 4, maxOutboundStreams: 4 }
      await registrar.handle(
        protocols[channel],
        (stream, connection) => this.#accept(channel, stream, connection),
        options,
      )
      this.#undo.push(() => void registrar.unhandle(protocols[channel]).catch(() => {}))
    }
    const topology = await registrar.register(protocols.probe, {
      onConnect: (peerId, connection) => this.#connected(peerId, connection),
    })
    this.#undo.push(() => registrar.unregister(topology))
    const disconnected = ({ detail }: CustomEvent<PeerId>) => this.#disconnected(detail.toString())
    events.addEventListener('peer:disconnect', disconnected)
    this.#undo.push(() => events.removeEventListener('peer:disconnect', disconnected))
  }

  /** Takes rumors from here on, and looks at the connections that stand already; the node runs. */
  start(): void {
    const { pubsub, connectionManager } = this.#components
    pubsub.topicValidators.set(this.#topic, async (peerId, { data }) => {
      const verdict = (await this.#listener?.rumor(peerId.toString(), data)) ?? 'ignore'
      return validatorResults[verdict]
    })
    pubsub.subscribe(this.#topic)
    this.#undo.push(() => {
      pubsub.unsubscribe(this.#topic)
      pubsub.topicValidators.delete(this.#topic)
    })
    for (const connection of connectionManager.getConnections()) this.#probeForLink(connection)
  }

  stop(): void {
    this.#listener = undefined
    for (const undo of this.#undo.splice(0)) undo()
    for (const timer of this.#expected) clearTimeout(timer)
    this.#expected.clear()
    for (const channel of channels) {
      for (const outbound of this.#outbound[channel].values())
        if (outbound.type === 'open') outbound.stream.close().catch(() => {})
      this.#outbound[channel].clear()
    }
  }

  send(to: string, channel: Channel, frame: Uint8Array): void {
    const bytes = prefixed(frame)
    const outbound = this.#outbound[channel].get(to)
    if (outbound?.type === 'opening') {
      if (outbound.waiting.length < maxWaitingFrames) outbound.waiting.push(bytes)
      return
    }
    if (outbound && writeFrame(outbound.stream, bytes)) return
    this.#open(to, channel, bytes)
  }

  publish(rumor: Uint8Array): void {
    this.#components.pubsub
      .publish(this.#topic, rumor)
      .catch(error => this.#log('rumor not published - %e', error))
  }

  dial(id: string): void {
    this.#connect(id).then(
      () => this.#expectLink(id),
      error => {
        this.#dialled.delete(id)
        this.#listener?.link(id, this.#outcome(id, error))
      },
    )
  }

  dialBootstrap(address: string): void {
    const signal = AbortSignal.timeout(bootstrapTimeoutMs)
    this.#components.connectionManager.openConnection(multiaddr(address), { signal }).then(
      ({ remotePeer }) => {
        this.#dialled.add(remotePeer.toString())
        this.#listener?.bootstrapped(address, remotePeer.toString())
      },
      error => this.#log('bootstrap %s not reached, will try again - %e', address, error),
    )
  }

  disconnect(id: string): void {
    const peerId = peerIdFromString(id)
    for (const connection of this.#components.connectionManager.getConnections(peerId))
      connection.close().catch(error => connection.abort(error))
  }

  learn(id: string, addresses: readonly Uint8Array[]): void {
    if (addresses.length > 0) this.#addresses.set(id, addresses.flatMap(readableAddress))
    else {
      this.#addresses.delete(id)
      this.#onThisMachine.delete(id)
    }
  }

  mute(): readonly string[] {
    const { connectionManager, pubsub } = this.#components
    return [...this.#linked].filter(id => {
      const streams = connectionManager
        .getConnections(peerIdFromString(id))
        .flatMap(connection => connection.streams)
      return !streams.some(
        ({ direction, protocol }) => direction === 'outbound' && pubsub.protocols.includes(protocol),
      )
    })
  }

  async #connect(id: string): Promise<Connection> {
    const { connectionManager } = this.#components
    const peerId = peerIdFromString(id)
    const existing = connectionManager.getConnections(peerId).find(({ status }) => status === 'open')
    if (existing) return existing
    const addresses = this.#addresses.get(id) ?? []
    const signal = AbortSignal.timeout(dialTimeoutMs)
    this.#dialled.add(id)
    return connectionManager.openConnection(addresses.length > 0 ? addresses : peerId, { signal })
  }

  /**
   * A refusal from a loopback address is our own machine's: it counts only if the member is known to live here,
   * because it was connected over loopback, or because one does not listen to anywhere else oneself.
   */
  #outcome(id: string, error: unknown): ReturnType<typeof dialOutcome> {
    const outcome = dialOutcome(error)
    const isAsked = !(this.#addresses.get(id) ?? []).every(isLoopback)
    const livesHere =
      this.#onThisMachine.has(id) || this.#components.addressManager.getAddresses().every(isLoopback)
    return outcome === 'refused' && !isAsked && !livesHere ? 'unreachable' : outcome
  }

  /** A connection stands; whether the other end speaks hearsay is known once it was identified. */
  #expectLink(id: string): void {
    if (this.#linked.has(id)) return
    const timer = setTimeout(() => {
      this.#expected.delete(timer)
      if (!this.#linked.has(id)) this.#listener?.link(id, 'unreachable')
    }, dialTimeoutMs)
    this.#expected.add(timer)
  }

  #open(to: string, channel: Channel, first: Uint8Array): void {
    const opening: Outbound = { type: 'opening', waiting: [first] }
    const outbound = this.#outbound[channel]
    outbound.set(to, opening)
    this.#connect(to)
      .then(connection =>
        connection.newStream(protocols[channel], { signal: AbortSignal.timeout(dialTimeoutMs) }),
      )
      .then(stream => {
        if (outbound.get(to) !== opening) return stream.abort(new Error('no longer wanted'))
        outbound.set(to, { type: 'open', stream })
        stream.addEventListener('close', () => {
          const current = outbound.get(to)
          if (current?.type === 'open' && current.stream === stream) outbound.delete(to)
        })
        // The other end says nothing here but that it is of another cluster.
        readFrames(stream, frame => {
          if (!this.#isWelcome(channel, frame)) this.#foreign(to)
        })
        writeFrame(stream, concat([prefixed(this.#hello(channel)), ...opening.waiting]))
      })
      .catch(error => {
        if (outbound.get(to) === opening) outbound.delete(to)
        this.#log('%s stream to %s not opened - %e', channel, to, error)
      })
  }

  #accept(channel: Channel, stream: Stream, connection: Connection): void {
    const from = connection.remotePeer.toString()
    let greeted = false
    readFrames(stream, frame => {
      if (greeted) this.#listener?.frame(from, channel, frame)
      else if (this.#isWelcome(channel, frame)) greeted = true
      else {
        // So that the other end knows as well.
        writeFrame(stream, prefixed(this.#hello(channel)))
        stream.close().catch(() => {})
        this.#foreign(from)
      }
    })
  }

  /** A peer of another cluster is no link. Its connection may be the app's: only what was dialled here is closed. */
  #foreign(id: string): void {
    this.#log('%s is of another cluster', id)
    if (this.#linked.delete(id)) this.#listener?.link(id, 'released')
    if (this.#ownsNode || this.#dialled.has(id)) this.disconnect(id)
  }

  #hello(channel: Channel): Uint8Array {
    const hello: Hello = { type: 'hello', cluster: this.#cluster, epochMs: Date.now() }
    return channel === 'probe' ? encodeProbe(hello) : encodeSync(hello)
  }

  #isWelcome(channel: Channel, frame: Uint8Array): boolean {
    const decoded = channel === 'probe' ? decodeProbe(frame) : decodeSync(frame)
    if (!decoded.ok || decoded.value.type !== 'hello') return false
    const { cluster, epochMs } = decoded.value
    const apartMs = epochMs - Date.now()
    if (Math.abs(apartMs) > clockWarningMs)
      this.#log('the clock of a member is %d s from ours', Math.round(apartMs / 1000))
    return cluster.every((byte, i) => byte === this.#cluster[i])
  }

  #connected(peerId: PeerId, connection: Connection): void {
    const id = peerId.toString()
    if (this.#linked.has(id)) return
    this.#linked.add(id)
    if (isLoopback(connection.remoteAddr)) this.#onThisMachine.add(id)
    this.#listener?.link(id, 'open', this.#isOurs(id, connection))
  }

  /** Whether this end may close the connection when the overlay needs it no more. */
  #isOurs(id: string, { direction }: Connection): boolean {
    return direction === 'outbound' && (this.#ownsNode || this.#dialled.has(id))
  }

  #disconnected(id: string): void {
    for (const channel of channels) this.#outbound[channel].delete(id)
    this.#dialled.delete(id)
    if (this.#linked.delete(id)) this.#listener?.link(id, 'closed')
  }

  /** A connection that was there before us, on a node that the app had: identified before we could hear of it. */
  #probeForLink(connection: Connection): void {
    connection
      .newStream(protocols.probe, { signal: AbortSignal.timeout(dialTimeoutMs) })
      .then(async stream => {
        await stream.close()
        this.#connected(connection.remotePeer, connection)
      })
      .catch(() => {})
  }
}

const clockWarningMs = 3_600_000

const validatorResults: Readonly<Record<RumorVerdict, TopicValidatorResult>> = {
  accept: TopicValidatorResult.Accept,
  ignore: TopicValidatorResult.Ignore,
  reject: TopicValidatorResult.Reject,
}

function readableAddress(bytes: Uint8Array): Multiaddr[] {
  try {
    return [multiaddr(bytes)]
  } catch {
    return []
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let offset = 0
  for (const part of parts) {
    bytes.set(part, offset)
    offset += part.length
  }
  return bytes
}
