import { describe, expect, it } from 'vitest'
import { DialPlan } from '../../src/overlay/dial-plan.ts'

const half = () => 0.5

/** The times until `untilMs` at which the plan dials, when each dial fails immediately. */
function dialsOf(plan: DialPlan, id: string, untilMs: number): number[] {
  const dials: number[] = []
  plan.setWanted([id], 0)
  for (let nowMs = plan.dueMs(); nowMs <= untilMs; nowMs = plan.dueMs()) {
    expect(plan.take([id], nowMs)).toEqual([id])
    dials.push(nowMs)
    plan.failed(id, nowMs)
    plan.setWanted([id], nowMs)
  }
  return dials
}

describe('dial plan', () => {
  it('lets the member with the smaller id dial immediately, and the other one wait', () => {
    const [small, large] = [new DialPlan('a', half), new DialPlan('b', half)]
    small.setWanted(['b'], 0)
    large.setWanted(['a'], 0)
    expect([small.dueMs(), large.dueMs()]).toEqual([0, 1_500])
  })

  it('doubles the wait after each failure, up to 30 s', () => {
    expect(dialsOf(new DialPlan('a', half), 'b', 120_000)).toEqual([
      0, 500, 1_500, 3_500, 7_500, 15_500, 31_500, 61_500, 91_500,
    ])
  })

  it('has tried a member while a dial is in flight, and after a dial failed', () => {
    const plan = new DialPlan('b', half)
    plan.setWanted(['a'], 0)
    expect(plan.isUntried('a')).toBe(true)
    plan.dialling('a', 0)
    expect(plan.isUntried('a')).toBe(false)
    plan.failed('a', 100)
    expect(plan.isUntried('a')).toBe(false)
    plan.succeeded('a')
    expect(plan.isUntried('a')).toBe(true)
  })

  it('has at most one dial to a member in flight', () => {
    const plan = new DialPlan('a', half)
    plan.setWanted(['b'], 0)
    expect(plan.take(['b'], 0)).toEqual(['b'])
    expect(plan.dueMs()).toBe(Number.POSITIVE_INFINITY)
    expect(plan.take(['b'], 10_000)).toEqual([])
  })

  it('does not dial a member that another component is dialling', () => {
    const plan = new DialPlan('a', half)
    plan.dialling('b', 0)
    plan.setWanted(['b'], 0)
    expect(plan.take(['b'], 0)).toEqual([])
  })

  it('skips a member after four failures, and no longer after a success or new addresses', () => {
    const plan = new DialPlan('a', half)
    const failTimes = (times: number) => {
      for (let i = 0; i < times; i++) plan.failed('b', 0)
    }
    failTimes(3)
    expect([plan.hasFailed('b'), plan.skips('b')]).toEqual([true, false])
    failTimes(1)
    expect(plan.skips('b')).toBe(true)
    plan.retryNow('b')
    expect([plan.hasFailed('b'), plan.skips('b')]).toEqual([false, false])
    failTimes(4)
    plan.succeeded('b')
    expect(plan.skips('b')).toBe(false)
  })

  it('keeps a dial in flight when the addresses of the member change', () => {
    const plan = new DialPlan('a', half)
    plan.dialling('b', 0)
    plan.retryNow('b')
    plan.setWanted(['b'], 0)
    expect(plan.take(['b'], 0)).toEqual([])
  })

  it.each(['b', 'd'])('forgets all failures when the network changes, and %s dials immediately', self => {
    const plan = new DialPlan(self, half)
    for (const id of ['a', 'c']) plan.failed(id, 0)
    plan.retryAllNow(100)
    expect([plan.hasFailed('a'), plan.hasFailed('c')]).toEqual([false, false])
    expect(plan.take(['a', 'c'], 100)).toEqual(['a', 'c'])
  })

  it('if the network changes during a dial, does not count the failure of this dial, and counts the next one', () => {
    const plan = new DialPlan('a', half)
    for (let failures = 0; failures < 6; failures++) plan.failed('b', 0)
    plan.dialling('b', 100)
    plan.retryAllNow(200)
    expect(plan.take(['b'], 200)).toEqual([])
    expect(plan.failed('b', 300)).toBe(false)
    expect([plan.hasFailed('b'), plan.skips('b')]).toEqual([false, false])
    expect(plan.take(['b'], 300)).toEqual(['b'])
    expect(plan.failed('b', 400)).toBe(true)
    expect([plan.hasFailed('b'), plan.take(['b'], 499), plan.take(['b'], 500)]).toEqual([true, [], ['b']])
  })

  it('if the addresses of a member change during a dial, counts the failure of this dial as the first one', () => {
    const plan = new DialPlan('a', half)
    for (let failures = 0; failures < 6; failures++) plan.failed('b', 0)
    plan.dialling('b', 100)
    plan.retryNow('b')
    expect(plan.failed('b', 300)).toBe(true)
    expect([plan.hasFailed('b'), plan.skips('b')]).toEqual([true, false])
    expect([plan.take(['b'], 799), plan.take(['b'], 800)]).toEqual([[], ['b']])
  })

  it('lets a member whose network changed dial at once for 10 s, whatever the ids', () => {
    const plan = new DialPlan('b', half)
    plan.retryAllNow(0)
    plan.setWanted(['a'], 9_999)
    expect(plan.dueMs()).toBe(9_999)
    plan.succeeded('a')
    plan.setWanted(['a'], 10_000)
    expect(plan.dueMs()).toBe(11_500)
  })

  it('has no due time for members that are no longer wanted', () => {
    const plan = new DialPlan('a', half)
    plan.setWanted(['b', 'c'], 0)
    plan.setWanted([], 0)
    expect(plan.dueMs()).toBe(Number.POSITIVE_INFINITY)
    expect(plan.take([], 0)).toEqual([])
  })
})
