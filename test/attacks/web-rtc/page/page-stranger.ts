/// <reference lib="dom" />
/**
 * Page stranger: a libp2p node in a page, with relays and WebRTC, that is no member. Nothing throws: a dial that fails was
 * refused.
 */

import { circuitRelayTransport } from '@libp2p/circuit-relay-v2'
import { identify } from '@libp2p/identify'
import type { Connection } from '@libp2p/interface'
import { webSockets } from '@libp2p/websockets'
import { yamux } from '@libp2p/yamux'
import { multiaddr } from '@multiformats/multiaddr'
import { createLibp2p, type Libp2p } from 'libp2p'
import { recordingNoise } from '../../../../packages/core/test/integration/recording-noise.ts'
import { receive } from './received-bytes.ts'

/** Our choice: longer than a member keeps a connection that is not admitted. */
const dialTimeoutMs = 8_000

export class PageStranger {
  readonly #node: Libp2p

  private constructor(node: Libp2p) {
    this.#node = node
  }

  /** @param recorded the ids of the peers whose bytes are recorded, over connections that are no WebRTC connections */
  static async create(recorded: readonly string[]): Promise<PageStranger> {
    // libp2p reads the global `RTCPeerConnection` when it is loaded.
    const { webRTC } = await import('@hearsay/webrtc')
    return new PageStranger(
      await createLibp2p({
        addresses: { listen: [] },
        transports: [
          webSockets(),
          circuitRelayTransport(),
          // No STUN server: everything stays on this machine.
          webRTC({ rtcConfiguration: { iceServers: [] } }),
        ],
        connectionEncrypters: [
          recordingNoise((bytes, from) => {
            if (recorded.includes(from.toString())) receive(bytes)
          }),
        ],
        streamMuxers: [yamux()],
        connectionGater: { denyDialMultiaddr: () => false },
        connectionMonitor: { enabled: false },
        services: { identify: identify() },
      }),
    )
  }

  get id(): string {
    return this.#node.peerId.toString()
  }

  async dial(address: string): Promise<Connection | undefined> {
    const signal = AbortSignal.timeout(dialTimeoutMs)
    return await this.#node.dial(multiaddr(address), { signal, force: true }).catch(() => undefined)
  }

  async stop(): Promise<void> {
    for (const connection of this.#node.getConnections()) connection.abort(new Error('the attempt is over'))
    await this.#node.stop()
  }
}

/** @returns whether the connection closes before the time is over */
export async function isClosedWithin(connection: Connection, timeoutMs: number): Promise<boolean> {
  if (connection.status !== 'open') return true
  return await new Promise<boolean>(resolve => {
    setTimeout(() => resolve(false), timeoutMs)
    connection.addEventListener('close', () => resolve(true))
  })
}
