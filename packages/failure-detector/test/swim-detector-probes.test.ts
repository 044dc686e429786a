import { beforeEach, describe, expect, it } from 'vitest'
import { createDetector } from '../src/index.ts'
import { DetectorBench, sends, seqOf, stateEffects } from './detector-bench.ts'

let bench: DetectorBench
beforeEach(() => {
  bench = new DetectorBench()
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
    // The host makes a single call, when both stages should be over. The call is not late enough for a local
    // pause.
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
