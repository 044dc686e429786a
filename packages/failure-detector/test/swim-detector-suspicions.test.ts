import { beforeEach, describe, expect, it } from 'vitest'
import { createDetector } from '../src/index.ts'
import { DetectorBench, sends, stateEffects } from './detector-bench.ts'

let bench: DetectorBench
beforeEach(() => {
  bench = new DetectorBench()
})

describe('a suspicion', () => {
  it('scenario 5: is sent to the suspect with a probe at once', () => {
    expect(sends(bench.suspect('a', 'b'), 'ping')).toEqual([
      { type: 'send', to: 'a', message: { type: 'ping', seq: 1, suspected: 1 } },
    ])
  })

  it('begins at most 64 probes at the same time', () => {
    const ids = Array.from({ length: 100 }, (_, index) => `m${index}`)
    for (const id of ids) bench.handle({ type: 'member', id, incarnation: 1 })
    bench.handle({ type: 'subjects', subjects: ids.map(id => ({ id, monitors: [] })) })
    expect(
      sends(
        ids.flatMap(id => bench.suspect(id, 'b')),
        'ping',
      ),
    ).toHaveLength(64)
  })

  it('begins one probe per interval, however many observers there are', () => {
    const effects = [...'bcd'].flatMap(observer => bench.suspect('a', observer))
    expect(sends(effects, 'ping')).toHaveLength(1)
  })

  it.each([
    [['a'], 3_000, 3_000],
    [['a', 'b'], 18_000, 3_000],
    [['a', 'b', 'c'], 18_000, 18_000 - (15_000 * Math.log(2)) / Math.log(3)],
    [['a', 'b', 'c', 'd'], 18_000, 18_000 - (15_000 * Math.log(2)) / Math.log(4)],
    [['a', 'b', 'c', 'd', 'e'], 18_000, 18_000 - (15_000 * Math.log(2)) / Math.log(4)],
  ])('needs no more confirmations than there are other members: %j', (ids, firstMs, secondMs) => {
    const detector = createDetector({ self: 'me', random: () => 0 })
    for (const id of ids) detector.handle({ type: 'member', id, incarnation: 1 }, 0)
    const claim = { type: 'suspicion', subject: 'a', incarnation: 1, refused: false } as const
    detector.handle({ ...claim, observer: 'x' }, 0)
    expect(detector.status('a')).toMatchObject({ deadlineMs: firstMs })
    detector.handle({ ...claim, observer: 'y' }, 0)
    expect(detector.status('a')).toMatchObject({ deadlineMs: secondMs })
  })

  it.each([
    [{ suspicionConfirmations: 0 }, [3_000, 3_000]],
    [{ suspicionConfirmations: 1 }, [18_000, 3_000]],
    [{}, [18_000, 10_500, 6_113, 3_000, 3_000]],
    [{ suspicionMult: 8 }, [48_000, 28_000, 16_301, 8_000]],
    [{ suspicionMult: 8, suspicionConfirmations: 1 }, [48_000, 8_000]],
  ])('becomes shorter with each further observer: %j', (parameters, deadlinesMs) => {
    bench = new DetectorBench({ parameters })
    const observedMs = deadlinesMs.map((_, index) => {
      bench.suspect('d', `observer ${index}`)
      const status = bench.detector.status('d')
      return status?.type === 'suspect' ? Math.round(status.deadlineMs) : status
    })
    expect(observedMs).toEqual(deadlinesMs)
  })

  it('ends with death at its deadline', () => {
    bench.handle({ type: 'subjects', subjects: [] })
    bench.suspect('a', 'b')
    expect(bench.detector.status('a')).toEqual({
      type: 'suspect',
      incarnation: 1,
      sinceMs: 0,
      deadlineMs: 18_000,
      observers: ['b'],
    })
    for (const observer of 'bcde') bench.suspect('a', observer)
    expect(bench.pass(2_999)).toEqual([])
    expect(bench.pass(1)).toEqual([{ type: 'fail', id: 'a', incarnation: 1 }])
    expect(bench.detector.status('a')).toEqual({ type: 'dead', incarnation: 1, sinceMs: 3_000 })
  })

  it.each([0, 1])(
    'scenario 3: does not end by an alive record of incarnation %i, nor does death',
    incarnation => {
      bench.suspect('a', 'b')
      expect(bench.handle({ type: 'member', id: 'a', incarnation })).toEqual([])
      expect(bench.detector.status('a')?.type).toBe('suspect')
      bench.pass(30_000)
      expect(bench.handle({ type: 'member', id: 'a', incarnation })).toEqual([])
      expect(bench.detector.status('a')?.type).toBe('dead')
    },
  )

  it('scenario 3: ends by a greater incarnation, and so does death', () => {
    bench.suspect('a', 'b')
    expect(bench.handle({ type: 'member', id: 'a', incarnation: 2 })).toEqual([
      { type: 'recover', id: 'a', incarnation: 2 },
    ])
    bench.suspect('a', 'b', { incarnation: 2 })
    bench.pass(30_000)
    expect(bench.handle({ type: 'member', id: 'a', incarnation: 3 })).toEqual([
      { type: 'return', id: 'a', incarnation: 3 },
    ])
    expect(bench.detector.status('a')).toEqual({ type: 'alive', incarnation: 3 })
  })

  it.each([
    ['of a refuted incarnation', 'a', 0],
    ['of an incarnation without a record', 'a', 2],
    ['of an unknown member', 'unknown', 1],
  ])('has no effect: %s', (_, subject, incarnation) => {
    expect(bench.suspect(subject, 'b', { incarnation })).toEqual([])
    expect(bench.detector.status('a')?.type).toBe('alive')
  })

  it('scenario 4: a batch of suspicions declares no member dead at once', () => {
    for (const subject of 'abcd')
      for (const observer of 'abcdefgh') bench.suspect(subject, observer, { refused: true })
    expect(bench.pass(499).filter(effect => effect.type === 'fail')).toEqual([])
  })

  it('is sent to a suspect that sends a byte', () => {
    bench.handle({ type: 'subjects', subjects: [] })
    bench.suspect('d', 'b')
    expect(sends(bench.handle({ type: 'evidence', id: 'd' }), 'ping')[0]?.message).toMatchObject({
      suspected: 1,
    })
  })

  it('is sent to a dead member that sends a byte, once per interval', () => {
    bench.suspect('d', 'b')
    bench.pass(30_000)
    const pings = [1, 2, 3].flatMap(() => sends(bench.handle({ type: 'evidence', id: 'd' }), 'ping'))
    expect(pings).toMatchObject([{ to: 'd', message: { suspected: 1 } }])
  })
})

describe('scenario 2: a suspicion of the local member', () => {
  it('is refuted once per incarnation', () => {
    expect(bench.suspect('me', 'a')).toEqual([{ type: 'refute', incarnation: 1 }])
    expect(bench.suspect('me', 'b')).toEqual([])
    expect(bench.detector.localHealth()).toBe(1)
  })

  it('is refuted when a ping contains it', () => {
    expect(bench.receive('a', { type: 'ping', seq: 9, suspected: 1 })).toEqual([
      { type: 'send', to: 'a', message: { type: 'ack', seq: 9 } },
      { type: 'refute', incarnation: 1 },
    ])
  })

  it('is ignored below the local incarnation', () => {
    bench.handle({ type: 'member', id: 'me', incarnation: 2 })
    expect(bench.suspect('me', 'a')).toEqual([])
  })

  it('is refuted after the gap when it follows another refutation', () => {
    bench.suspect('me', 'a')
    bench.handle({ type: 'member', id: 'me', incarnation: 2 })
    expect(bench.suspect('me', 'b', { incarnation: 2 })).toEqual([])
    expect(stateEffects(bench.pass(1_499))).not.toContain('refute')
    expect(bench.pass(1)).toContainEqual({ type: 'refute', incarnation: 2 })
  })
})
