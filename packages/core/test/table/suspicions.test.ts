import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf, signedFact, suspicionBody } from '../../../../test/helpers/signed-facts.ts'
import { addClaim, maxObservers, type SuspicionFact, type Suspicions } from '../../src/table/suspicions.ts'
import { memberIds } from '../wire/fact-arbitraries.ts'

const subject = idOf('subject')

function claim(observer: string, incarnation: number, refused: boolean): SuspicionFact {
  return signedFact(observer, suspicionBody(subject, incarnation, refused)) as SuspicionFact
}

const claims = fc.array(
  fc
    .record({
      observer: fc.constantFrom(...memberIds),
      incarnation: fc.constantFrom(1, 1, 1, 2),
      refused: fc.boolean(),
    })
    .map(({ observer, incarnation, refused }) => claim(observer, incarnation, refused)),
  { maxLength: 60, size: 'max' },
)

function registerOf(all: readonly SuspicionFact[]): Suspicions | undefined {
  return all.reduce<Suspicions | undefined>((register, each) => addClaim(register, each), undefined)
}

function contentOf(register: Suspicions | undefined): unknown {
  return register && { ...register, claims: register.claims.map(({ author, refused }) => [author, refused]) }
}

describe('suspicions', () => {
  it('merge to the same register in any order and with repetitions, also beyond the limit', () => {
    fc.assert(
      fc.property(
        claims.chain(all =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length })),
        ),
        ([all, again]) => {
          expect(contentOf(registerOf(again))).toEqual(contentOf(registerOf(all)))
        },
      ),
      { numRuns: 500 },
    )
  })

  it('give the same result whether registers or single claims are merged', () => {
    fc.assert(
      fc.property(claims, claims, (one, other) => {
        const merged = (registerOf(other)?.claims ?? []).reduce<Suspicions | undefined>(
          addClaim,
          registerOf(one),
        )
        expect(contentOf(merged)).toEqual(contentOf(registerOf([...one, ...other])))
      }),
    )
  })

  it('return the same object for a claim that changes nothing', () => {
    fc.assert(
      fc.property(claims, all => {
        const register = registerOf(all)
        for (const each of all) expect(addClaim(register, each)).toBe(register)
      }),
    )
  })

  it('keep the observers with the lowest ids, up to the limit', () => {
    const register = registerOf(memberIds.map(observer => claim(observer, 1, false)))
    expect(memberIds.length).toBeGreaterThan(maxObservers)
    expect(register?.claims.map(({ author }) => author)).toEqual([...memberIds].sort().slice(0, maxObservers))
  })

  it('replace a claim of silence by a claim of refusal of the same observer, and never the reverse', () => {
    const [ada = ''] = memberIds
    expect(contentOf(registerOf([claim(ada, 1, false), claim(ada, 1, true)]))).toEqual({
      incarnation: 1,
      claims: [[ada, true]],
    })
    expect(contentOf(registerOf([claim(ada, 1, true), claim(ada, 1, false)]))).toEqual({
      incarnation: 1,
      claims: [[ada, true]],
    })
  })

  it('drop all claims about an earlier incarnation', () => {
    const [ada = '', grace = ''] = memberIds
    expect(contentOf(registerOf([claim(ada, 1, true), claim(grace, 2, false)]))).toEqual({
      incarnation: 2,
      claims: [[grace, false]],
    })
    expect(contentOf(registerOf([claim(grace, 2, false), claim(ada, 1, true)]))).toEqual({
      incarnation: 2,
      claims: [[grace, false]],
    })
  })
})
