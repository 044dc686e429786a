/**
 * Raw peer: a libp2p node that speaks hearsay's wire protocol without hearsay's engine, and sends what an attack wants.
 *
 * With the secret of the cluster it is an admitted member: it answers probes, so others see it alive. Without the secret it
 * is a stranger that sends the same bytes. Sending never throws: when the other end closes, the next send dials again.
 */
import type { Connection, Stream } from '@libp2p/interface'
import { noise } from '@libp2p/noise'
import { tcp } from '@libp2p/tcp'
import { byteStream, lpStream } from '@libp2p/utils'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { admissionProtocol } from '../../packages/core/src/libp2p/admission/admission-gate.ts'
import { prefixed, protocols } from '../../packages/core/src/libp2p/frame-stream.ts'
import type { Channel } from '../../packages/core/src/runtime/ports.ts'
import {
  admissionRequest,
  answerBytes,
  answeredCapabilities,
  nonceBytes,
} from '../../packages/core/src/wire/admission.ts'
import { clusterKeys } from '../../packages/core/src/wire/cluster-keys.ts'
import { decodeProbe, encodeProbe, encodeSync, syncMessage } from '../../packages/core/src/wire/codec.ts'
import type { SignedFact } from '../../packages/core/src/wire/fact.ts'
import { encodeHello } from '../../packages/core/src/wire/hello.ts'
import { clusterTag } from '../../packages/core/src/wire/tags.ts'
import { encodePublish, rumorProtocol } from './gossip-rpc.ts'
import { Identity } from './identity.ts'

/** What the peer claims to be a member of. A stranger has another secret, or none. */
export interface Credentials {
  readonly cluster: string
  readonly secret: string | undefined
}

export interface Target {
  readonly id: string
  readonly name: string
  readonly address: string
  readonly incarnation: number
}

/** A dial or a stream that takes longer failed: the target was killed, or does not answer. */
const openTimeoutMs = 3_000
/** A full stream is given so long to drain. */
const drainTimeoutMs = 1_000

type Route = Channel | 'rumors'

export class RawPeer {
  readonly identity: Identity
  readonly tag: Uint8Array
  readonly node: Libp2p
  /** The request of the last admission. */
  lastRequest: Uint8Array | undefined
  readonly #credentials: Credentials
  readonly #streams = new Map<string, Stream>()

  private constructor(credentials: Credentials, identity: Identity, node: Libp2p) {
    this.#credentials = credentials
    this.identity = identity
    this.node = node
    this.tag = clusterTag(credentials.cluster)
  }

  static async create(credentials: Credentials, given?: Identity): Promise<RawPeer> {
    const identity = given ?? (await Identity.create(clusterTag(credentials.cluster)))
    const node = await createLibp2p({
      privateKey: identity.key,
      addresses: { listen: [] },
      transports: [tcp(), webSockets()],
      connectionEncrypters: [noise()],
      streamMuxers: [yamux()],
      connectionMonitor: { enabled: false },
      connectionManager: { maxConnections: 4_096 },
    })
    const peer = new RawPeer(credentials, identity, node)
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

  /** The initiator's side of the admission. */
  async prove(connection: Connection): Promise<boolean> {
    const { cluster, secret } = this.#credentials
    try {
      const signal = AbortSignal.timeout(openTimeoutMs)
      const stream = await connection.newStream(admissionProtocol, { signal })
      const bytes = byteStream(stream)
      const challenge = (await bytes.read({ bytes: nonceBytes, signal })).subarray()
      const ends = { initiator: this.identity.id, responder: connection.remotePeer.toString() }
      const session = { key: clusterKeys(cluster, secret).admission, cluster: this.tag, ...ends, challenge }
      const nonce = crypto.getRandomValues(new Uint8Array(nonceBytes))
      const request = admissionRequest(session, nonce)
      if (!request) return false
      this.lastRequest = request
      stream.send(request)
      const answer = (await bytes.read({ bytes: answerBytes, signal })).subarray()
      return answeredCapabilities(session, nonce, answer) !== undefined
    } catch {
      return false
    }
  }

  /** Sends a recorded request as the proof. @returns whether the other end answered it */
  async replay(connection: Connection, request: Uint8Array): Promise<boolean> {
    try {
      const signal = AbortSignal.timeout(openTimeoutMs)
      const stream = await connection.newStream(admissionProtocol, { signal })
      const bytes = byteStream(stream)
      await bytes.read({ bytes: nonceBytes, signal })
      stream.send(request)
      return (await bytes.read({ bytes: answerBytes, signal })).length > 0
    } catch {
      return false
    }
  }

  sendFacts(target: Target, facts: readonly SignedFact[]): Promise<boolean> {
    return this.send(target, 'sync', encodeSync(syncMessage({ facts })))
  }

  send(target: Target, channel: Channel, frame: Uint8Array): Promise<boolean> {
    return this.sendBytes(target, channel, prefixed(frame))
  }

  /** Publishes on a gossipsub topic, to this target only. */
  publish(target: Target, topic: string, data: Uint8Array): Promise<boolean> {
    return this.sendBytes(target, 'rumors', prefixed(encodePublish(topic, data)))
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
    const [open] = this.node.getConnections().filter(({ remotePeer }) => remotePeer.toString() === target.id)
    if (!open) await this.connect(target)
    const [connection] = this.node
      .getConnections()
      .filter(({ remotePeer }) => remotePeer.toString() === target.id)
    if (!connection) return undefined
    const protocol = route === 'rumors' ? rumorProtocol : protocols[route]
    const stream = await connection.newStream(protocol, { signal: AbortSignal.timeout(openTimeoutMs) })
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

  /** Answers probes, and reads everything else without an answer. */
  async #answer(): Promise<void> {
    for (const protocol of [protocols.sync, protocols.space, rumorProtocol])
      await this.node.handle(protocol, stream => stream.addEventListener('message', () => {}))
    await this.node.handle(protocols.probe, async (stream, connection) => {
      const frames = lpStream(stream)
      const target = { id: connection.remotePeer.toString(), name: '', address: '', incarnation: 0 }
      try {
        for (;;) {
          const probe = decodeProbe((await frames.read()).subarray())
          if (probe.ok && probe.value?.type === 'ping')
            await this.send(target, 'probe', encodeProbe({ type: 'ack', seq: probe.value.seq }))
        }
      } catch {
        // The other end has closed the stream.
      }
    })
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
