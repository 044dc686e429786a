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
  ] as const)('%s, a second hard accuser: %s → %i ms', (profile, isSecond, expectedMs) => {
    expect(refutationGapMs(isSecond, profiles[profile])).toBe(expectedMs)
  })

  it.each([1, 3, 16])(
    'leaves at least half of the shortest suspicion, times %i, to the rumors',
    suspicionMult => {
      const parameters = { ...profiles.lan, suspicionMult }
      const shortestMs = minSuspicionMs(suspicionMult, 2, parameters.probeIntervalMs)
      expect(refutationGapMs(false, parameters)).toBeLessThanOrEqual(shortestMs / 2)
      expect(refutationGapMs(true, parameters)).toBeLessThanOrEqual(
        Math.min(shortestMs, parameters.refusedFloorMs) / 2,
      )
    },
  )

  it('leaves the plain gap where hard evidence is off', () => {
    expect(refutationGapMs(true, { ...profiles.lan, refusedFloorMs: Infinity })).toBe(1_500)
  })
})

describe('Refutation', () => {
  let refutation: Refutation
  beforeEach(() => {
    refutation = new Refutation(profiles.lan)
    refutation.raised(5)
  })

  it('answers the first claim at once, and several about one incarnation once', () => {
    refutation.claim(5, 'a', false, 100)
    refutation.claim(5, 'b', true, 100)
    expect(refutation.takeDue(100)?.incarnation).toBe(5)
    refutation.claim(5, 'c', true, 5_000)
    expect(refutation.takeDue(9_000)).toBeUndefined()
  })

  it('answers for a smaller incarnation when it is told to forget the greater', () => {
    refutation.claim(5, 'a', false, 100)
    refutation.takeDue(100)
    refutation.claim(6, 'a', false, 200)
    refutation.forget()
    expect(refutation.nextMs()).toBe(Infinity)
    refutation.raised(3)
    refutation.claim(3, 'a', false, 9_000)
    expect(refutation.takeDue(9_000)?.incarnation).toBe(3)
  })

  it('does not answer what is refuted already', () => {
    refutation.claim(4, 'a', false, 100)
    expect(refutation.nextMs()).toBe(Infinity)
  })

  it('answers an incarnation above its own', () => {
    refutation.claim(9, 'a', false, 100)
    expect(refutation.takeDue(100)?.incarnation).toBe(9)
  })

  it('lets a liar wait, and answers a second accuser sooner', () => {
    refutation.claim(5, 'liar', true, 0)
    refutation.takeDue(0)
    refutation.raised(6)
    refutation.claim(6, 'liar', true, 10)
    refutation.claim(6, 'a', false, 15)
    expect(refutation.nextMs()).toBe(1_500)
    refutation.claim(6, 'b', true, 20)
    expect(refutation.nextMs()).toBe(250)
    expect(refutation.takeDue(249)).toBeUndefined()
    expect(refutation.takeDue(250)?.incarnation).toBe(6)
  })

  it('forgets a claim that a new incarnation has overtaken', () => {
    refutation.claim(5, 'a', false, 0)
    refutation.takeDue(0)
    refutation.claim(6, 'a', false, 10)
    refutation.raised(7)
    expect(refutation.nextMs()).toBe(Infinity)
  })

  it('answers at most four times a second, however many claim what', () => {
    const claims = fc.array(fc.record({ accuser: fc.option(fc.nat(5)), afterMs: fc.nat(60) }), {
      maxLength: 200,
    })
    fc.assert(
      fc.property(claims, claims => {
        const refutation = new Refutation(profiles.lan)
        const answersMs: number[] = []
        let [nowMs, own] = [0, 1]
        for (const { accuser, afterMs } of claims) {
          nowMs += afterMs
          refutation.claim(own, `o${accuser}`, accuser !== null, nowMs)
          if (refutation.takeDue(nowMs) === undefined) continue
          own += 1
          refutation.raised(own)
          answersMs.push(nowMs)
        }
        for (const [index, ms] of answersMs.entries())
          expect(ms - (answersMs[index - 1] ?? -Infinity)).toBeGreaterThanOrEqual(250)
      }),
    )
  })
})
