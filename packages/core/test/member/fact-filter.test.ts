import { describe, expect, it } from 'vitest'
import {
  heartbeatBody,
  idOf,
  introductionBody,
  recordBody,
  signedFact,
  suspicionBody,
} from '../../../../test/helpers/signed-facts.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { MemberBench } from './member-bench.ts'

const ada = idOf('ada')
const grace = idOf('grace')
const record = (incarnation: number): SignedFact => signedFact(ada, recordBody({ incarnation }))

/** A bench that knows Grace and, if an incarnation is given, Ada in it. */
function bench({ of, maxMembers = 8 }: { of?: number; maxMembers?: number } = {}) {
  const member = new MemberBench({ maxMembers })
  member.handle(grace, recordBody({ incarnation: 5 }))
  if (of !== undefined) member.handle(ada, recordBody({ incarnation: of }))
  const { factFilter } = member.parts
  return {
    member,
    filterNew: (...facts: SignedFact[]) => factFilter.filterNew(facts, grace, true, member.now),
  }
}

describe('fact filter', () => {
  it('counts facts that follow a new record of the member as new, until they are merged', () => {
    const { member, filterNew } = bench()
    const facts = [
      record(5),
      signedFact(grace, introductionBody(ada, 5)),
      signedFact(grace, suspicionBody(ada, 5)),
      signedFact(ada, heartbeatBody(5, 3)),
    ]
    expect(filterNew(...facts)).toEqual(facts)
    expect(filterNew(...facts.slice(1))).toEqual([])
    for (const fact of facts) member.parts.factHandler.handle(fact, undefined, member.now)
    expect(filterNew(...facts)).toEqual([])
  })

  it('counts as new no fact about a member whose record is rejected or follows', () => {
    const suspicion = signedFact(grace, suspicionBody(ada, 5))
    expect(bench({ maxMembers: 2 }).filterNew(record(5), suspicion)).toEqual([])
    expect(bench().filterNew(suspicion, record(5))).toEqual([record(5)])
    const aboutAnother = signedFact(ada, suspicionBody(idOf('bob'), 5))
    expect(bench().filterNew(record(5), aboutAnother)).toEqual([record(5)])
    const heartbeats = [signedFact(ada, heartbeatBody(5, 1)), signedFact(ada, heartbeatBody(6, 1))]
    expect(bench({ of: 5 }).filterNew(...heartbeats)).toEqual(heartbeats.slice(0, 1))
  })

  it('takes one heartbeat of an author and four introductions of a subject out of a message', () => {
    const { filterNew } = bench({ of: 5 })
    const heartbeats = [3, 4, 5].map(sequence => signedFact(ada, heartbeatBody(5, sequence)))
    expect(filterNew(...heartbeats)).toHaveLength(1)
    const bob = signedFact(idOf('bob'), recordBody({ incarnation: 5 }))
    const introductions = Array.from({ length: 9 }, (_, i) =>
      signedFact(idOf(`introducer ${i}`), introductionBody(bob.author, 5)),
    )
    expect(filterNew(bob, ...introductions)).toHaveLength(1 + 4)
  })

  it('takes no more facts of an author out of a message than its rate allows', () => {
    const { member, filterNew } = bench({ maxMembers: 64 })
    const subjects = Array.from({ length: 50 }, (_, i) => idOf(`subject ${i}`))
    for (const subject of subjects) member.handle(subject, recordBody({ incarnation: 5 }))
    const suspicions = subjects.map(subject => signedFact(grace, suspicionBody(subject, 5)))
    expect(filterNew(...suspicions)).toHaveLength(32)
    expect(member.parts.refusedFacts.counts()['suspicion-rate']).toBe(18)
    for (const fact of suspicions.slice(0, 32)) member.parts.factHandler.handle(fact, undefined, member.now)
    expect(filterNew(...suspicions.slice(32))).toHaveLength(0)
  })

  it('takes heartbeats of a member at a rate', () => {
    const { member, filterNew } = bench({ of: 5 })
    const taken = Array.from({ length: 30 }, (_, sequence) => {
      const facts = filterNew(signedFact(ada, heartbeatBody(5, sequence)))
      for (const fact of facts) member.parts.factHandler.handle(fact, undefined, member.now)
      return facts.length
    })
    expect(taken.filter(Boolean)).toHaveLength(20)
    member.pass(2_000)
    expect(filterNew(signedFact(ada, heartbeatBody(5, 40)))).toHaveLength(1)
  })

  it('takes only the newest of several records of an author', () => {
    expect(bench({ of: 5 }).filterNew(record(7), record(4), record(6))).toEqual([record(7)])
  })
})
