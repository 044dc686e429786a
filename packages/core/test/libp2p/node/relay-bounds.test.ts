import { generateKeyPair } from '@libp2p/crypto/keys'
import type { Connection, PeerId } from '@libp2p/interface'
import { peerIdFromPrivateKey } from '@libp2p/peer-id'
import { type Multiaddr, multiaddr } from '@multiformats/multiaddr'
import { describe, expect, it } from 'vitest'
import { RelayBounds } from '../../../src/libp2p/node/relay-bounds.ts'

const limits = {
  maxReservationsPerAddress: 2,
  maxCircuitsPerPeer: 2,
  maxCircuitsPerAddress: 3,
  maxCircuits: 4,
}
const hop = { protocol: '/libp2p/circuit/relay/0.2.0/hop', direction: 'inbound' }

/** A relay with connections and reservations. */
class RelayBench {
  readonly #connections: { remotePeer: PeerId; remoteAddr: Multiaddr; streams: unknown[] }[] = []
  readonly #reservations = new Map<string, { peer: PeerId; addr: Multiaddr }>()
  readonly #bounds = new RelayBounds(limits)

  constructor() {
    const entries = () =>
      [...this.#reservations.values()].map(({ peer, addr }) => [peer, { addr, signal: {} }] as const)
    this.#bounds.attach(
      {
        getConnections: peer =>
          this.#connections.filter(each => !peer || each.remotePeer.equals(peer)) as unknown as Connection[],
      },
      {
        size: 0,
        entries: () => entries().values() as IterableIterator<[PeerId, { addr: Multiaddr; signal: object }]>,
        has: peer => this.#reservations.has(peer.toString()),
        delete: peer => void this.#reservations.delete(peer.toString()),
      },
    )
  }

  async connect(host: string): Promise<PeerId> {
    const remotePeer = peerIdFromPrivateKey(await generateKeyPair('Ed25519'))
    this.#connections.push({ remotePeer, remoteAddr: multiaddr(`/ip4/${host}/tcp/5000/ws`), streams: [] })
    return remotePeer
  }

  disconnect(peer: PeerId): void {
    const at = this.#connections.findIndex(({ remotePeer }) => remotePeer.equals(peer))
    this.#connections.splice(at, 1)
  }

  reserve(peer: PeerId): boolean {
    const addr = this.#connections.find(({ remotePeer }) => remotePeer.equals(peer))?.remoteAddr
    if (!addr || this.#bounds.gater.denyInboundRelayReservation?.(peer)) return false
    this.#reservations.set(peer.toString(), { peer, addr })
    return true
  }

  get problem(): string | undefined {
    return this.#bounds.problem(performance.now())?.text
  }

  /** Opens a circuit, whose stream stays open if it is allowed. */
  circuit(source: PeerId, destination: PeerId): boolean {
    const streams = this.#connections.find(({ remotePeer }) => remotePeer.equals(source))?.streams
    streams?.push(hop)
    const isDenied = this.#bounds.gater.denyOutboundRelayedConnection?.(source, destination)
    if (isDenied) streams?.pop()
    return !isDenied
  }
}

describe('a relay', () => {
  it('gives the peers behind one address a bounded number of reservations', async () => {
    const bench = new RelayBench()
    const [a, b, c] = [
      await bench.connect('10.0.0.1'),
      await bench.connect('10.0.0.1'),
      await bench.connect('10.0.0.1'),
    ]
    expect([a, b].map(peer => bench.reserve(peer))).toEqual([true, true])
    expect(bench.problem).toBeUndefined()
    expect(bench.reserve(c)).toBe(false)
    expect(bench.problem).toContain('This relay has refused peers')
    expect(bench.reserve(a)).toBe(true)
    expect(bench.reserve(await bench.connect('10.0.0.2'))).toBe(true)
  })

  it('frees the reservations of peers that are no longer connected', async () => {
    const bench = new RelayBench()
    for (let i = 0; i < 5; i++) {
      const page = await bench.connect('10.0.0.1')
      expect(bench.reserve(page)).toBe(true)
      bench.disconnect(page)
    }
  })

  it('opens a bounded number of circuits for a peer, for an address and in all', async () => {
    const bench = new RelayBench()
    const [a, b, c] = [
      await bench.connect('10.0.0.1'),
      await bench.connect('10.0.0.1'),
      await bench.connect('10.0.0.2'),
    ]
    expect([bench.circuit(a, c), bench.circuit(a, c), bench.circuit(a, c)]).toEqual([true, true, false])
    expect([bench.circuit(b, c), bench.circuit(b, c)]).toEqual([true, false])
    expect([bench.circuit(c, a), bench.circuit(c, a)]).toEqual([true, false])
  })
})
