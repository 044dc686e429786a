import { beforeEach, describe, expect, it } from 'vitest'
import {
  createDetector,
  type Detector,
  type DetectorEffect,
  type DetectorInput,
  type DetectorOptions,
  type ProbeMessage,
} from '../src/index.ts'

/** One detector and a clock: `me`, with `a`, `b`, `c`, `d` known, of whom `a` is probed and `b`, `c` monitor it too. */
class Bench {
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
const verdicts = (effects: readonly DetectorEffect[]): string[] =>
  effects.flatMap(effect => (effect.type === 'send' ? [] : [effect.type]))

let bench: Bench
beforeEach(() => {
  bench = new Bench()
})

describe('options', () => {
  it.each([
    [{ self: '' }, 'self must be a member id, not empty'],
    [{ random: 4 }, 'random must be a function that returns [0, 1)'],
    [{ probeOrder: 'alphabetic' }, "probeOrder must be 'given' or 'shuffled', not 'alphabetic'"],
  ])('refuses %j', (wrong, message) => {
    const options = { self: 'me', random: () => 0, ...wrong } as unknown as DetectorOptions
    expect(() => createDetector(options)).toThrow(new RangeError(message))
  })

  it('waits for nothing while it knows nobody', () => {
    const detector = createDetector({ self: 'me', random: Math.random })
    expect(detector.deadlineMs()).toBe(Infinity)
    expect(detector.advance(0)).toEqual([])
    expect(detector.graceUntilMs()).toBe(-Infinity)
  })
})

describe('a probe', () => {
  it('asks the subject, then its other monitors and one more, then accuses', () => {
    const ping = bench.pass(0)
    expect(sends(ping, 'ping')).toEqual([{ type: 'send', to: 'a', message: { type: 'ping', seq: 1 } }])
    expect(bench.pass(499)).toEqual([])
    const requests = sends(bench.pass(1), 'ping-request')
    expect(requests.map(request => request.to)).toEqual(['b', 'c'])
    expect(requests[0]?.message).toEqual({ type: 'ping-request', seq: 1, subject: 'a' })
    expect(verdicts(bench.pass(499))).toEqual([])
    expect(verdicts(bench.pass(1))).toEqual(['suspect', 'publish-suspicion'])
    expect(bench.detector.status('a')).toMatchObject({ type: 'suspect', sinceMs: 1_000, observers: ['me'] })
  })

  it.each(['a', 'b'])('is answered by an ack of %s, after its helpers were asked', from => {
    bench.pass(600)
    bench.receive(from, { type: 'ack', seq: 1 })
    expect(verdicts(bench.pass(399))).toEqual([])
    expect(bench.detector.localHealth()).toBe(0)
  })

  it('is not answered by somebody who was not asked', () => {
    bench.pass(600)
    bench.receive('d', { type: 'ack', seq: 1 })
    expect(verdicts(bench.pass(400))).toContain('publish-suspicion')
  })

  it('is settled by any byte that came since', () => {
    bench.pass(100)
    bench.handle({ type: 'evidence', id: 'a' })
    expect(sends(bench.pass(800), 'ping-request')).toEqual([])
  })

  it('is saved by a byte that came shortly before, and made when the subject was quiet for half a round', () => {
    bench.handle({ type: 'subjects', subjects: [...'abcd'].map(id => ({ id, monitors: [] })) })
    for (const id of 'abcd') bench.handle({ type: 'evidence', id })
    expect(bench.pass(1_999)).toEqual([])
    expect(sends(bench.pass(1), 'ping')).toHaveLength(1)
  })

  it('scenario 9: is not answered by a late ack of the one before', () => {
    bench.pass(0)
    bench.pass(600)
    bench.receive('b', { type: 'ack', seq: 1 })
    const second = seqOf(bench.pass(400))
    expect(second).toBeGreaterThan(1)
    bench.receive('a', { type: 'ack', seq: 1 })
    expect(sends(bench.pass(500), 'ping-request')).not.toEqual([])
    expect(verdicts(bench.pass(500))).toContain('publish-suspicion')
  })

  it('scenario 9: accuses nobody when it could not be completed', () => {
    bench.pass(0)
    // Called once only, after direct and indirect stage should both be over, but below the stall threshold.
    bench.nowMs = 1_000
    const effects = bench.detector.advance(bench.nowMs)
    expect(verdicts(effects)).toEqual([])
    expect(sends(effects, 'ping-request')).toEqual([])
    // 500 ms late: the answer has four times as long.
    expect(sends(bench.pass(1_999), 'ping-request')).toEqual([])
    expect(sends(bench.pass(1), 'ping-request')).toHaveLength(2)
    expect(verdicts(bench.pass(499))).toEqual([])
    expect(verdicts(bench.pass(1))).toContain('publish-suspicion')
  })

  it('does not accuse the incarnation that refuted meanwhile', () => {
    bench.pass(900)
    bench.handle({ type: 'member', id: 'a', incarnation: 2 })
    expect(verdicts(bench.pass(99))).toEqual([])
    expect(bench.detector.status('a')).toEqual({ type: 'alive', incarnation: 2 })
  })
})

describe('scenario 8: local health', () => {
  const probeInSilence = (nacks: readonly string[]): number => {
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
    expect(probeInSilence(nacks)).toBe(expected)
  })

  it('stretches interval and timeout', () => {
    probeInSilence(['b'])
    bench.handle({ type: 'member', id: 'a', incarnation: 2 })
    expect(sends(bench.pass(1_999), 'ping')).toEqual([])
    expect(sends(bench.pass(1), 'ping')).toHaveLength(1)
    expect(sends(bench.pass(999), 'ping-request')).toEqual([])
    expect(sends(bench.pass(1), 'ping-request')).toHaveLength(2)
    expect(verdicts(bench.pass(999))).toEqual([])
    expect(verdicts(bench.pass(1))).toContain('publish-suspicion')
  })

  it('gets better with an answer, and skips no probe until it is well', () => {
    probeInSilence(['b'])
    bench.handle({ type: 'member', id: 'a', incarnation: 2 })
    bench.pass(1_999)
    bench.handle({ type: 'evidence', id: 'a' })
    const seq = seqOf(bench.pass(1))
    bench.receive('a', { type: 'ack', seq })
    expect(bench.detector.localHealth()).toBe(0)
  })

  it('expects no nack of a helper that has to be dialled first', () => {
    bench.handle({ type: 'connection', id: 'c', state: 'open' })
    bench.pass(0)
    const asked = sends(bench.pass(500), 'ping-request').map(request => request.to)
    expect(asked).toEqual(['c', 'b'])
    bench.receive('c', { type: 'nack', seq: 1 })
    bench.pass(500)
    expect(bench.detector.localHealth()).toBe(0)
  })

  it('blames itself for an unanswered probe when there was nobody to ask', () => {
    const alone = createDetector({ self: 'me', random: () => 0 })
    alone.handle({ type: 'member', id: 'a', incarnation: 1 }, 0)
    alone.handle({ type: 'subjects', subjects: [{ id: 'a', monitors: [] }] }, 0)
    for (const nowMs of [0, 500, 1_000]) alone.advance(nowMs)
    expect(alone.status('a')?.type).toBe('suspect')
    expect(alone.localHealth()).toBe(1)
  })
})

