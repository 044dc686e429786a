import { expect, it } from 'vitest'
import { filterNew } from '../../src/table/filter-new.ts'
import { Table } from '../../src/table/table.ts'
import { heartbeatBody, idOf, recordBody, signedFact, suspicionBody } from '../helpers/signed-fact.ts'

const nowMs = 1_700_000_000_000
const ada = idOf('ada')

it('counts suspicions and heartbeats that follow a new record of the member as new', () => {
  const table = new Table({ maxMembers: 8, maxTombstones: 8 })
  const facts = [
    signedFact(ada, recordBody({ incarnation: 5 })),
    signedFact(idOf('grace'), suspicionBody(ada, 5)),
    signedFact(ada, heartbeatBody(5, 3)),
  ]
  expect(filterNew(table, facts, nowMs)).toEqual(facts)
  expect(filterNew(table, facts.slice(1), nowMs)).toEqual([])
  for (const fact of facts) table.merge(fact, nowMs)
  expect(filterNew(table, facts, nowMs)).toEqual([])
})
