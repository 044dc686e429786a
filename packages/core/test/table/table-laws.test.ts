import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Row } from '../../src/table/row.ts'
import { rowHash, suspicionSummary } from '../../src/table/row-hash.ts'
import { Table } from '../../src/table/table.ts'
import { TableHash } from '../../src/table/table-hash.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { factArbitrary } from '../wire/fact-arbitraries.ts'

const nowMs = 1_700_000_000_000

function tableOf(facts: readonly SignedFact[]): Table {
  const table = new Table({ maxMembers: 64, maxTombstones: 64 })
  for (const fact of facts) table.merge(fact, nowMs)
  return table
}

/** All public state of a table. */
function stateOf(table: Table): unknown {
  return {
    hash: [...table.hash()],
    buckets: [...table.bucketHashes()],
    rows: table.advertised().map(({ id, record, heartbeat, suspicions, summary }) => ({
      id,
      record: [record.record.incarnation, record.record.version, record.record.name],
      heartbeat: heartbeat && [heartbeat.incarnation, heartbeat.sequence],
      suspicions: suspicions?.claims.map(({ author, incarnation, refused }) => [
        author,
        incarnation,
        refused,
      ]),
      summary,
    })),
  }
}

function positionOf({ record, heartbeat, suspicions }: Row): number[] {
  const { incarnation, version } = record.record
  return [incarnation, version, suspicions ? suspicions.claims.length : 0, heartbeat?.sequence ?? 0]
}

const facts = fc.array(factArbitrary(3), { maxLength: 60, size: 'max' })

/** The same facts in another order, some of them several times. */
const delivery = facts.chain(all =>
  fc.record({
    all: fc.constant(all),
    // Facts about an incarnation without a record are dropped, so all facts are delivered twice more at the end.
    delivered: fc
      .tuple(
        fc.shuffledSubarray(all),
        fc.shuffledSubarray([...all, ...all]),
        fc.shuffledSubarray(all, { minLength: all.length }),
        fc.shuffledSubarray(all, { minLength: all.length }),
      )
      .map(parts => parts.flat()),
  }),
)

describe('merging into a table', () => {
  it('leads to the same state for any order, duplication and retransmission of the facts', () => {
    fc.assert(
      fc.property(delivery, ({ all, delivered }) => {
        expect(stateOf(tableOf(delivered))).toEqual(stateOf(tableOf([...all, ...all])))
      }),
      { numRuns: 500 },
    )
  })

  it('merges no fact twice', () => {
    fc.assert(
      fc.property(facts, all => {
        const table = tableOf([...all, ...all])
        for (const fact of all) expect(table.merge(fact, nowMs)).not.toBe('merged')
      }),
    )
  })

  it('predicts the result of a merge', () => {
    fc.assert(
      fc.property(facts, all => {
        const table = tableOf([])
        for (const fact of all) {
          const predicted = table.outcome(fact, nowMs)
          expect(table.merge(fact, nowMs)).toBe(predicted)
        }
      }),
    )
  })

  it('never moves a register backwards', () => {
    fc.assert(
      fc.property(facts, all => {
        const table = tableOf([])
        for (const fact of all) {
          const id = fact.type === 'suspicion' ? fact.subject : fact.author
          const row = table.get(id)
          const before = row && positionOf(row)
          table.merge(fact, nowMs)
          const after = table.get(id)
          if (before && after) expect(compare(positionOf(after), before)).toBeGreaterThanOrEqual(0)
        }
      }),
    )
  })

  it('updates a hash that equals a newly computed hash, also when some rows are not advertised', () => {
    fc.assert(
      fc.property(facts, fc.nat(3), (all, hidden) => {
        const table = tableOf(all)
        // Computed in between, so that an outdated cached hash would be noticed.
        table.hash()
        for (const { id } of table.advertised().slice(0, hidden)) table.stopAdvertising(id)
        table.hash()
        for (const fact of all.slice(0, 10)) table.merge(fact, nowMs)
        const scratch = table.advertised().map(({ key, bucket, record, suspicions }) => {
          const { incarnation, version } = record.record
          return { bucket, hash: rowHash(key, incarnation, version, suspicionSummary(suspicions)) }
        })
        expect(table.hash()).toEqual(new TableHash().whole(scratch))
        expect(table.bucketHashes()).toEqual(new TableHash().buckets(scratch))
      }),
    )
  })
})

/** Compares incarnations first; with equal incarnations, neither version, claims nor heartbeat may decrease. */
function compare(a: readonly number[], b: readonly number[]): number {
  if (a[0] !== b[0]) return (a[0] ?? 0) - (b[0] ?? 0)
  return Math.min(...a.map((value, i) => value - (b[i] ?? 0)))
}
