import { describe, expect, it } from 'vitest'
import { type Delay, drawDelayMs } from '../src/delay.ts'
import { NetworkConditions } from '../src/network-conditions.ts'
import { randomStream } from '../src/random-stream.ts'

const usual: Delay = { type: 'uniform', minMs: 1, maxMs: 5 }

describe('the conditions of the network', () => {
  it('split members into groups; members without a group form one more', () => {
    const conditions = new NetworkConditions(1, usual)
    const undo = conditions.partition([['a', 'b'], ['c']])
    const carried = (pair: string) => conditions.carries(pair[0] ?? '', pair[1] ?? '')
    expect(['ab', 'ac', 'ax', 'xy', 'cx'].map(carried)).toEqual([true, false, false, true, false])
    undo()
    expect(carried('ac')).toBe(true)
    expect(conditions.isWhole).toBe(true)
  })

  it('cut one direction, and undo no other cut', () => {
    const conditions = new NetworkConditions(1, usual)
    const undo = conditions.cut(['a'], ['b', 'c'])
    conditions.cut(['a'], ['d'])
    expect([conditions.carries('a', 'b'), conditions.carries('b', 'a')]).toEqual([false, true])
    undo()
    expect([conditions.carries('a', 'b'), conditions.carries('a', 'd')]).toEqual([true, false])
    conditions.heal()
    expect(conditions.carries('a', 'd')).toBe(true)
  })

  it('lose about the given share', () => {
    const conditions = new NetworkConditions(1, usual)
    conditions.loss(0.3, { retransmitted: false })
    const random = randomStream(1, 'delays')
    const lost = Array.from({ length: 10_000 }, () => conditions.delivery(random, 'a', 'b')).filter(
      ({ isLost }) => isLost,
    )
    expect(lost.length).toBeGreaterThan(2_800)
    expect(lost.length).toBeLessThan(3_200)
    expect(conditions.losesPacket('a', 'b')).toBe(false)
  })

  it('lose packets in one direction only, if asked to', () => {
    const conditions = new NetworkConditions(1, usual)
    conditions.loss(1, { from: 'a', to: ['b', 'c'] })
    const lost = ['ab', 'ac', 'ad', 'ba', 'db'].filter(([from, to]) =>
      conditions.losesPacket(from ?? '', to ?? ''),
    )
    expect(lost).toEqual(['ab', 'ac'])
  })

  it('draw the same delays whether or not there is another fault', () => {
    const delays = (spoil: (conditions: NetworkConditions) => void): number[] => {
      const conditions = new NetworkConditions(1, usual)
      spoil(conditions)
      const random = randomStream(1, 'delays')
      return Array.from({ length: 100 }, () => conditions.delivery(random, 'a', 'b').delayMs)
    }
    const alone = delays(() => {})
    expect(delays(conditions => conditions.loss(0.5, {}))).toEqual(alone)
    expect(delays(conditions => conditions.duplicate(0.5))).toEqual(alone)
    const late = delays(conditions => conditions.delay({ type: 'uniform', minMs: 100, maxMs: 200 }))
    expect(late.every(ms => ms >= 100)).toBe(true)
  })

  it.each([
    { delay: { type: 'uniform', minMs: 10, maxMs: 20 }, meanMs: 15 },
    { delay: { type: 'exponential', minMs: 10, meanMs: 30 }, meanMs: 30 },
    { delay: { type: 'log-normal', medianMs: 20, sigma: 0.5 }, meanMs: 20 * Math.exp(0.125) },
  ] as const)('draw delays with the mean of the distribution: %o', ({ delay, meanMs }) => {
    const random = randomStream(3, 'mean')
    const drawn = Array.from({ length: 50_000 }, () => drawDelayMs(delay, random))
    const mean = drawn.reduce((sum, ms) => sum + ms, 0) / drawn.length
    expect(mean / meanMs).toBeGreaterThan(0.98)
    expect(mean / meanMs).toBeLessThan(1.02)
    expect(Math.min(...drawn)).toBeGreaterThanOrEqual('minMs' in delay ? delay.minMs : 0)
  })
})
