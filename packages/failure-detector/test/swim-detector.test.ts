import { beforeEach, describe, expect, it } from 'vitest'
import {
  createDetector,
  type Detector,
  type DetectorEffect,
  type DetectorInput,
  type DetectorOptions,
  type ProbeMessage,
} from '../src/index.ts'

/** A detector `me` with a clock. It knows `a`, `b`, `c` and `d`; its only subject is `a`, which `b` and `c` monitor too. */
class DetectorBench {
  readonly detector: Detector
  nowMs = 0

  constructor(options: Partial<DetectorOptions> = {}) {
    this.detector = createDetector({ self: 'me', random: () => 0, probeOrder: 'given', ...options })
    this.handle({ type: 'member', id: 'me', incarnation: 1 })
    for (const id of 'abcd') this.handle({ type: 'member', id, incarnation: 1 })
    this.handle({ type: 'subjects', subjects: [{ id: 'a', monitors: ['me', 'b', 'c'] }] })
  }

  handle(input: DetectorInput): DetectorEffect[] {
    return this.detector.handle(input, this.nowMs)
  }

  receive(from: string, message: ProbeMessage): DetectorEffect[] {
    return this.handle({ type: 'message', from, message })
  }

  suspect(subject: string, observer: string, { incarnation = 1, refused = false } = {}): DetectorEffect[] {
    return this.handle({ type: 'suspicion', subject, incarnation, observer, refused })
  }

  /** Lets time pass, with a call at every deadline. */
  pass(ms: number): DetectorEffect[] {
    const untilMs = this.nowMs + ms
    const effects: DetectorEffect[] = []
    while (this.detector.deadlineMs() <= untilMs) {
      this.nowMs = Math.max(this.nowMs, this.detector.deadlineMs())
      effects.push(...this.detector.advance(this.nowMs))
      expect(this.detector.deadlineMs()).toBeGreaterThan(this.nowMs)
    }
    this.nowMs = untilMs
    return effects
  }
}

const sends = (effects: readonly DetectorEffect[], type: ProbeMessage['type']) =>
  effects.flatMap(effect => (effect.type === 'send' && effect.message.type === type ? [effect] : []))
const seqOf = (effects: readonly DetectorEffect[], type: ProbeMessage['type'] = 'ping'): number =>
  sends(effects, type)[0]?.message.seq ?? Number.NaN
const stateEffects = (effects: readonly DetectorEffect[]): string[] =>
  effects.flatMap(effect => (effect.type === 'send' ? [] : [effect.type]))

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

describe('a probe', () => {
  it('pings the subject, then asks its other monitors, then suspects', () => {
    const ping = bench.pass(0)
    expect(sends(ping, 'ping')).toEqual([{ type: 'send', to: 'a', message: { type: 'ping', seq: 1 } }])
    expect(bench.pass(499)).toEqual([])
    const requests = sends(bench.pass(1), 'ping-request')
    expect(requests.map(request => request.to)).toEqual(['b', 'c'])
    expect(requests[0]?.message).toEqual({ type: 'ping-request', seq: 1, subject: 'a' })
    expect(stateEffects(bench.pass(499))).toEqual([])
    expect(stateEffects(bench.pass(1))).toEqual(['suspect', 'publish-suspicion'])
    expect(bench.detector.status('a')).toMatchObject({ type: 'suspect', sinceMs: 1_000, observers: ['me'] })
  })

  it.each(['a', 'b'])('is answered by an ack of %s after the indirect probes began', from => {
    bench.pass(600)
    bench.receive(from, { type: 'ack', seq: 1 })
    expect(stateEffects(bench.pass(399))).toEqual([])
    expect(bench.detector.localHealth()).toBe(0)
  })

  it('is not answered by an ack of a member that was not asked', () => {
    bench.pass(600)
    bench.receive('d', { type: 'ack', seq: 1 })
    expect(stateEffects(bench.pass(400))).toContain('publish-suspicion')
  })

  it('ends when any byte arrives from the subject', () => {
    bench.pass(100)
    bench.handle({ type: 'evidence', id: 'a' })
    expect(sends(bench.pass(800), 'ping-request')).toEqual([])
  })

  it('is left out after recent evidence, and begins half a round after the evidence', () => {
    bench.handle({ type: 'subjects', subjects: [...'abcd'].map(id => ({ id, monitors: [] })) })
    for (const id of 'abcd') bench.handle({ type: 'evidence', id })
    expect(bench.pass(1_999)).toEqual([])
    expect(sends(bench.pass(1), 'ping')).toHaveLength(1)
  })

  it('scenario 9: is not answered by a late ack of the previous probe', () => {
    bench.pass(0)
    bench.pass(600)
    bench.receive('b', { type: 'ack', seq: 1 })
    const second = seqOf(bench.pass(400))
    expect(second).toBeGreaterThan(1)
    bench.receive('a', { type: 'ack', seq: 1 })
    expect(sends(bench.pass(500), 'ping-request')).not.toEqual([])
    expect(stateEffects(bench.pass(500))).toContain('publish-suspicion')
  })

  it('scenario 9: causes no suspicion when the local member could not complete it', () => {
    bench.pass(0)
    // One call, when both stages should be over, but below the threshold of a local pause.
    bench.nowMs = 1_000
    const effects = bench.detector.advance(bench.nowMs)
    expect(stateEffects(effects)).toEqual([])
    expect(sends(effects, 'ping-request')).toEqual([])
    // 500 ms late: the stage is extended by four times as long.
    expect(sends(bench.pass(1_999), 'ping-request')).toEqual([])
    expect(sends(bench.pass(1), 'ping-request')).toHaveLength(2)
    expect(stateEffects(bench.pass(499))).toEqual([])
    expect(stateEffects(bench.pass(1))).toContain('publish-suspicion')
  })

  it('does not suspect the incarnation that refuted in the meantime', () => {
    bench.pass(900)
    bench.handle({ type: 'member', id: 'a', incarnation: 2 })
    expect(stateEffects(bench.pass(99))).toEqual([])
    expect(bench.detector.status('a')).toEqual({ type: 'alive', incarnation: 2 })
  })
})

