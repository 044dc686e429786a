import { hash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { idOf, recordBody, signedFact, suspicionBody } from '../../../../test/helpers/signed-facts.ts'
import { suspicionSummary } from '../../src/table/row-hash.ts'
import { addClaim, type SuspicionFact, type Suspicions } from '../../src/table/suspicions.ts'
import { Table } from '../../src/table/table.ts'

const nowMs = 1_700_000_000_000
const subject = idOf('subject')

function tableOf(ids: readonly string[]): Table {
  const table = new Table({ maxMembers: 1_024, maxTombstones: 8 })
  for (const id of ids) table.merge(signedFact(id, recordBody({ incarnation: 5 })), nowMs)
  return table
}

/** The hash of the bucket that contains the first member. */
function bucketHashOf(ids: readonly string[]): Uint8Array {
  const table = tableOf(ids)
  const bucket = table.advertised()[0]?.bucket ?? 0
  return table.bucketHashes().subarray(bucket * 16, bucket * 16 + 16)
}

function summaryOf(observers: readonly string[]): Uint8Array {
  const claims = observers.map(id => signedFact(id, suspicionBody(subject, 5)) as SuspicionFact)
  return suspicionSummary(claims.reduce<Suspicions | undefined>(addClaim, undefined))
}

function numberOf(bytes: Uint8Array): bigint {
  return BigInt(`0x${Buffer.from(bytes).toString('hex')}`)
}

/** Ids of members that are all in one bucket. */
function bucketMates(count: number): string[] {
  const rows = tableOf(Array.from({ length: 1_000 }, (_, i) => idOf(`${i}`))).advertised()
  return rows
    .filter(({ bucket }) => bucket === rows[0]?.bucket)
    .map(({ id }) => id)
    .slice(0, count)
}

/** The first 16 bytes of the sha256. */
function shortHash(bytes: Uint8Array): Uint8Array {
  return Uint8Array.from(hash('sha256', bytes, 'buffer').subarray(0, 16))
}

describe('the hash of a table', () => {
  it('covers the hash of each bucket, which covers the hashes of its rows in their order', () => {
    const table = tableOf(Array.from({ length: 300 }, (_, i) => idOf(`${i}`)))
    const buckets = Array.from({ length: 256 }, (_, bucket) => {
      const rows = table.advertised().filter(row => row.bucket === bucket)
      return shortHash(Buffer.concat(rows.map(row => row.hash ?? new Uint8Array())))
    })
    expect(table.bucketHashes()).toEqual(Uint8Array.from(Buffer.concat(buckets)))
    expect(table.hash()).toEqual(shortHash(table.bucketHashes()))
  })

  it('is not changed by changes to the bucket hashes that it returned', () => {
    const table = tableOf([idOf('0')])
    table.bucketHashes().fill(0)
    expect(table.bucketHashes()).toEqual(tableOf([idOf('0')]).bucketHashes())
  })
})

describe('the hashes over facts', () => {
  const [a = '', b = '', c = ''] = bucketMates(3)

  it.each([
    { what: 'a table', hashOf: (ids: string[]) => tableOf(ids).hash() },
    { what: 'a bucket', hashOf: bucketHashOf },
    { what: 'suspicions', hashOf: summaryOf },
  ])('$what: no sum of parts, so that members cannot choose parts that cancel out', ({ hashOf }) => {
    const [both, one, other, neither] = [[a, b, c], [a, c], [b, c], [c]].map(ids => hashOf(ids))
    if (!both || !one || !other || !neither) throw new Error('expected four hashes')
    const xor = numberOf(both) ^ numberOf(one) ^ numberOf(other) ^ numberOf(neither)
    expect(xor).not.toBe(0n)
    // The lowest 32 bits of a sum are those of the sum of the lowest 32 bits, whatever the width of its lanes.
    const sum = numberOf(both) + numberOf(neither) - numberOf(one) - numberOf(other)
    expect(BigInt.asUintN(32, sum)).not.toBe(0n)
    expect(both).toHaveLength(16)
  })

  it('a table is ordered by key, so the rows of a bucket are adjacent', () => {
    const advertised = tableOf(Array.from({ length: 1_000 }, (_, i) => idOf(`${i}`))).advertised()
    expect(advertised.map(({ bucket }) => bucket)).toEqual(
      advertised.map(({ bucket }) => bucket).sort((x, y) => x - y),
    )
  })
})
