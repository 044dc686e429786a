import { describe, expect, it } from 'vitest'
import { DetectionMeter } from '../../../src/libp2p/metrics/detection-meter.ts'
import type { MachineEffect } from '../../../src/member/machine-io.ts'
import type { MemberEvent } from '../../../src/member/member-view.ts'

function meter() {
  const clock = { ms: 0 }
  const samples: [string, number][] = []
  const detection = new DetectionMeter({
    nowMs: () => clock.ms,
    observe: (name, seconds) => samples.push([name, seconds]),
  })
  const event = (type: MemberEvent['type'], incarnation = 1_000): MachineEffect =>
    ({ type: 'event', event: { type, member: { id: 'bob', incarnation } } }) as MachineEffect
  const signed = (draft: object): MachineEffect => ({ type: 'sign', draft }) as MachineEffect
  return { clock, samples, detection, event, signed }
}

describe('the detection meter', () => {
  it('measures a probe until its answer, and no answer of another peer or probe', () => {
    const { clock, samples, detection } = meter()
    detection.effect({ type: 'send-probe', to: 'bob', message: { type: 'ping', seq: 7 } })
    clock.ms = 20
    detection.input({ type: 'probe', from: 'eve', message: { type: 'ack', seq: 7 } })
    detection.input({ type: 'probe', from: 'bob', message: { type: 'ack', seq: 8 } })
    expect(samples).toEqual([])
    detection.input({ type: 'probe', from: 'bob', message: { type: 'ack', seq: 7 } })
    detection.input({ type: 'probe', from: 'bob', message: { type: 'ack', seq: 7 } })
    expect(samples).toEqual([['hearsay_probe_round_trip_seconds', 0.02]])
    expect(detection.probesSent).toBe(1)
  })

  it('measures a failure from the last message', () => {
    const { clock, samples, detection, event } = meter()
    detection.input({ type: 'connection', id: 'bob', state: 'open' })
    clock.ms = 1_000
    detection.received('bob')
    clock.ms = 4_000
    detection.effect(event('fail'))
    expect(samples).toEqual([['hearsay_detection_seconds', 3]])
  })

  it('measures a failure from the end of the connection, if that is later', () => {
    const { clock, samples, detection, event } = meter()
    detection.received('bob')
    clock.ms = 5_000
    detection.input({ type: 'connection', id: 'bob', state: 'closed' })
    clock.ms = 5_500
    detection.effect(event('fail'))
    expect(samples).toEqual([['hearsay_detection_seconds', 0.5]])
  })

  it('does not measure the failure of a member that was never connected', () => {
    const { samples, detection, event } = meter()
    detection.input({ type: 'connection', id: 'bob', state: 'unreachable' })
    detection.effect(event('fail'))
    expect(samples).toEqual([])
  })

  it('counts a death as false if the same process returns', () => {
    const { detection, event } = meter()
    detection.effect(event('fail', 1_000))
    detection.effect(event('join', 1_002))
    expect(detection.falseDeaths).toBe(1)
  })

  it('does not count a death as false if the process was started again, nor a return after a leave', () => {
    const { detection, event } = meter()
    detection.effect(event('fail', 1_000))
    detection.effect(event('join', 9_000))
    detection.effect(event('fail', 9_000))
    detection.effect(event('leave', 9_000))
    detection.effect(event('join', 9_001))
    expect(detection.falseDeaths).toBe(0)
  })

  it('counts suspicions that this member raised, and those of itself that it refuted', () => {
    const { detection, signed } = meter()
    detection.effect(signed({ type: 'record', record: { incarnation: 1_000 } }))
    detection.effect(signed({ type: 'record', record: { incarnation: 1_001 } }))
    detection.effect(signed({ type: 'suspicion' }))
    // A new incarnation after the clock was corrected.
    detection.effect(signed({ type: 'record', record: { incarnation: 500_000 } }))
    expect([detection.refutations, detection.suspicionsRaised]).toEqual([1, 1])
  })

  it('counts dials by outcome, but no connections that the other end opened or that ended', () => {
    const { detection } = meter()
    detection.input({ type: 'connection', id: 'bob', state: 'open', isOurs: true })
    detection.input({ type: 'connection', id: 'eve', state: 'open', isOurs: false })
    detection.input({ type: 'connection', id: 'bob', state: 'closed' })
    detection.input({ type: 'connection', id: 'bob', state: 'refused' })
    expect(detection.dials).toEqual({ connected: 1, refused: 1, unreachable: 0, 'network-down': 0 })
  })
})
