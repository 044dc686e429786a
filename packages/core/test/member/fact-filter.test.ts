import { describe, expect, it } from 'vitest'
import { firstRecord } from '../../src/member/local-record.ts'
import { MembershipMachine } from '../../src/member/membership-machine.ts'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { heartbeatBody, idOf, recordBody, signedFact, suspicionBody } from '../../../../test/helpers/signed-facts.ts'

const now = { monotonicMs: 0, epochMs: 1_700_000_000_000 }
const ada = idOf('ada')
const grace = idOf('grace')

describe('FactFilter', () => {
  it('counts suspicions and heartbeats that follow a new record of the member as new', () => {
    const record = firstRecord({ name: 'self', tags: {}, incarnation: now.epochMs })
    const machine = new MembershipMachine(
      { self: idOf('self'), record, bootstrap: [], profile: 'lan', random: mulberry32(1) },
      now,
    )
    machine.start({}, now)
    const filterNew = (...facts: Parameters<typeof machine.factFilter.filterNew>[0]) =>
      machine.factFilter.filterNew(facts, grace, true, now)
    const facts = [
      signedFact(grace, recordBody({ incarnation: 5 })),
      signedFact(ada, recordBody({ incarnation: 5 })),
      signedFact(grace, suspicionBody(ada, 5)),
      signedFact(ada, heartbeatBody(5, 3)),
    ]
    expect(filterNew(...facts)).toEqual(facts)
    expect(filterNew(...facts.slice(2))).toEqual([])
    machine.handle({ type: 'rumors', from: grace, facts: [] }, now)
    for (const fact of facts) machine.table.merge(fact, now.epochMs)
    expect(filterNew(...facts)).toEqual([])
  })
})
