import { describe, expect, it } from 'vitest'
import { idOf, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { KeyringKind } from '../../src/policy/keyring-kind.ts'
import type { PolicyFact } from '../../src/wire/fact.ts'
import { clusterTag } from '../../src/wire/tags.ts'
import { authority, policySet, revocation } from '../policy/policy-facts.ts'
import { MemberBench, self, startEpochMs } from './member-bench.ts'

const untilMs = startEpochMs + 86_400_000
const bench = () => new MemberBench({ policy: policySet() })
const policyEffects = (member: MemberBench) =>
  member.endStep().flatMap(effect => (effect.type === 'policy' ? [effect.fact] : []))

describe('a policy fact', () => {
  it('is merged once, and starts the next sync soon', () => {
    const member = bench()
    const fact = revocation(authority, 'x', untilMs)
    for (let times = 0; times < 2; times++) member.parts.factHandler.handle(fact, undefined, member.now)
    expect(policyEffects(member)).toEqual([fact])
    expect(member.parts.policy.size).toBe(1)
    expect(member.parts.rumors.take(member.now.monotonicMs)).toEqual([])
  })

  it('of this member is published', () => {
    const member = bench()
    const fact = revocation(authority, 'x', untilMs)
    member.parts.factHandler.handle(fact, self, member.now)
    member.pass(1_000)
    expect(member.parts.rumors.take(member.now.monotonicMs)).toEqual([[fact]])
  })

  it('is not verified if it is known, or does not count here', () => {
    const member = bench()
    const known = revocation(authority, 'x', untilMs)
    member.parts.factHandler.handle(known, undefined, member.now)
    const ended = revocation(authority, 'y', startEpochMs)
    const { factFilter, refusedFacts } = member.parts
    expect(factFilter.filterNew([known, ended], idOf('ada'), true, member.now)).toEqual([])
    expect(refusedFacts.counts().policy).toBe(1)
  })

  it('is forwarded if it counts, whether or not its author is a member', () => {
    const member = bench()
    const fact = revocation(authority, 'x', untilMs)
    expect(member.parts.factFilter.isForwardable([fact])).toBe(false)
    member.parts.factHandler.handle(fact, undefined, member.now)
    expect(member.parts.factFilter.isForwardable([fact])).toBe(true)
  })

  it('is limited in rate, except for those of the authority', () => {
    const member = bench()
    const { factFilter, factHandler, rates, refusedFacts } = member.parts
    const ada = idOf('ada')
    for (let i = 0; i < 256; i++) rates.take(revocation(ada, `${i}`, untilMs), member.now.monotonicMs)
    const [ofAda, ofAuthority] = [ada, authority].map(author => revocation(author, 'x', untilMs))
    const facts = [ofAda, ofAuthority] as PolicyFact[]
    expect(factFilter.filterNew(facts, ada, true, member.now)).toEqual([ofAuthority])
    expect(refusedFacts.counts()['policy-rate']).toBe(1)
    factHandler.handle(facts[0] as PolicyFact, undefined, member.now)
    expect(member.parts.policy.size).toBe(0)
  })
})

describe('keyring facts', () => {
  const keyring = (version: number) =>
    signedFact(idOf('ada'), { type: 'keyring', version: startEpochMs + version, boxes: [] }) as PolicyFact
  /** A member that counts how often it asks for its keys, which it does once for each fact. */
  function opening(): { member: MemberBench; opened: () => number } {
    let opened = 0
    const kind = new KeyringKind({
      cluster: clusterTag('atlas'),
      keys: () => {
        opened += 1
        return []
      },
    })
    const member = new MemberBench({ policy: policySet({ kinds: { keyring: kind } }) })
    return { member, opened: () => opened }
  }

  it('of one message are the latest one', () => {
    const { policy } = opening().member.parts
    const [first, second] = [keyring(1), keyring(2)]
    const other = revocation(authority, 'x', untilMs)
    expect(policy.latest([second, other, first])).toEqual([second, other])
    expect(policy.latest([first, other])).toEqual([first, other])
  })

  it('are limited in rate for each peer that sends them, before anything is opened', () => {
    const { member, opened } = opening()
    const { factFilter, refusedFacts } = member.parts
    for (let version = 0; version < 100; version++)
      factFilter.filterNew([keyring(version)], idOf('eve'), true, member.now)
    expect(opened()).toBe(16)
    expect(refusedFacts.counts()['policy-rate']).toBe(84)
    factFilter.filterNew([keyring(101)], idOf('bob'), true, member.now)
    expect(opened()).toBe(17)
  })
})
