import { beforeEach, describe, expect, it } from 'vitest'
import { MemberClock } from '../src/member-clock.ts'
import { VirtualTime } from '../src/virtual-time.ts'

describe('a member’s clock', () => {
  let time: VirtualTime
  let clock: MemberClock
  let rang: number[]
  const run = (toMs: number): void => {
    while (time.step(toMs));
  }
  const ringAt = (ms: number) => clock.setTimer(ms, () => rang.push(time.nowMs))

  beforeEach(() => {
    time = new VirtualTime()
    clock = new MemberClock(time)
    rang = []
  })

  it('runs timers when they are due, whatever their order', () => {
    for (const ms of [30, 10, 20]) ringAt(ms)
    run(100)
    expect(rang).toEqual([10, 20, 30])
    expect(clock.pending).toBe(0)
  })

  it('does not run a cancelled timer', () => {
    ringAt(10)()
    ringAt(20)
    run(100)
    expect(rang).toEqual([20])
  })

  it('delays timers and arrivals while the process is paused', () => {
    const order: string[] = []
    clock.setTimer(10, () => order.push('timer'))
    clock.pause(100, { isAsleep: false, monotonicStops: false, timersFirst: false })
    run(50)
    clock.whenAwake(() => order.push('frame'))
    run(200)
    expect(order).toEqual(['frame', 'timer'])
    expect(clock.now().monotonicMs).toBe(200)
  })

  it.each([
    { monotonicStops: true, monotonicMs: 1_000, ringsMs: 3_600_500 },
    { monotonicStops: false, monotonicMs: 3_601_000, ringsMs: 3_600_000 },
  ])('counts an hour of suspension or not: %o', ({ monotonicStops, monotonicMs, ringsMs }) => {
    const epochMs = clock.now().epochMs
    ringAt(500)
    clock.pause(3_600_000, { isAsleep: true, monotonicStops, timersFirst: true })
    expect(clock.isAsleep).toBe(true)
    run(3_601_000)
    expect(clock.now()).toEqual({ monotonicMs, epochMs: epochMs + 3_601_000 })
    expect(rang).toEqual([ringsMs])
    expect(clock.isAsleep).toBe(false)
  })

  it('never goes back, however pauses overlap', () => {
    const seen: number[] = []
    clock.pause(100, { isAsleep: true, monotonicStops: true, timersFirst: true })
    for (let ms = 0; ms <= 400; ms += 10) {
      run(ms)
      if (ms === 50) clock.pause(100, { isAsleep: false, monotonicStops: false, timersFirst: true })
      if (ms === 200) clock.pause(50, { isAsleep: true, monotonicStops: true, timersFirst: true })
      seen.push(clock.now().monotonicMs)
    }
    expect(seen).toEqual([...seen].sort((a, b) => a - b))
    // Suspended until 150 and from 200 to 250.
    expect(seen.at(-1)).toBe(200)
  })

  it('runs timers once a minute while it is throttled', () => {
    const again = (): void => {
      rang.push(time.nowMs)
      clock.setTimer(clock.now().monotonicMs + 1_000, again)
    }
    run(500)
    const stop = clock.throttle()
    again()
    run(130_000)
    stop()
    run(132_000)
    expect(rang).toEqual([500, 60_000, 120_000, 130_000, 131_000, 132_000])
  })
})
