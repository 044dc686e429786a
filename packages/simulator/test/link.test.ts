import { beforeEach, describe, expect, it } from 'vitest'
import { Direction } from '../src/link.ts'
import { VirtualTime } from '../src/virtual-time.ts'

describe('one way of a link', () => {
  let time: VirtualTime
  let arrived: [string, number][]
  let carries: boolean
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
    gaveUpMs = undefined
    way = new Direction(time, {
      carries: () => carries,
      gaveUp: () => {
        gaveUpMs = time.nowMs
      },
    })
  })

  it('keeps the order, whatever the delays', () => {
    send('slow', 5)
    send('fast', 1)
    run(10)
    expect(arrived).toEqual([
      ['slow', 5],
      ['fast', 5],
    ])
  })

  it('lets pass by what is unordered', () => {
    send('late', 5, { unordered: true })
    send('next', 1)
    run(10)
    expect(arrived.map(([name]) => name)).toEqual(['next', 'late'])
  })

  it('sends again at intervals that double, and then all that waited', () => {
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

  it('gives up after a quarter of an hour', () => {
    carries = false
    send('lost', 1)
    run(2_000_000)
    expect(gaveUpMs).toBeGreaterThan(924_000)
    expect(gaveUpMs).toBeLessThan(924_000 + 120_000)
    expect(arrived).toEqual([])
  })

  it('keeps a megabyte waiting, not more', () => {
    carries = false
    for (let i = 0; i < 100; i++) send('large', 1, { bytes: 50_000 })
    expect(way.backlogBytes).toBe(1_000_000)
  })
})
