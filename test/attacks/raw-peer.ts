/**
 * Raw peer: a libp2p node that speaks hearsay's wire protocol without hearsay's engine, and sends what an attack wants.
 *
 * With the secret of the cluster it is an admitted member: it answers probes, so others see it alive. Without the secret it
 * is a stranger that sends the same bytes. Sending never throws: when the other end closes, the next send dials again.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { lpStream } from '@libp2p/utils'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p, type Libp2pOptions } from 'libp2p'
import { prefixed, protocols } from '../../packages/core/src/libp2p/frame-stream.ts'
import type { Channel } from '../../packages/core/src/runtime/ports.ts'
import { decodeProbe, encodeProbe, encodeSync, syncMessage } from '../../packages/core/src/wire/codec.ts'
import type { SignedFact } from '../../packages/core/src/wire/fact.ts'
import { encodeHello } from '../../packages/core/src/wire/hello.ts'
import { clusterTag } from '../../packages/core/src/wire/tags.ts'
import { type Credentials, prove } from './admission-proof.ts'
import { encodePublish, rumorProtocol } from './gossip-rpc.ts'
import { Identity } from './identity.ts'

export interface Target {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly incarnation: number
}

/** A dial or a stream that takes longer failed: the target was killed, or does not answer. */
const openTimeoutMs = 3_000
/** How long a full stream may take to drain. */
const drainTimeoutMs = 1_000

export type Route = Channel | 'rumors'

/** @param frame without its length; the first frame of a channel is a hello */
export type FrameListener = (from: string, route: Route, frame: Uint8Array) => void

export class RawPeer {
  readonly identity: Identity
  readonly tag: Uint8Array
  readonly node: Libp2p
  /** The request of the last admission. */
  lastRequest: Uint8Array | undefined
  readonly #credentials: Credentials
  readonly #streams = new Map<string, Stream>()
  readonly #onFrame: FrameListener | undefined

  private constructor(
    credentials: Credentials,
    { identity, node, onFrame }: { identity: Identity; node: Libp2p; onFrame: FrameListener | undefined },
  ) {
    this.#credentials = credentials
    this.#onFrame = onFrame
    this.identity = identity
    this.node = node
    this.tag = clusterTag(credentials.cluster)
  }

  /**
   * @param onFrame called with all that members send except probes @default everything is read and dropped
   * @param node further options of the libp2p node @default none: it does not listen
   */
  static async create(
    credentials: Credentials,
    given: {
      readonly identity?: Identity
      readonly onFrame?: FrameListener
      readonly node?: Pick<Libp2pOptions, 'addresses' | 'services'>
    } = {},
  ): Promise<RawPeer> {
    const identity = given.identity ?? (await Identity.create(clusterTag(credentials.cluster)))
    const node = await createLibp2p({
      privateKey: identity.key,
      addresses: { listen: [] },
      transports: [tcp(), webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false },
      connectionManager: { maxConnections: 4_096 },
      ...given.node,
    })
    const peer = new RawPeer(credentials, { identity, node, onFrame: given.onFrame })
    await peer.#answer()
    return peer
  }

  /** Dials the target and proves what the credentials allow. @returns whether the target admitted the peer */
  async connect({ address }: Target): Promise<boolean> {
    const connection = await this.dial(address)
    return connection !== undefined && (await this.prove(connection))
  }

  /** Connects and sends the peer's record, so that others see it as a member. */
  async join(target: Target): Promise<boolean> {
    const isAdmitted = await this.connect(target)
    await this.sendFacts(target, [await this.identity.record({ name: 'attacker' })])
    return isAdmitted
  }

  isConnected(id: string): boolean {
    return this.node.getConnections().some(({ remotePeer }) => remotePeer.toString() === id)
  }

  async dial(address: string): Promise<Connection | undefined> {
    try {
      return await this.node.dial(multiaddr(address), {
        signal: AbortSignal.timeout(openTimeoutMs),
        force: true,
      })
    } catch {
      return undefined
    }
  }

