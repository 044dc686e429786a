import { describe, expect, it } from 'vitest'
import { Table } from '../../src/table/table.ts'
import { heartbeatBody, idOf, recordBody, signedFact, suspicionBody } from '../helpers/signed-fact.ts'

const nowMs = 1_700_000_000_000
const ada = idOf('ada')
const grace = idOf('grace')

function tableOf(...members: string[]): Table {
  const table = new Table({ maxMembers: 8, maxTombstones: 8 })
  for (const id of members) table.merge(signedFact(id, recordBody({ incarnation: 5 })), nowMs)
  return table
}

describe('table', () => {
  it('does not share a member again because somebody suspects it', () => {
    const table = tableOf(ada, grace)
    table.stopAdvertising(ada)
    const hash = table.hash()
    expect(table.merge(signedFact(grace, suspicionBody(ada, 5)), nowMs)).toBe('merged')
    expect(table.advertised().map(({ id }) => id)).toEqual([grace])
    expect(table.hash()).toEqual(hash)
  })

  it('shares a member again for a newer record', () => {
    const table = tableOf(ada)
    table.stopAdvertising(ada)
    expect(table.advertised()).toEqual([])
    table.merge(signedFact(ada, recordBody({ incarnation: 6 })), nowMs)
    expect(table.advertised().map(({ id }) => id)).toEqual([ada])
  })

  it('knows the place of each member that it tells of, and of no other', () => {
    const ids = Array.from({ length: 7 }, (_, i) => idOf(`${i}`))
    const table = tableOf(...ids)
    table.stopAdvertising(ids[3] ?? '')
    expect(table.advertised().map(({ id }) => table.index(id))).toEqual([0, 1, 2, 3, 4, 5])
    expect([ids[3] ?? '', ada, ''].map(id => table.index(id))).toEqual([undefined, undefined, undefined])
    expect(tableOf().index(ada)).toBeUndefined()
  })

  it('holds no suspicion of a life that the member has not spoken of: it would hide those of the present one', () => {
    const table = tableOf(ada)
    expect(table.merge(signedFact(grace, suspicionBody(ada, 6)), nowMs)).toBe('unknown-member')
    expect(table.merge(signedFact(grace, suspicionBody(ada, 5)), nowMs)).toBe('merged')
  })

  it.each([
    {
      what: 'a record of an older incarnation',
      by: ada,
      body: recordBody({ incarnation: 4, version: 9 }),
      outcome: 'known',
    },
    { what: 'the record it has', by: ada, body: recordBody({ incarnation: 5 }), outcome: 'known' },
    {
      what: 'a greater version',
      by: ada,
      body: recordBody({ incarnation: 5, version: 2 }),
      outcome: 'merged',
    },
    { what: 'a greater incarnation', by: ada, body: recordBody({ incarnation: 6 }), outcome: 'merged' },
    {
      what: 'a record a day ahead',
      by: ada,
      body: recordBody({ incarnation: nowMs + 86_400_000 }),
      outcome: 'merged',
    },
    {
      what: 'a record further ahead',
      by: ada,
      body: recordBody({ incarnation: nowMs + 86_400_001 }),
      outcome: 'rejected',
    },
    { what: 'a beat', by: ada, body: heartbeatBody(5, 1), outcome: 'merged' },
    { what: 'a beat of an older incarnation', by: ada, body: heartbeatBody(4, 9), outcome: 'known' },
    {
      what: 'a beat of an incarnation yet unheard of',
      by: ada,
      body: heartbeatBody(6, 1),
      outcome: 'unknown-member',
    },
    { what: "a stranger's beat", by: grace, body: heartbeatBody(5, 1), outcome: 'unknown-member' },
    { what: 'a suspicion of an older incarnation', by: grace, body: suspicionBody(ada, 4), outcome: 'known' },
    { what: 'a suspicion of oneself', by: ada, body: suspicionBody(ada, 5), outcome: 'rejected' },
    { what: 'a suspicion of a stranger', by: ada, body: suspicionBody(grace, 5), outcome: 'unknown-member' },
  ])('answers $outcome to $what', ({ by, body, outcome }) => {
    const table = tableOf(ada)
    const fact = signedFact(by, body)
    expect(table.outcome(fact, nowMs)).toBe(outcome)
    expect(table.merge(fact, nowMs)).toBe(outcome)
    if (outcome === 'merged') expect(table.merge(fact, nowMs)).toBe('known')
  })

  it('counts beats anew in a new life', () => {
    const table = tableOf(ada)
    table.merge(signedFact(ada, heartbeatBody(5, 9)), nowMs)
    table.merge(signedFact(ada, recordBody({ incarnation: 6 })), nowMs)
    expect(table.get(ada)?.heartbeat).toBeUndefined()
    expect(table.merge(signedFact(ada, heartbeatBody(6, 1)), nowMs)).toBe('merged')
  })

  it('lets a believable life take the place of one that nobody believes any more, and not before', () => {
    const aheadMs = nowMs + 2 * 86_400_000
    const table = tableOf(grace)
    table.merge(signedFact(ada, recordBody({ incarnation: aheadMs })), aheadMs)
    table.merge(signedFact(ada, heartbeatBody(aheadMs, 9)), aheadMs)
    table.merge(signedFact(grace, suspicionBody(ada, aheadMs)), aheadMs)
    const anew = signedFact(ada, recordBody({ incarnation: nowMs }))
    expect(table.merge(anew, aheadMs)).toBe('known')
    expect(table.merge(anew, nowMs)).toBe('merged')
    expect(table.get(ada)).toMatchObject({ record: anew, heartbeat: undefined, suspicions: undefined })
    expect(table.merge(signedFact(ada, recordBody({ incarnation: aheadMs })), nowMs)).toBe('rejected')
    expect(table.merge(signedFact(ada, recordBody({ incarnation: nowMs - 1 })), nowMs)).toBe('known')
  })

  it('takes no more members than it may, and new records of those it has', () => {
    const members = Array.from({ length: 8 }, (_, i) => idOf(`member ${i}`))
    const table = tableOf(...members)
    expect(table.merge(signedFact(ada, recordBody({ incarnation: 5 })), nowMs)).toBe('rejected')
    expect(table.size).toBe(8)
    expect(table.merge(signedFact(members[0] ?? '', recordBody({ incarnation: 6 })), nowMs)).toBe('merged')
  })

  it('admits of whom it forgot only what is newer', () => {
    const table = tableOf(ada)
    table.remove(ada)
    expect(table.get(ada)).toBeUndefined()
    expect(table.hash()).toEqual(tableOf().hash())
    expect(table.merge(signedFact(ada, recordBody({ incarnation: 5, version: 7 })), nowMs)).toBe('known')
    expect(table.merge(signedFact(ada, recordBody({ incarnation: 6 })), nowMs)).toBe('merged')
  })
})
