import { describe, expect, it } from 'vitest'
import {
  maxPerAddress,
  maxUnadmitted,
  silentMs,
  UnadmittedSockets,
} from '../../../src/libp2p/node/unadmitted-sockets.ts'

class FakeSocket {
  bytesRead: number
  isDestroyed = false
  constructor(bytesRead = 0) {
    this.bytesRead = bytesRead
  }
  destroy(): void {
    this.isDestroyed = true
  }
}

class Bench {
  readonly sockets = new UnadmittedSockets()
  #next = 0
  add(address: string, nowMs: number, bytesRead = 0): { isAccepted: boolean; socket: FakeSocket } {
    const socket = new FakeSocket(bytesRead)
    this.#next += 1
    return { isAccepted: this.sockets.add(address, `${address} ${this.#next}`, socket, nowMs), socket }
  }
  fill(address: string, count: number, nowMs: number, bytesRead = 0): FakeSocket[] {
    return Array.from({ length: count }, () => this.add(address, nowMs, bytesRead).socket)
  }
}

const silentFor = silentMs + 1

describe('sockets on which no peer is admitted', () => {
  it('make way for a new one if they are silent, the oldest first', () => {
    const bench = new Bench()
    const silent = bench.fill('10.0.0.1', maxPerAddress, 0)
    expect(bench.add('10.0.0.1', silentFor).isAccepted).toBe(true)
    expect(silent.map(({ isDestroyed }) => isDestroyed)).toEqual(silent.map((_, i) => i === 0))
    expect(bench.sockets.dropped).toBe(1)
    expect(bench.sockets.size).toBe(maxPerAddress)
  })

  it('stay while their handshake proceeds: then the new one is closed', () => {
    const bench = new Bench()
    const busy = bench.fill('10.0.0.1', maxPerAddress, 0, 100)
    expect(bench.add('10.0.0.1', silentFor).isAccepted).toBe(false)
    expect(busy.some(({ isDestroyed }) => isDestroyed)).toBe(false)
    expect(bench.add('10.0.0.1', 2_001).isAccepted).toBe(true)
    expect(busy[0]?.isDestroyed).toBe(true)
  })

  it('count for their own address only', () => {
    const bench = new Bench()
    bench.fill('10.0.0.1', maxPerAddress, 0, 100)
    expect(bench.add('10.0.0.2', 0).isAccepted).toBe(true)
  })

  it('of many addresses make way at the address that has the most', () => {
    const bench = new Bench()
    const largest = bench.fill('10.0.0.1', maxPerAddress, 0)
    for (let i = 0; i < maxUnadmitted - maxPerAddress; i++) bench.add(`10.1.${i >> 8}.${i & 255}`, 0)
    expect(bench.sockets.size).toBe(maxUnadmitted)
    expect(bench.add('10.2.0.1', silentFor).isAccepted).toBe(true)
    expect(largest[0]?.isDestroyed).toBe(true)
    expect(bench.sockets.size).toBe(maxUnadmitted)
  })

  it('of one IPv6 network share one allowance', () => {
    const bench = new Bench()
    for (let i = 0; i < maxPerAddress; i++) bench.add(`2001:db8::${i.toString(16)}`, 0, 100)
    expect(bench.add('2001:db8:0:0:ffff::1', 0).isAccepted).toBe(false)
    expect(bench.add('2001:db8:0:1::1', 0).isAccepted).toBe(true)
  })

  it('count no more when they are removed', () => {
    const bench = new Bench()
    bench.sockets.add('10.0.0.1', 'a', new FakeSocket(), 0)
    bench.sockets.remove('10.0.0.1', 'a')
    bench.sockets.remove('10.0.0.1', 'a')
    expect(bench.sockets.size).toBe(0)
  })
})
