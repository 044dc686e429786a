import { beforeEach, describe, expect, it } from 'vitest'
import { DetectorBench, sends, stateEffects } from './detector-bench.ts'

let bench: DetectorBench
beforeEach(() => {
  bench = new DetectorBench()
})

describe('local pauses', () => {
  const resume = (afterMs: number): void => {
    bench.pass(0)
    bench.nowMs += afterMs
  }

  it.each([
    ['a timer', () => bench.detector.advance(bench.nowMs)],
    ['a message', () => bench.receive('b', { type: 'nack', seq: 999 })],
  ])('are detected by %s', (_, call) => {
    resume(10_000)
    expect(call()).toContainEqual({ type: 'paused', ms: 9_500 })
    expect(bench.detector.graceUntilMs()).toBe(12_000)
    expect(bench.detector.localHealth()).toBe(1)
    expect(stateEffects(bench.pass(0))).toEqual([])
  })

  it('are detected once, however long the waiting messages take', () => {
    resume(10_000)
    const types: string[] = []
    for (let message = 0; message < 10; message++) {
      types.push(...stateEffects(bench.receive('b', { type: 'nack', seq: 999 })))
      bench.nowMs += 200
    }
    expect(types).toEqual(['paused'])
  })

  it('defer suspicions and deaths for the grace period', () => {
    bench.suspect('d', 'b')
    resume(60_000)
    expect(stateEffects(bench.pass(1_999))).toEqual(['paused'])
    expect(bench.detector.status('d')).toMatchObject({ type: 'suspect', deadlineMs: 62_000 })
    expect(stateEffects(bench.pass(1))).toContain('fail')
  })

  it('leave time to refute a suspicion whose deadline passed in the pause', () => {
    bench.suspect('d', 'b')
    resume(60_000)
    bench.handle({ type: 'member', id: 'd', incarnation: 2 })
    expect(stateEffects(bench.pass(2_500))).not.toContain('fail')
  })

  it('drop probes and indirect probes that began before', () => {
    bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' })
    resume(10_000)
    const effects = bench.pass(0)
    expect(sends(effects, 'nack')).toEqual([])
    expect(sends(effects, 'ping-request')).toEqual([])
    expect(sends(effects, 'ping')).toMatchObject([{ to: 'a' }])
  })

  it('are left out of phi', () => {
    for (const sequence of [1, 2, 3]) {
      bench.pass(5_000)
      bench.handle({ type: 'member', id: 'a', incarnation: 1 + sequence })
      bench.handle({ type: 'heartbeat', id: 'd', incarnation: 1, sequence })
    }
    resume(600_000)
    bench.pass(0)
    expect(bench.detector.phi('d', bench.nowMs)).toBeLessThan(0.1)
  })

  it('include a suspension of the machine', () => {
    expect(bench.handle({ type: 'suspended', ms: 3_600_000 })).toEqual([{ type: 'paused', ms: 3_600_000 }])
    expect(bench.detector.graceUntilMs()).toBe(2_000)
    expect(bench.handle({ type: 'suspended', ms: 3_600_000 })).toEqual([])
  })

  it('make a refused dial cause a probe instead of a suspicion in the grace period', () => {
    resume(10_000)
    const effects = bench.handle({ type: 'connection', id: 'd', state: 'refused' })
    expect(stateEffects(effects)).toEqual(['paused'])
    expect(sends(effects, 'ping')).toMatchObject([{ to: 'd' }])
  })
})
