import { describe, expect, it } from 'vitest'
import {
  heartbeatBody,
  idOf,
  recordBody,
  signedFact,
  suspicionBody,
} from '../../../../test/helpers/signed-facts.ts'
import { Table } from '../../src/table/table.ts'
import { keyFromMemberId } from '../../src/wire/member-id.ts'

const nowMs = 1_700_000_000_000
const ada = idOf('ada')
const grace = idOf('grace')

function tableOf(...members: string[]): Table {
  const table = new Table({ maxMembers: 8, maxTombstones: 8 })
  for (const id of members) table.merge(signedFact(id, recordBody({ incarnation: 5 })), nowMs)
  return table
}

describe('table', () => {
  it('does not advertise a member again after a new suspicion', () => {
    const table = tableOf(ada, grace)
    table.stopAdvertising(ada)
    const hash = table.hash()
    expect(table.merge(signedFact(grace, suspicionBody(ada, 5)), nowMs)).toBe('merged')
    expect(table.advertised().map(({ id }) => id)).toEqual([grace])
    expect(table.hash()).toEqual(hash)
  })

  it('advertises a member again after a newer record', () => {
    const table = tableOf(ada)
    table.stopAdvertising(ada)
    expect(table.advertised()).toEqual([])
    table.merge(signedFact(ada, recordBody({ incarnation: 6 })), nowMs)
    expect(table.advertised().map(({ id }) => id)).toEqual([ada])
  })

  it('gives the index of each advertised member, and of no other', () => {
    const ids = Array.from({ length: 7 }, (_, i) => idOf(`${i}`))
    const table = tableOf(...ids)
    table.stopAdvertising(ids[3] ?? '')
    expect(table.advertised().map(({ id }) => table.index(id))).toEqual([0, 1, 2, 3, 4, 5])
    expect([ids[3] ?? '', ada, ''].map(id => table.index(id))).toEqual([undefined, undefined, undefined])
    expect(tableOf().index(ada)).toBeUndefined()
  })

  it('stores no suspicion of an incarnation without a record: it would replace those of the current incarnation', () => {
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
    { what: 'the stored record', by: ada, body: recordBody({ incarnation: 5 }), outcome: 'known' },
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
    { what: 'a heartbeat', by: ada, body: heartbeatBody(5, 1), outcome: 'merged' },
    { what: 'a heartbeat of an older incarnation', by: ada, body: heartbeatBody(4, 9), outcome: 'known' },
    {
      what: 'a heartbeat of an incarnation without a record',
      by: ada,
      body: heartbeatBody(6, 1),
      outcome: 'unknown-member',
    },
    {
      what: 'a heartbeat of an unknown member',
      by: grace,
      body: heartbeatBody(5, 1),
      outcome: 'unknown-member',
    },
    { what: 'a suspicion of an older incarnation', by: grace, body: suspicionBody(ada, 4), outcome: 'known' },
    { what: 'a suspicion of its own author', by: ada, body: suspicionBody(ada, 5), outcome: 'rejected' },
    {
      what: 'a suspicion of an unknown member',
      by: ada,
      body: suspicionBody(grace, 5),
      outcome: 'unknown-member',
    },
  ])('returns $outcome for $what', ({ by, body, outcome }) => {
    const table = tableOf(ada)
    const fact = signedFact(by, body)
    expect(table.outcome(fact, nowMs)).toBe(outcome)
    expect(table.merge(fact, nowMs)).toBe(outcome)
    if (outcome === 'merged') expect(table.merge(fact, nowMs)).toBe('known')
  })

  it('counts heartbeats from the start in a new incarnation', () => {
    const table = tableOf(ada)
    table.merge(signedFact(ada, heartbeatBody(5, 9)), nowMs)
    table.merge(signedFact(ada, recordBody({ incarnation: 6 })), nowMs)
    expect(table.get(ada)?.heartbeat).toBeUndefined()
    expect(table.merge(signedFact(ada, heartbeatBody(6, 1)), nowMs)).toBe('merged')
  })

  it('replaces an incarnation that has become implausible by a plausible lower one, and not before', () => {
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

  it('rejects members beyond its limit, and merges new records of the members that it has', () => {
    const members = Array.from({ length: 8 }, (_, i) => idOf(`member ${i}`))
    const table = tableOf(...members)
    expect(table.merge(signedFact(ada, recordBody({ incarnation: 5 })), nowMs)).toBe('rejected')
    expect(table.size).toBe(8)
    expect(table.merge(signedFact(members[0] ?? '', recordBody({ incarnation: 6 })), nowMs)).toBe('merged')
  })

  it('after removing a member, merges only records of a newer incarnation', () => {
    const table = tableOf(ada)
    table.remove(ada)
    expect(table.get(ada)).toBeUndefined()
    expect(table.hash()).toEqual(tableOf().hash())
    expect(table.merge(signedFact(ada, recordBody({ incarnation: 5, version: 7 })), nowMs)).toBe('known')
    expect(table.merge(signedFact(ada, recordBody({ incarnation: 6 })), nowMs)).toBe('merged')
  })

  it('merges a first record of version 0', () => {
    const record = signedFact(ada, recordBody({ incarnation: 0, version: 0 }))
    expect(tableOf().merge(record, nowMs)).toBe('merged')
  })

  it('identifies a row by the key of the member', () => {
    const key = keyFromMemberId(ada)
    if (!key) throw new Error('expected a key')
    const row = { id: ada, key, prefix: String.fromCharCode(...key.subarray(0, 8)), bucket: key[0] }
    expect(tableOf(ada).get(ada)).toMatchObject(row)
  })

  it('merges a first heartbeat with the sequence number 0', () => {
    expect(tableOf(ada).merge(signedFact(ada, heartbeatBody(5, 0)), nowMs)).toBe('merged')
  })

  it('rejects a suspicion of an incarnation more than a day ahead, also of an unknown member', () => {
    const suspicion = signedFact(grace, suspicionBody(ada, nowMs + 86_400_001))
    expect(tableOf(ada).merge(suspicion, nowMs)).toBe('rejected')
    expect(tableOf().merge(suspicion, nowMs)).toBe('rejected')
  })

  it('says how many members and tombstones it has, and how many members fit', () => {
    const table = tableOf(ada, grace)
    table.stopAdvertising(ada)
    expect([table.size, table.tombstones, table.capacity]).toEqual([2, 0, { free: 6, of: 8 }])
    expect([...table.rows()].map(({ id }) => id)).toEqual([ada, grace])
    table.remove(ada)
    table.remove(ada)
    expect([table.size, table.tombstones, table.capacity]).toEqual([1, 1, { free: 7, of: 8 }])
  })

  it('has a tombstone of a removed member, for its incarnation and earlier ones', () => {
    const table = tableOf(ada, grace)
    table.remove(ada)
    const covered = [4, 5, 6].map(incarnation => table.hasTombstone(ada, incarnation, nowMs))
    expect(covered).toEqual([true, true, false])
    expect(table.hasTombstone(grace, 5, nowMs)).toBe(false)
    table.merge(signedFact(ada, recordBody({ incarnation: 6 })), nowMs)
    expect(table.hasTombstone(ada, 5, nowMs)).toBe(false)
  })

  it('ignores the removal of a member that it does not have', () => {
    const table = tableOf(ada)
    table.stopAdvertising(grace)
    table.remove(grace)
    expect(table.advertised().map(({ id }) => id)).toEqual([ada])
    expect(table.tombstones).toBe(0)
  })

  it('stops advertising a member once', () => {
    const table = tableOf(ada, grace)
    table.stopAdvertising(ada)
    table.stopAdvertising(ada)
    expect(table.advertised().map(({ id }) => id)).toEqual([grace])
    expect(table.hash()).toEqual(tableOf(grace).hash())
  })

  describe('finds its copy of a fact', () => {
    const facts = [
      signedFact(ada, recordBody({ incarnation: 5 })),
      signedFact(ada, heartbeatBody(5, 3)),
      signedFact(grace, suspicionBody(ada, 5)),
      signedFact(idOf('bob'), suspicionBody(ada, 5)),
    ]
    const table = tableOf()
    for (const fact of facts) table.merge(fact, nowMs)

    it.each(facts.map(fact => [fact.type, fact] as const))('that is equal byte for byte: a %s', (_, fact) => {
      expect(table.stored({ ...fact })).toBe(fact)
    })

    it.each(facts.map(fact => [fact.type, fact] as const))(
      'and none of a %s with another payload or another signature',
      (_, fact) => {
        expect(table.stored({ ...fact, payload: new Uint8Array(3) })).toBeUndefined()
        expect(table.stored({ ...fact, signature: new Uint8Array(64) })).toBeUndefined()
      },
    )

    it('also of a member that no observer suspects', () => {
      const [record] = facts
      if (!record) throw new Error('expected a record')
      expect(tableOf(ada).stored(record)).toEqual(record)
      expect(tableOf(ada).stored(signedFact(ada, heartbeatBody(5, 3)))).toBeUndefined()
    })

    it('and none of a fact of another author, another kind or an unknown member', () => {
      const [record, heartbeat, suspicion] = facts
      if (!record || !heartbeat || !suspicion) throw new Error('expected three facts')
      expect(table.stored({ ...suspicion, author: ada })).toBeUndefined()
      expect(
        table.stored({ ...heartbeat, payload: record.payload, signature: record.signature }),
      ).toBeUndefined()
      expect(table.stored({ ...record, author: grace })).toBeUndefined()
    })
  })

  describe('that starts as a copy', () => {
    const suspicion = signedFact(grace, suspicionBody(ada, 5))
    const copyOf = (prior: Table) => new Table({ maxMembers: 8, maxTombstones: 8, prior })
    const idsOf = (table: Table) => table.advertised().map(({ id }) => id)

    it('is equal to the prior', () => {
      const prior = tableOf(ada, grace)
      prior.merge(suspicion, nowMs)
      const copy = copyOf(prior)
      expect(copy.hash()).toEqual(prior.hash())
      expect(copy.bucketHashes()).toEqual(prior.bucketHashes())
      expect(copy.advertised()).toEqual(prior.advertised())
      expect([...copy.rows()]).toEqual([...prior.rows()])
      expect(copy.size).toBe(2)
    })

    it.each<[string, (table: Table) => void]>([
      ['a newer record', table => table.merge(signedFact(ada, recordBody({ incarnation: 6 })), nowMs)],
      ['a heartbeat', table => table.merge(signedFact(ada, heartbeatBody(5, 1)), nowMs)],
      ['a suspicion', table => table.merge(suspicion, nowMs)],
      ['a new member', table => table.merge(signedFact(idOf('bob'), recordBody({ incarnation: 5 })), nowMs)],
      ['a member that is no longer advertised', table => table.stopAdvertising(ada)],
      ['a removed member', table => table.remove(ada)],
    ])('changes without its prior: %s', (_, change) => {
      const [prior, untouched, changed] = [tableOf(ada, grace), tableOf(ada, grace), tableOf(ada, grace)]
      const copy = copyOf(prior)
      change(copy)
      change(changed)
      expect(copy.hash()).toEqual(changed.hash())
      expect(copy.advertised()).toEqual(changed.advertised())
      expect(prior.hash()).toEqual(untouched.hash())
      expect(prior.advertised()).toEqual(untouched.advertised())
      expect([...prior.rows()]).toEqual([...untouched.rows()])
    })

    it('does not advertise a member again after a new suspicion', () => {
      const prior = tableOf(ada, grace)
      prior.stopAdvertising(ada)
      const copy = copyOf(prior)
      copy.merge(suspicion, nowMs)
      expect(copy.advertised()).toEqual(prior.advertised())
    })

    it('merges one change after another', () => {
      const copy = copyOf(tableOf(ada, grace))
      copy.merge(signedFact(ada, heartbeatBody(5, 1)), nowMs)
      copy.merge(suspicion, nowMs)
      expect(copy.advertised().find(({ id }) => id === ada)).toMatchObject({
        heartbeat: { sequence: 1 },
        suspicions: { claims: [suspicion] },
      })
      copy.stopAdvertising(ada)
      expect(idsOf(copy)).toEqual([grace])
    })
  })
})
