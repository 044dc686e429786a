import { beforeEach, describe, expect, it } from 'vitest'
import type { DetectorEffect } from '../src/index.ts'
import { DetectorBench, stateEffects } from './detector-bench.ts'

let bench: DetectorBench
beforeEach(() => {
  bench = new DetectorBench()
})

describe('connections', () => {
  const refuse = (id: string): DetectorEffect[] => bench.handle({ type: 'connection', id, state: 'refused' })

  it('are dialled again once when they close', () => {
    bench.handle({ type: 'connection', id: 'd', state: 'open' })
    expect(bench.handle({ type: 'connection', id: 'd', state: 'closed' })).toEqual([
      { type: 'redial', id: 'd' },
    ])
    expect(bench.handle({ type: 'connection', id: 'd', state: 'closed' })).toEqual([])
  })

  it('that replace others cause a probe at once, because the last one may be lost', () => {
    const open = () => bench.handle({ type: 'connection', id: 'a', state: 'open' })
    const pings = (effects: readonly DetectorEffect[]) =>
      effects.flatMap(effect => (effect.type === 'send' && effect.message.type === 'ping' ? [effect.to] : []))
    expect(pings(open())).toEqual([])
    expect(pings(open())).toEqual(['a'])
    expect(pings(open())).toEqual(['a'])
  })

  it.each([
    ['a subject', 'a'],
    ['another member', 'd'],
  ])('to %s are not dialled again when they are released', (_, id) => {
    bench.handle({ type: 'connection', id, state: 'open' })
    expect(bench.handle({ type: 'connection', id, state: 'released' })).toEqual([])
    expect(bench.handle({ type: 'connection', id, state: 'released' })).toEqual([])
    expect(bench.detector.status(id)?.type).toBe('alive')
  })

  it('cause a suspicion when a dial is refused after a release, not while open', () => {
    bench.handle({ type: 'connection', id: 'd', state: 'open' })
    expect(refuse('d')).toEqual([])
    bench.handle({ type: 'connection', id: 'd', state: 'released' })
    expect(stateEffects(refuse('d'))).toEqual(['suspect', 'publish-suspicion'])
  })

  it.each([
    ['released', -Infinity],
    ['closed', 12_000],
  ] as const)('all %s at once: grace period until %d', (state, graceUntilMs) => {
    for (const id of 'abcd') bench.handle({ type: 'connection', id, state: 'open' })
    for (const id of 'abcd') bench.handle({ type: 'connection', id, state })
    expect(bench.detector.graceUntilMs()).toBe(graceUntilMs)
  })

  it('are not dialled again in an outage after a release', () => {
    for (const id of 'bcd') bench.handle({ type: 'connection', id, state: 'open' })
    for (const id of 'bcd') bench.handle({ type: 'connection', id, state: 'closed' })
    bench.handle({ type: 'connection', id: 'c', state: 'released' })
    const dialled = bench.pass(1_000).flatMap(effect => (effect.type === 'redial' ? [effect.id] : []))
    expect(new Set(dialled)).toEqual(new Set(['b', 'd']))
  })

  it('cause a suspicion at once when refused, and death after half a second when another observer was refused too', () => {
    expect(stateEffects(refuse('a'))).toEqual(['suspect', 'publish-suspicion'])
    bench.pass(100)
    bench.suspect('a', 'b', { refused: true })
    expect(bench.detector.status('a')).toMatchObject({ deadlineMs: 500 })
    expect(stateEffects(bench.pass(400))).toEqual(['fail'])
  })

  it('add a refusal to an earlier suspicion of this detector', () => {
    bench.pass(1_000)
    expect(bench.detector.status('a')?.type).toBe('suspect')
    expect(refuse('a')).toEqual([{ type: 'publish-suspicion', subject: 'a', incarnation: 1, refused: true }])
    expect(refuse('a')).toEqual([])
  })

  it('end the probe of a dead member without effect on local health', () => {
    bench = new DetectorBench({ profile: 'local' })
    bench.pass(300)
    refuse('a')
    bench.suspect('a', 'b', { refused: true })
    expect(stateEffects(bench.pass(1_000))).toContain('fail')
    expect(bench.detector.localHealth()).toBe(0)
  })

  it('need one refused observer when no other member is alive', () => {
    for (const id of 'abcd') refuse(id)
    expect(stateEffects(bench.pass(500)).filter(type => type === 'fail')).toHaveLength(4)
  })

  it('cause no suspicion by a refused dial while open', () => {
    bench.handle({ type: 'connection', id: 'a', state: 'open' })
    expect(refuse('a')).toEqual([])
  })

  it('cause a probe when a member is unreachable', () => {
    expect(bench.handle({ type: 'connection', id: 'd', state: 'unreachable' })).toMatchObject([
      { type: 'send', to: 'd' },
    ])
  })
})
