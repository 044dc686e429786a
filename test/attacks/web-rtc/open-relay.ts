/**
 * Open relay: a hostile member that relays connections for everybody. Pages that are members reserve at it, because it
 * proves the secret.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CircuitRelayServerComponents,
  type CircuitRelayService,
  circuitRelayServer,
} from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Connection, Stream } from '@libp2p/interface'
import { byteStream } from '@libp2p/utils'
import { admissionProtocol } from '../../../packages/core/src/libp2p/admission/handshake.ts'
import { admissionAnswer, nonceBytes, requestBytes } from '../../../packages/core/src/wire/admission.ts'
import { clusterKeys } from '../../../packages/core/src/wire/cluster-keys.ts'
import type { Credentials } from '../admission-proof.ts'
import { RawPeer, type Target } from '../raw-peer.ts'

const address = '/ip4/127.0.0.1/tcp/0/ws'

export class OpenRelay {
  readonly id: string
  /** With its id. */
  readonly address: string
  readonly #peer: RawPeer
  readonly #relay: CircuitRelayService

  private constructor(peer: RawPeer, relay: CircuitRelayService) {
    this.#peer = peer
    this.#relay = relay
    this.id = peer.identity.id
    this.address = String(peer.node.getMultiaddrs()[0])
  }

  /** It joins through this member. */
  static async start(credentials: Credentials, target: Target): Promise<OpenRelay> {
    const made: { relay?: CircuitRelayService } = {}
    const services = {
      identify: identify(),
      relay(components: CircuitRelayServerComponents) {
        made.relay = circuitRelayServer()(components)
        return made.relay
      },
    }
    const peer = await RawPeer.create(credentials, { node: { addresses: { listen: [address] }, services } })
    const key = clusterKeys(credentials.cluster, credentials.secret).admission
    await peer.node.handle(admissionProtocol, (stream, connection) =>
      answer(stream, connection, { key, cluster: peer.tag, responder: peer.identity.id }).catch(() => {}),
    )
    const { relay } = made
    if (!relay || !(await peer.join(target))) throw new Error('the open relay was not admitted')
    return new OpenRelay(peer, relay)
  }

  /** Resolves when this peer has a reservation, and circuits to it are possible. */
  async whenReserved(peer: string): Promise<void> {
    while (![...this.#relay.reservations.keys()].some(key => key.toString() === peer)) await sleep(100)
  }

  async stop(): Promise<void> {
    await this.#peer.node.stop()
  }
}

/** The responder's side of the admission, which claims to be a relay. */
async function answer(
  stream: Stream,
  { remotePeer }: Connection,
  own: { readonly key: Uint8Array; readonly cluster: Uint8Array; readonly responder: string },
): Promise<void> {
  const challenge = crypto.getRandomValues(new Uint8Array(nonceBytes))
  const bytes = byteStream(stream)
  stream.send(challenge)
  const request = (await bytes.read({ bytes: requestBytes })).subarray()
  const session = { ...own, initiator: remotePeer.toString(), challenge }
  const proof = admissionAnswer(session, request, { relay: true })
  if (proof) stream.send(proof)
  await stream.close()
}
