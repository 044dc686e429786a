import { generateKeyPair } from '@libp2p/crypto/keys'
import type { PeerDiscoveryEvents } from '@libp2p/interface'
import { peerIdFromPrivateKey, peerIdFromString } from '@libp2p/peer-id'
import { multiaddr } from '@multiformats/multiaddr'
import { TypedEventEmitter } from 'main-event'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { dialDiscovered } from '../../src/libp2p/discovery-dialler.ts'
import type { MemberStatus } from '../../src/member/member.ts'
import { healIntervalMs } from '../../src/overlay/partition-healing.ts'

const ada = '12D3KooWA4Xop1JaT3MHxwYMkCepYsv4iPVopMXwCz5iHYdBfeSB'

async function inventedId(): Promise<string> {
  return peerIdFromPrivateKey(await generateKeyPair('Ed25519')).toString()
}

/** A local network with announcements, and a member to which the peers in `seen` are visible. */
class DiallerBench {
  readonly dialled: string[] = []
  readonly stop: () => void
  readonly #mdns = new TypedEventEmitter<PeerDiscoveryEvents>()
  readonly #seen: Record<string, MemberStatus>

  constructor(seen: Record<string, MemberStatus>, random = 0.5) {
    this.#seen = seen
    this.stop = dialDiscovered({
      discovery: this.#mdns,
      status: id => this.#seen[id],
      visible: () => Object.values(this.#seen).filter(status => status === 'alive').length,
      own: () => [multiaddr('/ip4/10.0.0.9/tcp/1')],
      dial: async addresses => {
        this.dialled.push(...addresses.map(String))
        throw new Error('nobody answers')
      },
      random: () => random,
    })
  }

  become(id: string, status: MemberStatus): void {
    this.#seen[id] = status
  }

  announce(id: string, ...addresses: string[]): void {
    const detail = { id: peerIdFromString(id), multiaddrs: addresses.map(address => multiaddr(address)) }
    this.#mdns.dispatchEvent(new CustomEvent('peer', { detail }))
  }

  /** Announced every second for this time. */
  hearFor(ms: number, id: string, address: string): void {
    for (let passedMs = 0; passedMs < ms; passedMs += 1_000) {
      this.announce(id, address)
      vi.advanceTimersByTime(1_000)
    }
  }
}

beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

it('dials an unknown peer immediately while no other member is visible', () => {
  const bench = new DiallerBench({ me: 'alive' })
  bench.announce(ada, '/ip4/10.0.0.1/tcp/1')
  vi.advanceTimersByTime(0)
  expect(bench.dialled).toEqual([`/ip4/10.0.0.1/tcp/1/p2p/${ada}`])
})

it('waits for gossip first, and does not dial a peer that gossip brought meanwhile', () => {
  const bench = new DiallerBench({ me: 'alive', other: 'alive' })
  bench.announce(ada, '/ip4/10.0.0.1/tcp/1')
  vi.advanceTimersByTime(1_000)
  bench.become(ada, 'alive')
  vi.advanceTimersByTime(healIntervalMs)
  expect(bench.dialled).toEqual([])
})

it.each(['dead', 'left'] as const)(
  'dials a member that is %s and is announced again, at its new address',
  status => {
    const bench = new DiallerBench({ me: 'alive', other: 'alive' })
    bench.announce(ada, '/ip4/10.0.0.1/tcp/1')
    vi.advanceTimersByTime(healIntervalMs)
    bench.become(ada, 'alive')
    bench.hearFor(60_000, ada, '/ip4/10.0.0.1/tcp/1')
    bench.become(ada, status)
    bench.hearFor(healIntervalMs, ada, '/ip4/10.0.0.2/tcp/1')
    expect(bench.dialled).toEqual([`/ip4/10.0.0.1/tcp/1/p2p/${ada}`, `/ip4/10.0.0.2/tcp/1/p2p/${ada}`])
  },
)

it.each(['alive', 'suspect'] as const)('does not dial a member that is %s', status => {
  const bench = new DiallerBench({ me: 'alive', [ada]: status })
  bench.hearFor(60_000, ada, '/ip4/10.0.0.1/tcp/1')
  expect(bench.dialled).toEqual([])
})

it('retries an unreachable peer more and more rarely', () => {
  const bench = new DiallerBench({ me: 'alive' })
  bench.hearFor(3 * 60_000, ada, '/ip4/10.0.0.1/tcp/1')
  expect(bench.dialled).toHaveLength(3)
})

it('dials at most six announced peers in a minute', async () => {
  const bench = new DiallerBench({ me: 'alive' })
  for (let i = 0; i < 200; i++) bench.announce(await inventedId(), `/ip4/10.0.1.${i}/tcp/1`)
  vi.advanceTimersByTime(0)
  expect(bench.dialled).toHaveLength(6)
  vi.advanceTimersByTime(60_000)
  for (let i = 0; i < 200; i++) bench.announce(await inventedId(), `/ip4/10.0.2.${i}/tcp/1`)
  vi.advanceTimersByTime(0)
  expect(bench.dialled).toHaveLength(12)
})

it('dials one host and port at most twice in a minute, regardless of the peers that announce it', async () => {
  const bench = new DiallerBench({ me: 'alive' })
  for (let i = 0; i < 60; i++) {
    bench.announce(await inventedId(), '/ip4/192.0.2.1/tcp/80/ws')
    vi.advanceTimersByTime(1_000)
  }
  expect(bench.dialled).toHaveLength(2)
})

it('dials no name, no loopback address, and at most four addresses of a peer', () => {
  const bench = new DiallerBench({ me: 'alive' })
  const addresses = Array.from({ length: 9 }, (_, i) => `/ip4/10.0.0.1/tcp/${i + 1}`)
  bench.announce(ada, '/dns4/victim.example/tcp/80/ws', '/ip4/127.0.0.1/tcp/80/ws', ...addresses)
  vi.advanceTimersByTime(0)
  expect(bench.dialled).toEqual(addresses.slice(0, 4).map(address => `${address}/p2p/${ada}`))
})

it('leaves most dials to other members in a large cluster', () => {
  const many = Object.fromEntries(Array.from({ length: 32 }, (_, i) => [`m${i}`, 'alive'] as const))
  const bench = new DiallerBench(many, 0.5)
  bench.hearFor(60_000, ada, '/ip4/10.0.0.1/tcp/1')
  expect(bench.dialled).toEqual([])
})

it('dials no peer once it is stopped', () => {
  const bench = new DiallerBench({ me: 'alive', other: 'alive' })
  bench.announce(ada, '/ip4/10.0.0.1/tcp/1')
  bench.stop()
  bench.hearFor(60_000, ada, '/ip4/10.0.0.1/tcp/1')
  expect(bench.dialled).toEqual([])
  expect(vi.getTimerCount()).toBe(0)
})