describe('scenario 8: local health', () => {
  const probeWithoutAck = (nacks: readonly string[]): number => {
    bench.pass(600)
    for (const from of nacks) bench.receive(from, { type: 'nack', seq: 1 })
    bench.pass(400)
    return bench.detector.localHealth()
  }

  it.each([
    [['b', 'c'], 0],
    [['b'], 1],
    [[], 2],
    [['d', 'd'], 2],
  ])('with nacks of %j the score is %i', (nacks, expected) => {
    expect(probeWithoutAck(nacks)).toBe(expected)
  })

  it('stretches interval and timeout', () => {
    probeWithoutAck(['b'])
    bench.handle({ type: 'member', id: 'a', incarnation: 2 })
    expect(sends(bench.pass(1_999), 'ping')).toEqual([])
    expect(sends(bench.pass(1), 'ping')).toHaveLength(1)
    expect(sends(bench.pass(999), 'ping-request')).toEqual([])
    expect(sends(bench.pass(1), 'ping-request')).toHaveLength(2)
    expect(stateEffects(bench.pass(999))).toEqual([])
    expect(stateEffects(bench.pass(1))).toContain('publish-suspicion')
  })

  it('improves with an ack, and skips no probe until the score is 0', () => {
    probeWithoutAck(['b'])
    bench.handle({ type: 'member', id: 'a', incarnation: 2 })
    bench.pass(1_999)
    bench.handle({ type: 'evidence', id: 'a' })
    const seq = seqOf(bench.pass(1))
    bench.receive('a', { type: 'ack', seq })
    expect(bench.detector.localHealth()).toBe(0)
  })

  it('expects no nack of a proxy without a connection', () => {
    bench.handle({ type: 'connection', id: 'c', state: 'open' })
    bench.pass(0)
    const asked = sends(bench.pass(500), 'ping-request').map(request => request.to)
    expect(asked).toEqual(['c', 'b'])
    bench.receive('c', { type: 'nack', seq: 1 })
    bench.pass(500)
    expect(bench.detector.localHealth()).toBe(0)
  })

  it('adds 1 for a failed probe without proxies', () => {
    const alone = createDetector({ self: 'me', random: () => 0 })
    alone.handle({ type: 'member', id: 'a', incarnation: 1 }, 0)
    alone.handle({ type: 'subjects', subjects: [{ id: 'a', monitors: [] }] }, 0)
    for (const nowMs of [0, 500, 1_000]) alone.advance(nowMs)
    expect(alone.status('a')?.type).toBe('suspect')
    expect(alone.localHealth()).toBe(1)
  })
})

