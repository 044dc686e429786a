import { describe, expect, it } from 'vitest'
import { UnadmittedSockets } from '../../../src/libp2p/node/unadmitted-sockets.ts'

class FakeSocket {
  isDestroyed = false
  destroy(): void {
    this.isDestroyed = true
  }
}

const perAddress = 4
const inAll = 16
const minMs = 250

class Bench {
  readonly sockets = new UnadmittedSockets({ perAddress, inAll, minMs })
  add(address: string, nowMs: number): { isAccepted: boolean; socket: FakeSocket } {
    const socket = new FakeSocket()
    return { isAccepted: this.sockets.add(address, socket, nowMs), socket }
  }
  fill(address: string, count: number, nowMs: number): FakeSocket[] {
    return Array.from({ length: count }, () => this.add(address, nowMs).socket)
  }
}

describe('sockets on which no peer is admitted', () => {
  it('are replaced by new ones after their minimum time, the oldest first', () => {
    const bench = new Bench()
    const old = bench.fill('10.0.0.1', perAddress, 0)
    expect(bench.add('10.0.0.1', minMs).isAccepted).toBe(true)
    expect(old.map(({ isDestroyed }) => isDestroyed)).toEqual(old.map((_, i) => i === 0))
    expect(bench.sockets.dropped).toBe(1)
    expect(bench.sockets.size).toBe(perAddress)
  })

  it('stay for their minimum time: until then, the new one is closed', () => {
    const bench = new Bench()
    const recent = bench.fill('10.0.0.1', perAddress, 0)
    expect(bench.add('10.0.0.1', minMs - 1).isAccepted).toBe(false)
    expect(recent.some(({ isDestroyed }) => isDestroyed)).toBe(false)
    expect(bench.sockets.dropped).toBe(1)
    expect(bench.sockets.size).toBe(perAddress)
  })

  it('count for their own address only', () => {
    const bench = new Bench()
    bench.fill('10.0.0.1', perAddress, 0)
    expect(bench.add('10.0.0.2', 0).isAccepted).toBe(true)
  })

  it('of many addresses are replaced at the address that has the most', () => {
    const bench = new Bench()
    const largest = bench.fill('10.0.0.1', perAddress, 0)
    for (let i = 0; i < inAll - perAddress; i++) bench.add(`10.1.0.${i}`, 0)
    expect(bench.sockets.size).toBe(inAll)
    expect(bench.add('10.2.0.1', minMs).isAccepted).toBe(true)
    expect(largest[0]?.isDestroyed).toBe(true)
    expect(bench.sockets.size).toBe(inAll)
  })

  it('of one IPv6 network share one allowance', () => {
    const bench = new Bench()
    for (let i = 0; i < perAddress; i++) bench.add(`2001:db8::${i.toString(16)}`, 0)
    expect(bench.add('2001:db8:0:0:ffff::1', 0).isAccepted).toBe(false)
    expect(bench.add('2001:db8:0:1::1', 0).isAccepted).toBe(true)
  })

  it('count no more when they are removed', () => {
    const bench = new Bench()
    const { socket } = bench.add('10.0.0.1', 0)
    bench.sockets.remove('10.0.0.1', socket)
    bench.sockets.remove('10.0.0.1', socket)
    expect(bench.sockets.size).toBe(0)
  })
})
