import { beforeEach, describe, expect, it } from 'vitest'
import { createDetector, type Detector, type DetectorOptions } from '../src/index.ts'
import { DetectorBench, sends, stateEffects } from './detector-bench.ts'

let bench: DetectorBench
beforeEach(() => {
  bench = new DetectorBench()
})

describe('options', () => {
  it.each([4, undefined])('rejects the self %j', self => {
    expect(() => createDetector({ self, random: () => 0 } as unknown as DetectorOptions)).toThrow(RangeError)
  })

  it('accepts a prior of createDetector only', () => {
    const withPrior = (prior: Detector): Detector => createDetector({ self: 'b', random: () => 0, prior })
    expect(() => withPrior({} as Detector)).toThrow(
      new RangeError('prior must be a detector that createDetector returned'),
    )
    const detector = withPrior(bench.detector)
    expect([detector.status('a')?.type, detector.status('b')]).toEqual(['alive', undefined])
  })

  it.each([
    [{ self: '' }, 'self must be a member id, not empty'],
    [{ random: 4 }, 'random must be a function that returns [0, 1)'],
    [{ probeOrder: 'alphabetic' }, "probeOrder must be 'given' or 'shuffled', not 'alphabetic'"],
  ])('rejects %j', (wrong, message) => {
    const options = { self: 'me', random: () => 0, ...wrong } as unknown as DetectorOptions
    expect(() => createDetector(options)).toThrow(new RangeError(message))
  })

  it('has no deadline while it knows no member', () => {
    const detector = createDetector({ self: 'me', random: Math.random })
    expect(detector.deadlineMs()).toBe(Infinity)
    expect(detector.advance(0)).toEqual([])
    expect(detector.graceUntilMs()).toBe(-Infinity)
  })
})

describe('messages and inputs', () => {
  it.each([
    ['ping', { type: 'ping', seq: 900 }],
    ['ping-request', { type: 'ping-request', seq: 900, subject: 'd' }],
    ['nack', { type: 'nack', seq: 900 }],
  ] as const)('a %s is evidence of its sender', (_, message) => {
    bench.pass(0)
    bench.pass(100)
    bench.receive('a', message)
    expect(sends(bench.pass(900), 'ping-request')).toEqual([])
    expect(bench.detector.status('a')?.type).toBe('alive')
  })

  it('an ack without a probe is no evidence', () => {
    bench.pass(100)
    bench.receive('a', { type: 'ack', seq: 900 })
    expect(sends(bench.pass(800), 'ping-request')).toHaveLength(2)
  })

  it('phi uses the configured heartbeat interval', () => {
    bench.handle({ type: 'heartbeat-interval', ms: 60_000 })
    for (const sequence of [1, 2, 3]) {
      bench.nowMs += 100
      bench.handle({ type: 'heartbeat', id: 'd', incarnation: 1, sequence })
    }
    expect(bench.detector.phi('d', bench.nowMs + 60_000)).toBeLessThan(0.1)
  })

  it('late timers are no pause after a timers input', () => {
    bench.handle({ type: 'timers', areLate: true })
    bench.pass(0)
    bench.nowMs += 10_000
    expect(stateEffects(bench.detector.advance(bench.nowMs))).not.toContain('paused')
  })

  it('a dial that found no network begins an outage', () => {
    bench.handle({ type: 'connection', id: 'a', state: 'network-down' })
    expect(bench.detector.graceUntilMs()).toBe(12_000)
  })

  it('the first tick comes after a random part of the interval', () => {
    const detector = createDetector({ self: 'me', random: () => 0.25 })
    detector.handle({ type: 'member', id: 'me', incarnation: 1 }, 100)
    expect(detector.deadlineMs()).toBe(Infinity)
    detector.handle({ type: 'member', id: 'a', incarnation: 1 }, 100)
    expect(detector.deadlineMs()).toBe(350)
  })

  it('after forget of the local member, a smaller incarnation is refuted', () => {
    bench.handle({ type: 'member', id: 'me', incarnation: 5 })
    bench.handle({ type: 'forget', id: 'me' })
    bench.handle({ type: 'member', id: 'me', incarnation: 2 })
    expect(bench.suspect('me', 'a', { incarnation: 2 })).toEqual([{ type: 'refute', incarnation: 2 }])
  })
})

describe('departures and removal', () => {
  it('a departure ends a suspicion, and only a greater incarnation returns', () => {
    bench.suspect('a', 'b')
    expect(bench.handle({ type: 'left', id: 'a', incarnation: 1 })).toEqual([])
    expect(stateEffects(bench.pass(60_000))).toEqual([])
    bench.handle({ type: 'member', id: 'a', incarnation: 1 })
    expect(bench.detector.status('a')).toEqual({ type: 'left', incarnation: 1 })
    expect(bench.detector.subjects()).toEqual([])
    expect(stateEffects(bench.handle({ type: 'member', id: 'a', incarnation: 2 }))).toEqual(['return'])
  })

  it('an old departure has no effect, nor has one of the local member', () => {
    bench.handle({ type: 'left', id: 'a', incarnation: 0 })
    bench.handle({ type: 'left', id: 'me', incarnation: 9 })
    expect(bench.detector.status('a')).toEqual({ type: 'alive', incarnation: 1 })
    expect(bench.detector.status('me')).toBeUndefined()
  })

  it('a departure that arrives before the record of the same incarnation wins', () => {
    bench.handle({ type: 'left', id: 'new', incarnation: 4 })
    bench.handle({ type: 'member', id: 'new', incarnation: 4 })
    expect(bench.detector.status('new')).toEqual({ type: 'left', incarnation: 4 })
  })

  it('a forgotten member is unknown', () => {
    bench.suspect('a', 'b')
    bench.handle({ type: 'forget', id: 'a' })
    expect(bench.detector.status('a')).toBeUndefined()
    expect(stateEffects(bench.pass(60_000))).toEqual([])
    expect(bench.detector.subjects()).toEqual([])
  })
})
