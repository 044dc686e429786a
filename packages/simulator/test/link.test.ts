import { beforeEach, describe, expect, it } from 'vitest'
import { Direction } from '../src/link.ts'
import { VirtualTime } from '../src/virtual-time.ts'

describe('one direction of a link', () => {
  let time: VirtualTime
  let arrived: [string, number][]
  let carries: boolean
  let loses: (() => boolean) | undefined
  let gaveUpMs: number | undefined
  let way: Direction
  const run = (toMs: number): void => {
    while (time.step(toMs));
  }
  const send = (name: string, delayMs: number, { unordered = false, bytes = 100 } = {}) =>
    way.send({ bytes, delayMs, unordered, arrive: () => arrived.push([name, time.nowMs]) })

  beforeEach(() => {
    time = new VirtualTime()
    arrived = []
    carries = true
    loses = undefined
    gaveUpMs = undefined
    way = new Direction(time, {
      carries: () => carries,
      loses: () => loses?.() ?? false,
      gaveUp: () => {
        gaveUpMs = time.nowMs
      },
    })
  })

  it('keeps the order, with any delays', () => {
    send('slow', 5)
    send('fast', 1)
    run(10)
    expect(arrived).toEqual([
      ['slow', 5],
      ['fast', 5],
    ])
  })

  it('lets unordered frames overtake', () => {
    send('late', 5, { unordered: true })
    send('next', 1)
    run(10)
    expect(arrived.map(([name]) => name)).toEqual(['next', 'late'])
  })

  it('retransmits at intervals that double, then sends everything that waited', () => {
    carries = false
    send('first', 1)
    send('second', 1)
    run(1_000)
    carries = true
    send('third', 1)
    run(2_000)
    // 200, then 400, then 800 ms later: at 200, 600 and 1,400.
    expect(arrived).toEqual([
      ['first', 1_401],
      ['second', 1_401],
      ['third', 1_401],
    ])
    expect(way.backlogBytes).toBe(0)
  })

  it('retransmits a lost packet, and keeps the packets that arrived after it', () => {
    loses = () => [0, 200].includes(time.nowMs)
    send('lost twice', 1)
    run(250)
    send('behind', 1)
    run(1_000)
    // The packet is sent at 0 and at 200. It is sent again at 252, when the next packet, sent at 251, is
    // acknowledged.
    expect(arrived).toEqual([
      ['lost twice', 253],
      ['behind', 253],
    ])
  })

  it('delivers a packet soon after the loss ends, however often the packet was lost', () => {
    loses = () => true
    send('unlucky', 1)
    run(10_000)
    loses = undefined
    run(20_000)
    // At 0.2, 0.6, 1.4, 3, 6.2 and 12.6 s.
    expect(arrived).toEqual([['unlucky', 12_601]])
  })

  it('gives up after 15 minutes', () => {
    carries = false
    send('lost', 1)
    run(2_000_000)
    expect(gaveUpMs).toBeGreaterThan(924_000)
    expect(gaveUpMs).toBeLessThan(924_000 + 120_000)
    expect(arrived).toEqual([])
  })

  it('keeps at most a megabyte in the backlog', () => {
    carries = false
    for (let i = 0; i < 100; i++) send('large', 1, { bytes: 50_000 })
    expect(way.backlogBytes).toBe(1_000_000)
  })
})
