import { beforeAll, describe, expect, it } from 'vitest'
import {
  heartbeatBody,
  idOf,
  recordBody,
  signedFact,
  suspicionBody,
} from '../../../../test/helpers/signed-facts.ts'

import { deltaBeyond, digestOf } from '../../src/table/delta.ts'
import { Table } from '../../src/table/table.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { factBytes } from '../../src/wire/fact-envelope.ts'
import * as limits from '../../src/wire/limits.ts'
import { memberIdFromKey } from '../../src/wire/member-id.ts'

const nowMs = 1_700_000_000_000
const names = ['ada', 'barbara', 'edsger', 'grace', 'leslie']
const empty = { buckets: undefined, rows: [], mutual: false }

function tableOf(...facts: SignedFact[]): Table {
  const table = new Table({ maxMembers: 20_000, maxTombstones: 64 })
  for (const fact of facts) table.merge(fact, nowMs)
  return table
}

const records = names.map(name => signedFact(idOf(name), recordBody({ incarnation: 5, version: 2 })))
const oneFact = factBytes(records[0] ?? signedFact(idOf('ada'), recordBody({ incarnation: 5 })))

describe('delta', () => {
  it('starts at another row each time, so that every member comes first once even if no fact is merged', () => {
    const table = tableOf(...records)
    const firsts = names.map((_, startAt) => deltaBeyond(table, empty, startAt, oneFact, nowMs).facts)
    for (const facts of firsts) expect(facts).toHaveLength(1)
    expect(new Set(firsts.flat())).toEqual(new Set(records))
  })

  it.each([
    [1, 1, true],
    [2 * oneFact, 2, true],
    [5 * oneFact, 5, false],
  ])('within %i bytes contains %i facts, and sets more: %s', (maxBytes, count, more) => {
    const delta = deltaBeyond(tableOf(...records), empty, 0, maxBytes, nowMs)
    expect([delta.facts.length, delta.more]).toEqual([count, more])
  })

  it('contains the facts that the peer lacks, separately for each register', () => {
    const ada = idOf('ada')
    const record = recordBody({ incarnation: 5, version: 2 })
    const older = [signedFact(ada, recordBody({ incarnation: 5 })), signedFact(ada, heartbeatBody(5, 3))]
    const suspicion = signedFact(idOf('grace'), suspicionBody(ada, 5))
    const newer = [signedFact(ada, record), suspicion, signedFact(ada, heartbeatBody(5, 4))]
    const beyond = (mine: SignedFact[], theirs: SignedFact[]) =>
      deltaBeyond(
        tableOf(...mine),
        digestOf(tableOf(...theirs), undefined, false, 0).digest,
        0,
        10_000,
        nowMs,
      ).facts
    expect(beyond(newer, older)).toEqual(newer)
    expect(beyond(older, newer)).toEqual([])
    expect(beyond(newer, newer)).toEqual([])
    expect(
      beyond(
        newer,
        newer.filter(fact => fact !== suspicion),
      ),
    ).toEqual([suspicion])
    expect(beyond(newer, [])).toEqual(newer)
    expect(beyond(newer, [...newer.slice(0, 2), ...older])).toEqual(newer.slice(2))
    // Facts of an older incarnation are left out, unless the newer incarnation is implausible.
    expect(beyond(newer, [signedFact(ada, recordBody({ incarnation: 6 }))])).toEqual([])
    const [row] = digestOf(tableOf(...newer), undefined, false, 0).digest.rows
    const far = row ? [{ ...row, incarnation: nowMs + 2 * 86_400_000 }] : []
    expect(deltaBeyond(tableOf(...newer), { ...empty, rows: far }, 0, 10_000, nowMs).facts).toEqual(newer)
  })

  it('covers the requested buckets and no others', () => {
    const table = tableOf(...records)
    const [row] = table.advertised()
    const buckets = new Set([row?.bucket ?? 0])
    const expected = table.advertised().filter(({ bucket }) => buckets.has(bucket))
    expect(deltaBeyond(table, { ...empty, buckets }, 0, 10_000, nowMs).facts).toEqual(
      expected.map(({ record }) => record),
    )
    expect(digestOf(table, buckets, true, 0).digest.rows.map(({ prefix }) => prefix)).toEqual(
      expected.map(({ prefix }) => prefix),
    )
  })

  it('contains all facts of a newer incarnation, whatever the peer has of an older one', () => {
    const ada = idOf('ada')
    const of = (incarnation: number, version: number) => [
      signedFact(ada, recordBody({ incarnation, version })),
      signedFact(idOf('grace'), suspicionBody(ada, incarnation)),
      signedFact(ada, heartbeatBody(incarnation, 10 - incarnation)),
    ]
    const { digest } = digestOf(tableOf(...of(5, 9)), undefined, false, 0)
    expect(deltaBeyond(tableOf(...of(6, 1)), digest, 0, 10_000, nowMs).facts).toEqual(of(6, 1))
  })

  it('lists the versions of each member in a digest', () => {
    const ada = idOf('ada')
    const suspicion = signedFact(idOf('grace'), suspicionBody(ada, 5))
    const table = tableOf(
      signedFact(ada, recordBody({ incarnation: 5, version: 2 })),
      signedFact(ada, heartbeatBody(5, 7)),
      suspicion,
    )
    const [row] = table.advertised()
    expect(digestOf(table, undefined, true, 0)).toEqual({
      more: false,
      digest: {
        buckets: undefined,
        mutual: true,
        rows: [
          {
            prefix: row?.prefix,
            incarnation: 5,
            version: 2,
            heartbeatSequence: 7,
            suspicions: row?.summary,
          },
        ],
      },
    })
  })

  describe('of a table with a bucket that fills a digest', () => {
    const members = (count: number, bucket = 0) =>
      Array.from({ length: count }, (_, i) => {
        const key = new Uint8Array(32).fill(bucket, 0, 1)
        new DataView(key.buffer).setUint32(28, i)
        return signedFact(memberIdFromKey(key) ?? '', recordBody({ incarnation: 5 }))
      })

    it('lists as many members as one digest may have, and leaves out no bucket', () => {
      const { digest, more } = digestOf(tableOf(...members(limits.maxDigestRows)), undefined, true, 0)
      expect([digest.buckets, digest.rows.length, more]).toEqual([undefined, limits.maxDigestRows, false])
    })

    it('cuts the rows beyond the limit', () => {
      const { digest, more } = digestOf(tableOf(...members(limits.maxDigestRows + 1)), undefined, true, 0)
      expect([digest.buckets?.has(0), digest.rows.length, more]).toEqual([true, limits.maxDigestRows, true])
    })

    it('lists a further bucket if its members just fit', () => {
      const table = tableOf(...members(limits.maxDigestRows - 1), ...members(1, 1), ...members(1, 2))
      const { digest } = digestOf(table, new Set([0, 1, 2]), true, 0)
      expect([digest.buckets, digest.rows.length]).toEqual([new Set([0, 1]), limits.maxDigestRows])
    })
  })

  describe('of a table that is too large for one digest', () => {
    let table: Table
    beforeAll(() => {
      table = tableOf(
        ...Array.from({ length: 20_000 }, (_, i) => signedFact(idOf(`${i}`), recordBody({ incarnation: 5 }))),
      )
    })

    it('covers as many whole buckets as fit, and all buckets over several digests', () => {
      const coveredPrefixes = new Set<string>()
      for (const startAt of [0, 100, 1_000]) {
        const { digest, more } = digestOf(table, undefined, true, startAt)
        const covered = table.advertised().filter(({ bucket }) => digest.buckets?.has(bucket))
        expect(digest.rows.map(({ prefix }) => prefix)).toEqual(covered.map(({ prefix }) => prefix))
        expect(digest.rows.length).toBeLessThanOrEqual(limits.maxDigestRows)
        expect(digest.rows.length).toBeGreaterThan(limits.maxDigestRows - 200)
        expect(more).toBe(true)
        for (const { prefix } of digest.rows) coveredPrefixes.add(prefix)
      }
      expect(coveredPrefixes.size).toBe(20_000)
    })

    it('covers only requested buckets', () => {
      const requested = new Set(Array.from({ length: 220 }, (_, i) => i + 20))
      const { digest, more } = digestOf(table, requested, true, 200)
      expect([...(digest.buckets ?? [])].filter(bucket => !requested.has(bucket))).toEqual([])
      expect(digest.buckets?.size).toBeLessThan(220)
      expect(more).toBe(true)
      expect(digestOf(table, new Set([7]), true, 200)).toMatchObject({
        more: false,
        digest: { buckets: new Set([7]) },
      })
    })
  })
})
