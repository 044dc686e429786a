import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { profiles } from '../src/parameters.ts'
import { Refutation, refutationGapMs } from '../src/refutation.ts'
import { minSuspicionMs } from '../src/suspicion-timeout.ts'

describe('refutationGapMs', () => {
  it.each([
    ['local', false, 1_500],
    ['lan', false, 1_500],
    ['lan', true, 250],
    ['wan', false, 15_000],
    ['wan', true, 250],
  ] as const)('%s, a second refused observer: %s → %i ms', (profile, isSecond, expectedMs) => {
    expect(refutationGapMs(isSecond, profiles[profile])).toBe(expectedMs)
  })

  it.each([1, 3, 16])('is at most half of the shortest suspicion with suspicionMult %i', suspicionMult => {
    const parameters = { ...profiles.lan, suspicionMult }
    const shortestMs = minSuspicionMs(suspicionMult, 2, parameters.probeIntervalMs)
    expect(refutationGapMs(false, parameters)).toBeLessThanOrEqual(shortestMs / 2)
    expect(refutationGapMs(true, parameters)).toBeLessThanOrEqual(
      Math.min(shortestMs, parameters.refusedFloorMs) / 2,
    )
  })

  it('is half of the shortest suspicion when refusedFloorMs is Infinity', () => {
    expect(refutationGapMs(true, { ...profiles.lan, refusedFloorMs: Infinity })).toBe(1_500)
  })
})

describe('Refutation', () => {
  let refutation: Refutation
  beforeEach(() => {
    refutation = new Refutation(profiles.lan)
    refutation.raised(5)
  })

  it('refutes the first claim at once, and each incarnation once', () => {
    refutation.claim(5, 'a', false, 100)
    refutation.claim(5, 'b', true, 100)
    expect(refutation.takeDue(100)?.incarnation).toBe(5)
    refutation.claim(5, 'c', true, 5_000)
    expect(refutation.takeDue(9_000)).toBeUndefined()
  })

  it('refutes a smaller incarnation after forget', () => {
    refutation.claim(5, 'a', false, 100)
    refutation.takeDue(100)
    refutation.claim(6, 'a', false, 200)
    refutation.forget()
    expect(refutation.nextMs()).toBe(Infinity)
    refutation.raised(3)
    refutation.claim(3, 'a', false, 9_000)
    expect(refutation.takeDue(9_000)?.incarnation).toBe(3)
  })

  it('ignores a claim about a smaller incarnation', () => {
    refutation.claim(4, 'a', false, 100)
    expect(refutation.nextMs()).toBe(Infinity)
  })

  it('refutes an incarnation above the local one', () => {
    refutation.claim(9, 'a', false, 100)
    expect(refutation.takeDue(100)?.incarnation).toBe(9)
  })

  it('delays the second refutation, and less so for a second refused observer', () => {
    refutation.claim(5, 'observer', true, 0)
    refutation.takeDue(0)
    refutation.raised(6)
    refutation.claim(6, 'observer', true, 10)
    refutation.claim(6, 'a', false, 15)
    expect(refutation.nextMs()).toBe(1_500)
    refutation.claim(6, 'b', true, 20)
    expect(refutation.nextMs()).toBe(250)
    expect(refutation.takeDue(249)).toBeUndefined()
    expect(refutation.takeDue(250)?.incarnation).toBe(6)
  })

  it('drops a pending claim when the local incarnation exceeds it', () => {
    refutation.claim(5, 'a', false, 0)
    refutation.takeDue(0)
    refutation.claim(6, 'a', false, 10)
    refutation.raised(7)
    expect(refutation.nextMs()).toBe(Infinity)
  })

  it('refutes at most four times a second, whatever the claims', () => {
    const claims = fc.array(fc.record({ observer: fc.option(fc.nat(5)), afterMs: fc.nat(60) }), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(claims, claims => {
        const refutation = new Refutation(profiles.lan)
        const refutedMs: number[] = []
        let [nowMs, local] = [0, 1]
        for (const { observer, afterMs } of claims) {
          nowMs += afterMs
          refutation.claim(local, `o${observer}`, observer !== null, nowMs)
          if (refutation.takeDue(nowMs) === undefined) continue
          local += 1
          refutation.raised(local)
          refutedMs.push(nowMs)
        }
        for (const [index, ms] of refutedMs.entries())
          expect(ms - (refutedMs[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(250)
      }),
    )
  })

  it('combines pending claims: the greatest incarnation, the first observer', () => {
    refutation.claim(5, 'a', false, 0)
    refutation.takeDue(0)
    refutation.raised(6)
    refutation.claim(8, 'b', false, 10)
    refutation.claim(7, 'c', false, 20)
    refutation.raised(8)
    expect(refutation.takeDue(1_500)).toMatchObject({ incarnation: 8, observer: 'b' })
  })

  it('refutes incarnation 0, also after forget', () => {
    const first = new Refutation(profiles.lan)
    first.claim(0, 'a', false, 0)
    expect(first.takeDue(0)?.incarnation).toBe(0)
    first.forget()
    first.claim(0, 'a', false, 5_000)
    expect(first.takeDue(5_000)?.incarnation).toBe(0)
  })
})
