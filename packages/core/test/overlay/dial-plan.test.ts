import { describe, expect, it } from 'vitest'
import { DialPlan } from '../../src/overlay/dial-plan.ts'

const half = () => 0.5

/** When the plan dials, and each dial fails at once, until `untilMs`. */
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
  it('lets the smaller id dial at once and the other wait', () => {
    const [small, large] = [new DialPlan('a', half), new DialPlan('b', half)]
    small.setWanted(['b'], 0)
    large.setWanted(['a'], 0)
    expect([small.dueMs(), large.dueMs()]).toEqual([0, 1_500])
  })

  it('waits longer after each failure, up to half a minute', () => {
    expect(dialsOf(new DialPlan('a', half), 'b', 120_000)).toEqual([
      0, 500, 1_500, 3_500, 7_500, 15_500, 31_500, 61_500, 91_500,
    ])
  })

  it('dials a member once at a time', () => {
    const plan = new DialPlan('a', half)
    plan.setWanted(['b'], 0)
    expect(plan.take(['b'], 0)).toEqual(['b'])
    expect(plan.dueMs()).toBe(Number.POSITIVE_INFINITY)
    expect(plan.take(['b'], 10_000)).toEqual([])
  })

  it('does not dial whom somebody else is dialling already', () => {
    const plan = new DialPlan('a', half)
    plan.dialling('b', 0)
    plan.setWanted(['b'], 0)
    expect(plan.take(['b'], 0)).toEqual([])
  })

  it('goes past a member after four failures, and not after a success or a new word of it', () => {
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

  it('keeps a dial in flight through a new word of the member', () => {
    const plan = new DialPlan('a', half)
    plan.dialling('b', 0)
    plan.retryNow('b')
    plan.setWanted(['b'], 0)
    expect(plan.take(['b'], 0)).toEqual([])
  })

  it('counts no failures of another network', () => {
    const plan = new DialPlan('a', half)
    for (const id of ['b', 'c']) plan.failed(id, 0)
    plan.retryAllNow()
    expect([plan.hasFailed('b'), plan.hasFailed('c'), plan.size]).toEqual([false, false, 0])
  })

  it('forgets the due time of whoever is no longer wanted', () => {
    const plan = new DialPlan('a', half)
    plan.setWanted(['b', 'c'], 0)
    plan.setWanted([], 0)
    expect(plan.dueMs()).toBe(Number.POSITIVE_INFINITY)
    expect(plan.take([], 0)).toEqual([])
  })
})