describe('an indirect probe', () => {
  beforeEach(() => {
    bench.handle({ type: 'subjects', subjects: [] })
  })

  it('pings the subject and relays the ack with the sequence number of the requester', () => {
    const seq = seqOf(bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' }))
    expect(bench.receive('c', { type: 'ack', seq })).toEqual([])
    expect(bench.receive('d', { type: 'ack', seq })).toEqual([
      { type: 'send', to: 'b', message: { type: 'ack', seq: 77 } },
    ])
    expect(bench.pass(900)).toEqual([])
  })

  it('sends a nack at 80 % of the timeout, and relays a later ack', () => {
    const seq = seqOf(bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' }))
    expect(bench.pass(399)).toEqual([])
    expect(bench.pass(1)).toEqual([{ type: 'send', to: 'b', message: { type: 'nack', seq: 77 } }])
    bench.pass(50)
    expect(sends(bench.receive('d', { type: 'ack', seq }), 'ack')).toHaveLength(1)
  })

  it('sends one nack', () => {
    bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' })
    expect(sends(bench.pass(900), 'nack')).toHaveLength(1)
  })

  it.each([
    ['about an unknown member', 'unknown', 'nack'],
    ['about itself', 'me', 'ack'],
  ] as const)('is answered at once %s', (_, subject, type) => {
    expect(bench.receive('b', { type: 'ping-request', seq: 77, subject })).toEqual([
      { type: 'send', to: 'b', message: { type, seq: 77 } },
    ])
  })

  it('serves at most eight requests of one member at a time', () => {
    const answers = Array.from({ length: 10 }, (_, seq) =>
      bench.receive('b', { type: 'ping-request', seq, subject: 'd' }),
    ).flat()
    expect(sends(answers, 'ping')).toHaveLength(8)
    expect(sends(answers, 'nack')).toHaveLength(2)
  })

  it('confirms a suspicion when it fails, before or after the suspicion', () => {
    bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' })
    bench.pass(500)
    expect(stateEffects(bench.suspect('d', 'b'))).toEqual(['suspect', 'publish-suspicion'])
    bench.receive('b', { type: 'ping-request', seq: 78, subject: 'c' })
    bench.suspect('c', 'b')
    expect(stateEffects(bench.pass(500))).toEqual(['publish-suspicion'])
  })

  it('does not confirm a suspicion an interval after it failed, nor after evidence', () => {
    bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' })
    bench.receive('b', { type: 'ping-request', seq: 78, subject: 'c' })
    bench.pass(600)
    bench.handle({ type: 'evidence', id: 'c' })
    expect(stateEffects(bench.suspect('c', 'b'))).toEqual(['suspect'])
    bench.pass(1_000)
    expect(stateEffects(bench.suspect('d', 'b'))).toEqual(['suspect'])
  })
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

describe('connections', () => {
  const refuse = (id: string): DetectorEffect[] => bench.handle({ type: 'connection', id, state: 'refused' })

  it('are dialled again once when they close', () => {
    bench.handle({ type: 'connection', id: 'd', state: 'open' })
    expect(bench.handle({ type: 'connection', id: 'd', state: 'closed' })).toEqual([
      { type: 'redial', id: 'd' },
    ])
    expect(bench.handle({ type: 'connection', id: 'd', state: 'closed' })).toEqual([])
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
    expect(stateEffects(bench.handle({ type: 'connection', id: 'a', state: 'refused' }))).toEqual(['paused'])
  })
})

describe('attention leases', () => {
  const announce = (state: 'hidden' | 'frozen', leaseMs: number, id = 'a'): DetectorEffect[] =>
    bench.handle({ type: 'member', id, incarnation: 1, attention: { state, leaseMs } })
  const connect = (id: string, state: 'open' | 'closed'): DetectorEffect[] =>
    bench.handle({ type: 'connection', id, state })

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
})

describe('phi', () => {
  const receiveHeartbeats = (id: string): void => {
    for (let sequence = 1; sequence <= 10; sequence++) {
      bench.pass(5_000)
      bench.handle({ type: 'member', id: 'a', incarnation: 1 + sequence })
      bench.handle({ type: 'heartbeat', id, incarnation: 1, sequence })
    }
  }

  it('suspects a member that it does not probe when heartbeats are overdue', () => {
    bench = new DetectorBench({ parameters: { maxLocalHealth: 0 } })
    receiveHeartbeats('d')
    expect(bench.detector.phi('d', bench.nowMs)).toBeLessThan(0.1)
    bench.handle({ type: 'subjects', subjects: [] })
    expect(stateEffects(bench.pass(21_000))).not.toContain('publish-suspicion')
    expect(bench.pass(2_000)).toContainEqual({
      type: 'publish-suspicion',
      subject: 'd',
      incarnation: 1,
      refused: false,
    })
    expect(bench.detector.phi('d', bench.nowMs)).toBeGreaterThan(8)
  })

  it('does not suspect a subject that answers probes', () => {
    receiveHeartbeats('d')
    bench.handle({ type: 'subjects', subjects: [{ id: 'd', monitors: [] }] })
    for (let second = 0; second < 60; second++) {
      for (const { message } of sends(bench.pass(1_000), 'ping'))
        bench.receive('d', { type: 'ack', seq: message.seq })
    }
    expect(bench.detector.status('d')?.type).toBe('alive')
  })

  it('starts again with the next incarnation', () => {
    bench = new DetectorBench({ parameters: { maxLocalHealth: 0 } })
    receiveHeartbeats('d')
    bench.handle({ type: 'subjects', subjects: [] })
    expect(stateEffects(bench.pass(23_000))).toContain('publish-suspicion')
    bench.handle({ type: 'member', id: 'd', incarnation: 2 })
    expect(stateEffects(bench.pass(120_000))).toEqual([])
    expect(bench.detector.phi('d', bench.nowMs)).toBeUndefined()
  })

  it('ignores heartbeats of unknown members', () => {
    for (const sequence of [1, 2, 3])
      bench.handle({ type: 'heartbeat', id: 'unknown', incarnation: 1, sequence })
    expect(bench.detector.phi('unknown', 0)).toBeUndefined()
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