  /** @returns whether the other end admitted the peer */
  async prove(connection: Connection): Promise<boolean> {
    const { isAdmitted, request } = await prove(connection, this.#credentials, this.identity.id)
    this.lastRequest = request ?? this.lastRequest
    return isAdmitted
  }

  sendFacts(target: Target, facts: readonly SignedFact[]): Promise<boolean> {
    return this.send(target, 'sync', encodeSync(syncMessage({ facts })))
  }

  send(target: Target, channel: Channel, frame: Uint8Array): Promise<boolean> {
    return this.sendBytes(target, channel, prefixed(frame))
  }

  /** Publishes on a gossipsub topic, to this target only. */
  publish(target: Target, topic: string, data: Uint8Array): Promise<boolean> {
    return this.sendRpc(target, encodePublish(topic, data))
  }

  /** Sends an RPC of gossipsub. */
  sendRpc(target: Target, rpc: Uint8Array): Promise<boolean> {
    return this.sendBytes(target, 'rumors', prefixed(rpc))
  }

  /** @returns whether the bytes were accepted for sending */
  async sendBytes(target: Target, route: Route, bytes: Uint8Array): Promise<boolean> {
    try {
      const stream = await this.#stream(target, route)
      if (!stream) return false
      if (!stream.send(bytes)) await drained(stream)
      return true
    } catch {
      this.#streams.delete(`${target.id} ${route}`)
      return false
    }
  }

  /** A new stream with its hello. The same connection carries all streams to a target. */
  async open(target: Target, route: Route): Promise<Stream | undefined> {
    if (!this.isConnected(target.id)) await this.connect(target)
    const [connection] = this.node
      .getConnections()
      .filter(({ remotePeer }) => remotePeer.toString() === target.id)
    if (!connection) return undefined
    const stream = await connection.newStream(protocolOf(route), {
      signal: AbortSignal.timeout(openTimeoutMs),
    })
    // An inbound message would wait in memory without a listener.
    stream.addEventListener('message', () => {})
    if (route !== 'rumors') stream.send(prefixed(encodeHello({ cluster: this.tag, epochMs: Date.now() })))
    return stream
  }

  async #stream(target: Target, route: Route): Promise<Stream | undefined> {
    const key = `${target.id} ${route}`
    const known = this.#streams.get(key)
    if (known?.status === 'open' && known.writeStatus !== 'closed') return known
    const stream = await this.open(target, route)
    if (stream) this.#streams.set(key, stream)
    return stream
  }

  /** Answers probes, and reads everything else without an answer of its own. */
  async #answer(): Promise<void> {
    for (const route of ['sync', 'space', 'rumors'] as const)
      await this.node.handle(protocolOf(route), (stream, { remotePeer }) =>
        this.#onFrame
          ? void readFrames(stream, frame => this.#onFrame?.(remotePeer.toString(), route, frame))
          : stream.addEventListener('message', () => {}),
      )
    await this.node.handle(protocols.probe, async (stream, connection) => {
      const target = { id: connection.remotePeer.toString(), name: '', address: '', incarnation: 0 }
      await readFrames(stream, async frame => {
        const probe = decodeProbe(frame)
        if (probe.ok && probe.value?.type === 'ping')
          await this.send(target, 'probe', encodeProbe({ type: 'ack', seq: probe.value.seq }))
      })
    })
  }
}

const protocolOf = (route: Route): string => (route === 'rumors' ? rumorProtocol : protocols[route])

/** Calls back with each frame, until the other end closes the stream. */
async function readFrames(stream: Stream, onFrame: (frame: Uint8Array) => unknown): Promise<void> {
  const frames = lpStream(stream)
  for (;;) {
    // Catch errors of reading only: the other end has closed. A mistake in a script must not look like that.
    const frame = await frames.read().catch(() => undefined)
    if (!frame) return
    await onFrame(frame.subarray())
  }
}

function drained(stream: Stream): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, drainTimeoutMs)
    stream.addEventListener(
      'drain',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
}