describe('a helper', () => {
  beforeEach(() => {
    bench.handle({ type: 'subjects', subjects: [] })
  })

  it('pings for others and relays the ack under their number', () => {
    const seq = seqOf(bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' }))
    expect(bench.receive('c', { type: 'ack', seq })).toEqual([])
    expect(bench.receive('d', { type: 'ack', seq })).toEqual([
      { type: 'send', to: 'b', message: { type: 'ack', seq: 77 } },
    ])
    expect(bench.pass(900)).toEqual([])
  })

  it('says at 80 % of the time that it hears nothing, and relays an ack that still comes', () => {
    const seq = seqOf(bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' }))
    expect(bench.pass(399)).toEqual([])
    expect(bench.pass(1)).toEqual([{ type: 'send', to: 'b', message: { type: 'nack', seq: 77 } }])
    bench.pass(50)
    expect(sends(bench.receive('d', { type: 'ack', seq }), 'ack')).toHaveLength(1)
  })

  it('says so once', () => {
    bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' })
    expect(sends(bench.pass(900), 'nack')).toHaveLength(1)
  })

  it.each([
    ['about a stranger', 'stranger', 'nack'],
    ['about itself', 'me', 'ack'],
  ] as const)('answers at once %s', (_, subject, type) => {
    expect(bench.receive('b', { type: 'ping-request', seq: 77, subject })).toEqual([
      { type: 'send', to: 'b', message: { type, seq: 77 } },
    ])
  })

  it('serves eight requests of one member at a time', () => {
    const answers = Array.from({ length: 10 }, (_, seq) =>
      bench.receive('b', { type: 'ping-request', seq, subject: 'd' }),
    ).flat()
    expect(sends(answers, 'ping')).toHaveLength(8)
    expect(sends(answers, 'nack')).toHaveLength(2)
  })

  it('confirms a suspicion by a ping that was not answered, whichever comes first', () => {
    bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' })
    bench.pass(500)
    expect(verdicts(bench.suspect('d', 'b'))).toEqual(['suspect', 'publish-suspicion'])
    bench.receive('b', { type: 'ping-request', seq: 78, subject: 'c' })
    bench.suspect('c', 'b')
    expect(verdicts(bench.pass(500))).toEqual(['publish-suspicion'])
  })

  it('does not confirm by an old silence, nor when the subject was heard since', () => {
    bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' })
    bench.receive('b', { type: 'ping-request', seq: 78, subject: 'c' })
    bench.pass(600)
    bench.handle({ type: 'evidence', id: 'c' })
    expect(verdicts(bench.suspect('c', 'b'))).toEqual(['suspect'])
    bench.pass(1_000)
    expect(verdicts(bench.suspect('d', 'b'))).toEqual(['suspect'])
  })
})

describe('a suspicion', () => {
  it('scenario 5: is told to the suspect with a probe at once', () => {
    expect(sends(bench.suspect('a', 'b'), 'ping')).toEqual([
      { type: 'send', to: 'a', message: { type: 'ping', seq: 1, suspected: 1 } },
    ])
  })

  it('has at most 64 probes under way, however many are suspected at once', () => {
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

  it('hurries one probe an interval, however many say so', () => {
    const effects = [...'bcd'].flatMap(observer => bench.suspect('a', observer))
    expect(sends(effects, 'ping')).toHaveLength(1)
  })

  it.each([
    [['a'], 3_000, 3_000],
    [['a', 'b'], 18_000, 3_000],
    [['a', 'b', 'c'], 18_000, 18_000 - (15_000 * Math.log(2)) / Math.log(3)],
    [['a', 'b', 'c', 'd'], 18_000, 18_000 - (15_000 * Math.log(2)) / Math.log(4)],
    [['a', 'b', 'c', 'd', 'e'], 18_000, 18_000 - (15_000 * Math.log(2)) / Math.log(4)],
  ])('wants no more confirmations than there are others, among %j', (ids, firstMs, secondMs) => {
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
  ])('waits as long for each further observer as %j says', (parameters, deadlinesMs) => {
    bench = new Bench({ parameters })
    const observedMs = deadlinesMs.map((_, index) => {
      bench.suspect('d', `observer ${index}`)
      const status = bench.detector.status('d')
      return status?.type === 'suspect' ? Math.round(status.deadlineMs) : status
    })
    expect(observedMs).toEqual(deadlinesMs)
  })

  it('ends in death when its time is up', () => {
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
    'scenario 3: is not taken back by an alive record of incarnation %i, nor is death',
    incarnation => {
      bench.suspect('a', 'b')
      expect(bench.handle({ type: 'member', id: 'a', incarnation })).toEqual([])
      expect(bench.detector.status('a')?.type).toBe('suspect')
      bench.pass(30_000)
      expect(bench.handle({ type: 'member', id: 'a', incarnation })).toEqual([])
      expect(bench.detector.status('a')?.type).toBe('dead')
    },
  )

  it('scenario 3: is taken back by a greater incarnation, and so is death', () => {
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
    ['of an incarnation already refuted', 'a', 0],
    ['of an incarnation that nobody signed here', 'a', 2],
    ['about a stranger', 'stranger', 1],
  ])('has no effect: %s', (_, subject, incarnation) => {
    expect(bench.suspect(subject, 'b', { incarnation })).toEqual([])
    expect(bench.detector.status('a')?.type).toBe('alive')
  })

  it('scenario 4: a batch of claims kills nobody at once', () => {
    for (const subject of 'abcd')
      for (const observer of 'abcdefgh') bench.suspect(subject, observer, { refused: true })
    expect(bench.pass(499).filter(effect => effect.type === 'fail')).toEqual([])
  })

  it('that meets a sign of life is told to the suspect', () => {
    bench.handle({ type: 'subjects', subjects: [] })
    bench.suspect('d', 'b')
    expect(sends(bench.handle({ type: 'evidence', id: 'd' }), 'ping')[0]?.message).toMatchObject({
      suspected: 1,
    })
  })

  it('death that meets a sign of life is told too, once an interval', () => {
    bench.suspect('d', 'b')
    bench.pass(30_000)
    const pings = [1, 2, 3].flatMap(() => sends(bench.handle({ type: 'evidence', id: 'd' }), 'ping'))
    expect(pings).toMatchObject([{ to: 'd', message: { suspected: 1 } }])
  })
})

describe('scenario 2: a claim about itself', () => {
  it('is refuted once for each incarnation', () => {
    expect(bench.suspect('me', 'a')).toEqual([{ type: 'refute', incarnation: 1 }])
    expect(bench.suspect('me', 'b')).toEqual([])
    expect(bench.detector.localHealth()).toBe(1)
  })

  it('is refuted when a ping brings it', () => {
    expect(bench.receive('a', { type: 'ping', seq: 9, suspected: 1 })).toEqual([
      { type: 'send', to: 'a', message: { type: 'ack', seq: 9 } },
      { type: 'refute', incarnation: 1 },
    ])
  })

  it('is old news below its own incarnation', () => {
    bench.handle({ type: 'member', id: 'me', incarnation: 2 })
    expect(bench.suspect('me', 'a')).toEqual([])
  })

  it('waits a while after the last one, and is then answered by itself', () => {
    bench.suspect('me', 'a')
    bench.handle({ type: 'member', id: 'me', incarnation: 2 })
    expect(bench.suspect('me', 'b', { incarnation: 2 })).toEqual([])
    expect(verdicts(bench.pass(1_499))).not.toContain('refute')
    expect(bench.pass(1)).toContainEqual({ type: 'refute', incarnation: 2 })
  })
})

describe('hard evidence', () => {
  const refuse = (id: string): DetectorEffect[] => bench.handle({ type: 'connection', id, state: 'refused' })

  it('begins with a link that closed, and a dial', () => {
    bench.handle({ type: 'connection', id: 'd', state: 'open' })
    expect(bench.handle({ type: 'connection', id: 'd', state: 'closed' })).toEqual([
      { type: 'redial', id: 'd' },
    ])
    expect(bench.handle({ type: 'connection', id: 'd', state: 'closed' })).toEqual([])
  })

  it.each([
    ['a subject', 'a'],
    ['another member', 'd'],
  ])(
    'is not looked for in a link to %s that was released, nor when it is told again that it ended',
    (_, id) => {
      bench.handle({ type: 'connection', id, state: 'open' })
      expect(bench.handle({ type: 'connection', id, state: 'released' })).toEqual([])
      expect(bench.handle({ type: 'connection', id, state: 'released' })).toEqual([])
      expect(bench.detector.status(id)?.type).toBe('alive')
    },
  )

  it('counts against a member whose link was released: a dial is refused then by its machine', () => {
    bench.handle({ type: 'connection', id: 'd', state: 'open' })
    expect(refuse('d')).toEqual([])
    bench.handle({ type: 'connection', id: 'd', state: 'released' })
    expect(verdicts(refuse('d'))).toEqual(['suspect', 'publish-suspicion'])
  })

  it.each([
    ['released', -Infinity],
    ['closed', 12_000],
  ] as const)('all links %s at once: no verdict before %d', (state, awayUntilMs) => {
    for (const id of 'abcd') bench.handle({ type: 'connection', id, state: 'open' })
    for (const id of 'abcd') bench.handle({ type: 'connection', id, state })
    expect(bench.detector.graceUntilMs()).toBe(awayUntilMs)
  })

  it('a lost link that is then released is dialled no more', () => {
    for (const id of 'bcd') bench.handle({ type: 'connection', id, state: 'open' })
    for (const id of 'bcd') bench.handle({ type: 'connection', id, state: 'closed' })
    bench.handle({ type: 'connection', id: 'c', state: 'released' })
    const dialled = bench.pass(1_000).flatMap(effect => (effect.type === 'redial' ? [effect.id] : []))
    expect(new Set(dialled)).toEqual(new Set(['b', 'd']))
  })

  it('is a suspicion at once, and death after half a second when another was refused too', () => {
    expect(verdicts(refuse('a'))).toEqual(['suspect', 'publish-suspicion'])
    bench.pass(100)
    bench.suspect('a', 'b', { refused: true })
    expect(bench.detector.status('a')).toMatchObject({ deadlineMs: 500 })
    expect(verdicts(bench.pass(400))).toEqual(['fail'])
  })

  it('makes a soft claim of its own a hard one', () => {
    bench.pass(1_000)
    expect(bench.detector.status('a')?.type).toBe('suspect')
    expect(refuse('a')).toEqual([{ type: 'publish-suspicion', subject: 'a', incarnation: 1, refused: true }])
    expect(refuse('a')).toEqual([])
  })

  it('ends the probe of the dead, which says nothing about oneself any more', () => {
    bench = new Bench({ profile: 'local' })
    bench.pass(300)
    refuse('a')
    bench.suspect('a', 'b', { refused: true })
    expect(verdicts(bench.pass(1_000))).toContain('fail')
    expect(bench.detector.localHealth()).toBe(0)
  })

  it('of one is enough where nobody else could have any', () => {
    for (const id of 'abcd') refuse(id)
    expect(verdicts(bench.pass(500)).filter(type => type === 'fail')).toHaveLength(4)
  })

  it('is none while the member is connected from its side', () => {
    bench.handle({ type: 'connection', id: 'a', state: 'open' })
    expect(refuse('a')).toEqual([])
  })

  it('an unreachable member is only probed', () => {
    expect(bench.handle({ type: 'connection', id: 'd', state: 'unreachable' })).toMatchObject([
      { type: 'send', to: 'd' },
    ])
  })
})

describe('own stalls', () => {
  const wake = (afterMs: number): void => {
    bench.pass(0)
    bench.nowMs += afterMs
  }

  it.each([
    ['a timer', () => bench.detector.advance(bench.nowMs)],
    ['a message', () => bench.receive('b', { type: 'nack', seq: 999 })],
  ])('are noticed by %s', (_, call) => {
    wake(10_000)
    expect(call()).toContainEqual({ type: 'paused', ms: 9_500 })
    expect(bench.detector.graceUntilMs()).toBe(12_000)
    expect(bench.detector.localHealth()).toBe(1)
    expect(verdicts(bench.pass(0))).toEqual([])
  })

  it('are noticed once, however long the waiting messages take', () => {
    wake(10_000)
    const types: string[] = []
    for (let message = 0; message < 10; message++) {
      types.push(...verdicts(bench.receive('b', { type: 'nack', seq: 999 })))
      bench.nowMs += 200
    }
    expect(types).toEqual(['paused'])
  })

  it('withhold accusations and deaths for a window', () => {
    bench.suspect('d', 'b')
    wake(60_000)
    expect(verdicts(bench.pass(1_999))).toEqual(['paused'])
    expect(bench.detector.status('d')).toMatchObject({ type: 'suspect', deadlineMs: 62_000 })
    expect(verdicts(bench.pass(1))).toContain('fail')
  })

  it('let a suspicion be refuted that ran out meanwhile', () => {
    bench.suspect('d', 'b')
    wake(60_000)
    bench.handle({ type: 'member', id: 'd', incarnation: 2 })
    expect(verdicts(bench.pass(2_500))).not.toContain('fail')
  })

  it('end what was begun before, for itself and for others', () => {
    bench.receive('b', { type: 'ping-request', seq: 77, subject: 'd' })
    wake(10_000)
    const effects = bench.pass(0)
    expect(sends(effects, 'nack')).toEqual([])
    expect(sends(effects, 'ping-request')).toEqual([])
    expect(sends(effects, 'ping')).toMatchObject([{ to: 'a' }])
  })

  it('enter no phi', () => {
    for (const sequence of [1, 2, 3]) {
      bench.pass(5_000)
      bench.handle({ type: 'member', id: 'a', incarnation: 1 + sequence })
      bench.handle({ type: 'heartbeat', id: 'd', incarnation: 1, sequence })
    }
    wake(600_000)
    bench.pass(0)
    expect(bench.detector.phi('d', bench.nowMs)).toBeLessThan(0.1)
  })

  it('a sleep of the machine counts as one', () => {
    expect(bench.handle({ type: 'suspended', ms: 3_600_000 })).toEqual([{ type: 'paused', ms: 3_600_000 }])
    expect(bench.detector.graceUntilMs()).toBe(2_000)
    expect(bench.handle({ type: 'suspended', ms: 3_600_000 })).toEqual([])
  })

  it('a refusal in the window is looked into, not believed', () => {
    wake(10_000)
    expect(verdicts(bench.handle({ type: 'connection', id: 'a', state: 'refused' }))).toEqual(['paused'])
  })
})

describe('attention', () => {
  const excuse = (state: 'hidden' | 'frozen', leaseMs: number, id = 'a'): DetectorEffect[] =>
    bench.handle({ type: 'member', id, incarnation: 1, attention: { state, leaseMs } })
  const link = (id: string, state: 'open' | 'closed'): DetectorEffect[] =>
    bench.handle({ type: 'connection', id, state })

  it('spares a member an accusation while its lease runs', () => {
    excuse('hidden', 10_000)
    expect(verdicts(bench.pass(9_999))).toEqual([])
    expect(verdicts(bench.pass(8_000))).toContain('publish-suspicion')
  })

  it('is probed rarely meanwhile', () => {
    bench = new Bench({ parameters: { maxLocalHealth: 0 } })
    excuse('hidden', 60_000)
    expect(sends(bench.pass(20_000), 'ping')).toHaveLength(6)
  })

  it('holds up the suspicions of others when it comes after them, until it ends', () => {
    for (const observer of 'abc') bench.suspect('d', observer)
    excuse('hidden', 10_000, 'd')
    expect(bench.detector.status('d')).toMatchObject({ deadlineMs: 10_000 })
    expect(verdicts(bench.pass(9_999))).not.toContain('fail')
    expect(verdicts(bench.pass(1))).toContain('fail')
  })

  it.each(['hidden', 'frozen'] as const)('excuses no %s member whose link ends, a second later', state => {
    for (const id of 'abcd') link(id, 'open')
    excuse(state, 60_000)
    expect(verdicts(link('a', 'closed'))).toContain('redial')
    bench.handle({ type: 'connection', id: 'a', state: 'unreachable' })
    expect(verdicts(bench.pass(999))).not.toContain('publish-suspicion')
    expect(verdicts(bench.pass(1_001))).toContain('publish-suspicion')
    for (const observer of 'bcd') bench.suspect('a', observer)
    expect(verdicts(bench.pass(3_000))).toContain('fail')
  })

  it('goes on when the link is there again within a second', () => {
    for (const id of 'abcd') link(id, 'open')
    excuse('hidden', 60_000)
    link('a', 'closed')
    bench.pass(500)
    link('a', 'open')
    expect(verdicts(bench.pass(30_000))).not.toContain('publish-suspicion')
  })

  it('goes on when most other links end within that second, before or after: that is our own network', () => {
    for (const id of 'abcd') {
      link(id, 'open')
      excuse('frozen', 60_000, id)
    }
    for (const id of 'abcd') {
      link(id, 'closed')
      bench.pass(100)
    }
    bench.pass(3_000)
    link('b', 'open')
    for (const id of 'acd') bench.handle({ type: 'connection', id, state: 'unreachable' })
    expect(verdicts(bench.pass(30_000))).not.toContain('publish-suspicion')
  })

  it('is over for a hidden member that somebody suspects: it can refute', () => {
    link('d', 'open')
    excuse('hidden', 60_000, 'd')
    for (const observer of 'abc') bench.suspect('d', observer)
    bench.pass(20_000)
    expect(bench.detector.status('d')?.type).toBe('dead')
  })

  it('is over for a frozen member that somebody suspects, but where its own link stands', () => {
    link('c', 'open')
    for (const id of 'cd') excuse('frozen', 60_000, id)
    for (const subject of 'cd') for (const observer of 'ab') bench.suspect(subject, observer)
    bench.pass(20_000)
    expect(bench.detector.status('c')?.type).toBe('suspect')
    expect(bench.detector.status('d')?.type).toBe('dead')
  })
})

describe('phi', () => {
  const beats = (id: string): void => {
    for (let sequence = 1; sequence <= 10; sequence++) {
      bench.pass(5_000)
      bench.handle({ type: 'member', id: 'a', incarnation: 1 + sequence })
      bench.handle({ type: 'heartbeat', id, incarnation: 1, sequence })
    }
  }

  it('suspects whom it does not probe when the heartbeats stay out', () => {
    bench = new Bench({ parameters: { maxLocalHealth: 0 } })
    beats('d')
    expect(bench.detector.phi('d', bench.nowMs)).toBeLessThan(0.1)
    bench.handle({ type: 'subjects', subjects: [] })
    expect(verdicts(bench.pass(21_000))).not.toContain('publish-suspicion')
    expect(bench.pass(2_000)).toContainEqual({
      type: 'publish-suspicion',
      subject: 'd',
      incarnation: 1,
      refused: false,
    })
    expect(bench.detector.phi('d', bench.nowMs)).toBeGreaterThan(8)
  })

  it('leaves its subjects to the probes', () => {
    beats('d')
    bench.handle({ type: 'subjects', subjects: [{ id: 'd', monitors: [] }] })
    for (let second = 0; second < 60; second++) {
      for (const { message } of sends(bench.pass(1_000), 'ping'))
        bench.receive('d', { type: 'ack', seq: message.seq })
    }
    expect(bench.detector.status('d')?.type).toBe('alive')
  })

  it('does not count a silence on into the next incarnation', () => {
    bench = new Bench({ parameters: { maxLocalHealth: 0 } })
    beats('d')
    bench.handle({ type: 'subjects', subjects: [] })
    expect(verdicts(bench.pass(23_000))).toContain('publish-suspicion')
    bench.handle({ type: 'member', id: 'd', incarnation: 2 })
    expect(verdicts(bench.pass(120_000))).toEqual([])
    expect(bench.detector.phi('d', bench.nowMs)).toBeUndefined()
  })

  it('keeps no heartbeats of strangers', () => {
    for (const sequence of [1, 2, 3])
      bench.handle({ type: 'heartbeat', id: 'stranger', incarnation: 1, sequence })
    expect(bench.detector.phi('stranger', 0)).toBeUndefined()
  })
})

describe('goodbyes and forgetting', () => {
  it('a goodbye ends everything that ran, and only a greater incarnation comes back', () => {
    bench.suspect('a', 'b')
    expect(bench.handle({ type: 'left', id: 'a', incarnation: 1 })).toEqual([])
    expect(verdicts(bench.pass(60_000))).toEqual([])
    bench.handle({ type: 'member', id: 'a', incarnation: 1 })
    expect(bench.detector.status('a')).toEqual({ type: 'left', incarnation: 1 })
    expect(bench.detector.subjects()).toEqual([])
    expect(verdicts(bench.handle({ type: 'member', id: 'a', incarnation: 2 }))).toEqual(['return'])
  })

  it('an old goodbye ends nothing, nor does one in its own name', () => {
    bench.handle({ type: 'left', id: 'a', incarnation: 0 })
    bench.handle({ type: 'left', id: 'me', incarnation: 9 })
    expect(bench.detector.status('a')).toEqual({ type: 'alive', incarnation: 1 })
    expect(bench.detector.status('me')).toBeUndefined()
  })

  it('a goodbye that overtakes the join stays the last word', () => {
    bench.handle({ type: 'left', id: 'new', incarnation: 4 })
    bench.handle({ type: 'member', id: 'new', incarnation: 4 })
    expect(bench.detector.status('new')).toEqual({ type: 'left', incarnation: 4 })
  })

  it('a forgotten member is a stranger', () => {
    bench.suspect('a', 'b')
    bench.handle({ type: 'forget', id: 'a' })
    expect(bench.detector.status('a')).toBeUndefined()
    expect(verdicts(bench.pass(60_000))).toEqual([])
    expect(bench.detector.subjects()).toEqual([])
  })
})
