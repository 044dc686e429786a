import { beforeEach, describe, expect, it } from 'vitest'
import type { DetectorEffect } from '../src/index.ts'
import { DetectorBench, sends, stateEffects } from './detector-bench.ts'

let bench: DetectorBench
beforeEach(() => {
  bench = new DetectorBench()
})

describe('attention leases', () => {
  const announce = (state: 'hidden' | 'frozen' | 'asleep', leaseMs: number, id = 'a'): DetectorEffect[] =>
    bench.handle({ type: 'member', id, incarnation: 1, attention: { state, leaseMs } })
  const connect = (id: string, state: 'open' | 'closed'): DetectorEffect[] =>
    bench.handle({ type: 'connection', id, state })

  const heartbeat = (): void => {
    for (const sequence of [1, 2, 3]) {
      bench.pass(5_000)
      bench.handle({ type: 'heartbeat', id: 'd', incarnation: 1, sequence })
    }
  }

  it('prevent a suspicion while the lease lasts', () => {
    announce('hidden', 10_000)
    expect(stateEffects(bench.pass(9_999))).toEqual([])
    expect(stateEffects(bench.pass(8_000))).toContain('publish-suspicion')
  })

  it('make probes rare', () => {
    bench = new DetectorBench({ parameters: { maxLocalHealth: 0 } })
    announce('hidden', 60_000)
    expect(sends(bench.pass(20_000), 'ping')).toHaveLength(6)
  })

  it('defer an earlier suspicion until the lease ends', () => {
    for (const observer of 'abc') bench.suspect('d', observer)
    announce('hidden', 10_000, 'd')
    expect(bench.detector.status('d')).toMatchObject({ deadlineMs: 10_000 })
    expect(stateEffects(bench.pass(9_999))).not.toContain('fail')
    expect(stateEffects(bench.pass(1))).toContain('fail')
  })

  it.each(['hidden', 'frozen'] as const)(
    'of a %s member end one second after its connection closes',
    state => {
      for (const id of 'abcd') connect(id, 'open')
      announce(state, 60_000)
      expect(stateEffects(connect('a', 'closed'))).toContain('redial')
      bench.handle({ type: 'connection', id: 'a', state: 'unreachable' })
      expect(stateEffects(bench.pass(999))).not.toContain('publish-suspicion')
      expect(stateEffects(bench.pass(1_001))).toContain('publish-suspicion')
      for (const observer of 'bcd') bench.suspect('a', observer)
      expect(stateEffects(bench.pass(3_000))).toContain('fail')
    },
  )

  it('continue when the connection opens again within a second', () => {
    for (const id of 'abcd') connect(id, 'open')
    announce('hidden', 60_000)
    connect('a', 'closed')
    bench.pass(500)
    connect('a', 'open')
    expect(stateEffects(bench.pass(30_000))).not.toContain('publish-suspicion')
  })

  it('continue when all connections close within a second, which is an outage', () => {
    for (const id of 'abcd') {
      connect(id, 'open')
      announce('frozen', 60_000, id)
    }
    for (const id of 'abcd') {
      connect(id, 'closed')
      bench.pass(100)
    }
    bench.pass(3_000)
    connect('b', 'open')
    for (const id of 'acd') bench.handle({ type: 'connection', id, state: 'unreachable' })
    expect(stateEffects(bench.pass(30_000))).not.toContain('publish-suspicion')
  })

  it('of a hidden member end when another member suspects it', () => {
    connect('d', 'open')
    announce('hidden', 60_000, 'd')
    for (const observer of 'abc') bench.suspect('d', observer)
    bench.pass(20_000)
    expect(bench.detector.status('d')?.type).toBe('dead')
  })

  it('of a frozen member end when another member suspects it, unless the connection is open', () => {
    connect('c', 'open')
    for (const id of 'cd') announce('frozen', 60_000, id)
    for (const subject of 'cd') for (const observer of 'ab') bench.suspect(subject, observer)
    bench.pass(20_000)
    expect(bench.detector.status('c')?.type).toBe('suspect')
    expect(bench.detector.status('d')?.type).toBe('dead')
  })

  const dialFailed = (id: string, state: 'refused' | 'unreachable') =>
    bench.handle({ type: 'connection', id, state })

  it('of a member that is asleep excuse silence, a closed connection and failed dials until the lease ends', () => {
    for (const id of 'abcd') connect(id, 'open')
    announce('asleep', 60_000)
    const effects = [
      ...connect('a', 'closed'),
      ...dialFailed('a', 'refused'),
      ...dialFailed('a', 'unreachable'),
    ]
    effects.push(...bench.pass(59_999))
    expect(effects.filter(effect => 'id' in effect && effect.id === 'a' && effect.type !== 'redial')).toEqual(
      [],
    )
    expect(effects.some(effect => effect.type === 'send' && effect.to === 'a')).toBe(false)
    expect(bench.detector.status('a')?.type).toBe('alive')
    expect(stateEffects(bench.pass(8_000))).toContain('publish-suspicion')
    expect(stateEffects(bench.pass(60_000))).toContain('fail')
  })

  it.each([
    ['closes', ['closed'], 5_000],
    ['closes again', ['closed', 'open', 'closed'], 5_000],
    ['closes, and the member announces it again', ['closed', 'announce'], 5_000],
    ['is open again', ['closed', 'open'], 0],
  ] as const)('excuse a member that returns, when its connection %s', (_, events, untilMs) => {
    for (const id of 'abcd') connect(id, 'open')
    const announce = () => bench.handle({ type: 'member', id: 'a', incarnation: 1, returnsWithinMs: 5_000 })
    announce()
    for (const event of events) {
      if (event === 'announce') announce()
      else connect('a', event)
    }
    const effects = [...dialFailed('a', 'refused'), ...dialFailed('a', 'unreachable')]
    if (untilMs > 0) {
      for (const observer of 'bcd') bench.suspect('a', observer)
      effects.push(...bench.pass(untilMs - 1))
      expect(effects.some(effect => effect.type === 'send' && effect.to === 'a')).toBe(false)
    }
    expect(stateEffects(effects)).not.toContain('fail')
    expect(stateEffects(effects)).not.toContain('publish-suspicion')
    expect(bench.detector.status('a')?.type).toBe(untilMs > 0 ? 'suspect' : 'alive')
    expect(stateEffects(bench.pass(60_000))).toContain('fail')
  })

  it('of a member that was asleep leave no gap in its heartbeats', () => {
    heartbeat()
    announce('asleep', 3_600_000, 'd')
    bench.pass(600_000)
    expect(bench.detector.phi('d', bench.nowMs)).toBeGreaterThan(1)
    bench.handle({ type: 'member', id: 'd', incarnation: 1 })
    expect(bench.detector.phi('d', bench.nowMs)).toBeUndefined()
  })

  it('of a hidden member leave the gap in its heartbeats', () => {
    heartbeat()
    announce('hidden', 3_600_000, 'd')
    bench.pass(600_000)
    bench.handle({ type: 'member', id: 'd', incarnation: 1 })
    expect(bench.detector.phi('d', bench.nowMs)).toBeGreaterThan(1)
  })

  it('of a member that is asleep outlast the suspicions of members that do not know of it', () => {
    announce('asleep', 60_000, 'd')
    for (const observer of 'abc') bench.suspect('d', observer)
    bench.pass(59_999)
    expect(bench.detector.status('d')?.type).toBe('suspect')
    bench.pass(1)
    expect(bench.detector.status('d')?.type).toBe('dead')
  })

  it.each(['hidden', undefined] as const)(
    'of a member that is asleep end with its next record, whose attention is %s',
    state => {
      for (const id of 'abcd') connect(id, 'open')
      announce('asleep', 3_600_000)
      connect('a', 'closed')
      bench.pass(1_000_000)
      bench.handle({
        type: 'member',
        id: 'a',
        incarnation: 1,
        ...(state && { attention: { state, leaseMs: 1 } }),
      })
      expect(stateEffects(bench.pass(8_000))).toContain('publish-suspicion')
    },
  )
})
