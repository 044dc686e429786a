import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { idOf, recordBody, signedFact } from '../../../../test/helpers/signed-facts.ts'
import {
  maxEndedFacts,
  maxFactsOfAuthor,
  maxPolicyFacts,
  type PolicySet,
} from '../../src/policy/policy-set.ts'
import type { PolicyFact } from '../../src/wire/fact.ts'
import { authority, nowMs, policySet, revocation } from './policy-facts.ts'

const day = 86_400_000
const ada = idOf('ada')
const factsOf = (set: PolicySet) => set.registers().map(({ fact }) => fact)

function setOf(facts: readonly PolicyFact[]): PolicySet {
  const set = policySet()
  for (const fact of facts) set.merge(fact, nowMs)
  return set
}

const facts = fc.array(
  fc
    .record({
      author: fc.constantFrom(authority, ada, idOf('bob')),
      subject: fc.constantFrom('a', 'b', 'c', 'd'),
      days: fc.integer({ min: 0, max: 5 }),
    })
    .map(({ author, subject, days }) => revocation(author, subject, nowMs + days * day)),
)

describe('a policy set', () => {
  it('is equal after the same facts in any order and with repetitions, and has an equal hash', () => {
    fc.assert(
      fc.property(
        facts.chain(all =>
          fc.tuple(fc.constant(all), fc.shuffledSubarray([...all, ...all], { minLength: 2 * all.length })),
        ),
        ([all, again]) => {
          const [a, b] = [setOf(all), setOf(again)]
          expect(factsOf(b)).toEqual(factsOf(a))
          expect(b.hash()).toEqual(a.hash())
        },
      ),
    )
  })

  it('has no hash while it is empty, and another hash after each change', () => {
    const set = policySet()
    expect(set.hash()).toBeUndefined()
    set.merge(revocation(authority, 'a', nowMs + day), nowMs)
    const first = set.hash()
    expect(first).toHaveLength(16)
    set.merge(revocation(authority, 'a', nowMs + 2 * day), nowMs)
    expect(set.hash()).not.toEqual(first)
    expect(set.size).toBe(1)
  })

  it('replaces a fact from a clock that was ahead only by one that this member writes itself now', () => {
    const set = policySet()
    const ahead = revocation(authority, 'a', nowMs + 2 * day)
    const earlier = revocation(authority, 'a', nowMs + day)
    set.merge(ahead, nowMs)
    expect(set.merge(earlier, nowMs, true)).toBe('known')
    expect(set.merge(earlier, nowMs - 2 * day)).toBe('known')
    expect(set.merge(earlier, nowMs - 2 * day, true)).toBe('merged')
    expect(factsOf(set)).toEqual([earlier])
  })

  it('rejects facts that have ended, that its kind refuses, and of kinds that do not count here', () => {
    const set = policySet()
    expect(set.merge(revocation(authority, 'a', nowMs), nowMs)).toBe('rejected')
    expect(set.merge(revocation(idOf('mallory'), 'a', nowMs + day), nowMs)).toBe('rejected')
    expect(policySet({ kinds: {} }).merge(revocation(authority, 'a', nowMs + day), nowMs)).toBe('rejected')
    expect(set.size).toBe(0)
  })

  it('drops a fact when it ends', () => {
    const [soon, late] = [revocation(authority, 'a', nowMs + 1), revocation(authority, 'b', nowMs + day)]
    const set = setOf([soon, late])
    expect(set.sweep(nowMs)).toEqual([])
    expect(set.sweep(nowMs + 1)).toEqual([soon])
    expect(factsOf(set)).toEqual([late])
    expect(set.sweep(nowMs + day)).toEqual([late])
    expect(set.hash()).toBeUndefined()
  })

  it('counts facts again that ended by a clock that was ahead, also after a restart', () => {
    const [soon, late] = [revocation(authority, 'a', nowMs + 1), revocation(authority, 'b', nowMs + day)]
    const set = setOf([soon, late])
    const hash = set.hash()
    expect(set.sweep(nowMs + 2 * day)).toHaveLength(2)
    expect(set.size).toBe(0)
    const restarted = policySet()
    restarted.restore(
      set.ended().map(({ fact }) => fact),
      nowMs + 2 * day,
    )
    for (const each of [set, restarted]) {
      expect(new Set(each.sweep(nowMs))).toEqual(new Set([soon, late]))
      expect(each.hash()).toEqual(hash)
      expect(each.ended()).toEqual([])
    }
  })

  it('keeps no more than some ended facts, those that ended last', () => {
    const all = Array.from({ length: 2 * maxEndedFacts }, (_, i) =>
      revocation(authority, `${i}`, nowMs + 1 + i),
    )
    const set = setOf(all)
    set.sweep(nowMs + day)
    expect(new Set(set.ended().map(({ fact }) => fact))).toEqual(new Set(all.slice(maxEndedFacts)))
  })

  it('keeps of one author the facts that count longest, in any order', () => {
    const all = Array.from({ length: maxFactsOfAuthor + 20 }, (_, i) =>
      revocation(ada, `${i}`, nowMs + 1 + i),
    )
    const [a, b] = [setOf(all), setOf(all.toReversed())]
    expect(a.size).toBe(maxFactsOfAuthor)
    expect(factsOf(b)).toEqual(factsOf(a))
    expect(a.stored(all[0] as PolicyFact)).toBeUndefined()
    expect(a.outcome(all[0] as PolicyFact, nowMs)).toBe('rejected')
  })

  it("keeps the authority's facts before those of others if there are too many", () => {
    const ofOthers = Array.from({ length: 16 }, (_, author) =>
      Array.from({ length: maxFactsOfAuthor }, (_, i) =>
        revocation(idOf(`admin ${author}`), `${author} ${i}`, nowMs + 10 * day),
      ),
    ).flat()
    const set = setOf(ofOthers)
    expect(set.size).toBe(maxPolicyFacts)
    const fact = revocation(authority, 'last', nowMs + day)
    expect(set.merge(fact, nowMs)).toBe('merged')
    expect(set.size).toBe(maxPolicyFacts)
    expect(set.stored(fact)).toBe(fact)
    expect(set.merge(revocation(ada, 'further', nowMs + day), nowMs)).toBe('rejected')
  })

  it('returns the stored copy of equal bytes only, and never a fact about a member', () => {
    const fact = revocation(ada, 'a', nowMs + day)
    const set = setOf([fact])
    expect(set.stored({ ...fact })).toBe(fact)
    expect(set.stored({ ...fact, signature: new Uint8Array(64) })).toBeUndefined()
    expect(set.stored(signedFact(ada, recordBody({ incarnation: 1 })))).toBeUndefined()
  })
})
