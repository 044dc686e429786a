import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  heartbeatBody,
  idOf,
  recordBody,
  signedFact,
  suspicionBody,
} from '../../../../test/helpers/signed-facts.ts'
import { bucketsAbove, heartbeatsIn } from '../../src/anti-entropy/sync-steps.ts'
import { type FreshHeartbeat, syncMessage } from '../../src/wire/codec.ts'

import type { SignedFact } from '../../src/wire/fact.ts'
import { factArbitrary } from '../wire/fact-arbitraries.ts'
import { isEqual, runSync, type SyncConditions, SyncSide } from './sync-side.ts'

function sideOf(facts: readonly SignedFact[]): SyncSide {
  return new SyncSide(facts)
}

function conditions(maxDeltaBytes = 49_152, next = 0): SyncConditions {
  return { maxDeltaBytes, startAt: () => next++ }
}

const options = { maxDeltaBytes: 49_152, startAt: 0 }

const facts = fc.array(factArbitrary(12), { maxLength: 80, size: 'max' })

describe('sync', () => {
  it('makes two tables equal: facts within six steps, heartbeats within six more', () => {
    fc.assert(
      fc.property(facts, facts, facts, (common, one, other) => {
        const [a, b] = [sideOf([...common, ...one]), sideOf([...common, ...other])]
        expect(runSync(a, b, conditions()).length).toBeLessThanOrEqual(6)
        expect(a.table.hash()).toEqual(b.table.hash())
        expect(runSync(a, b, conditions()).length).toBeLessThanOrEqual(6)
        expect(isEqual(a, b)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('makes two tables equal whichever end starts, also with a budget of 1 kB', () => {
    fc.assert(
      fc.property(facts, facts, fc.nat(1_000), (one, other, start) => {
        const [a, b] = [sideOf(one), sideOf(other)]
        const small = conditions(1_024, start)
        let syncs = 0
        for (; !isEqual(a, b); syncs++) {
          runSync(...(syncs % 2 === 0 ? ([a, b] as const) : ([b, a] as const)), small)
          if (syncs > 40) throw new Error('not equal after 40 syncs')
        }
      }),
      { numRuns: 200 },
    )
  })

  it('sends only the differing buckets of large tables', () => {
    const members = Array.from({ length: bucketsAbove + 200 }, (_, i) =>
      signedFact(idOf(`${i}`), recordBody({ incarnation: 5 })),
    )
    const updated = members
      .slice(0, 3)
      .map(({ author }) => signedFact(author, recordBody({ incarnation: 5, version: 2 })))
    const suspected = signedFact(idOf('0'), suspicionBody(idOf('9'), 5))
    const [a, b] = [sideOf([...members, ...updated]), sideOf([...members, suspected])]
    const sizes = runSync(a, b, conditions())
    expect(a.table.hash()).toEqual(b.table.hash())
    expect(sizes.length).toBeLessThanOrEqual(6)
    // 256 hashes of 16 bytes, then the digests of four buckets with about three members each, and four facts.
    expect(sizes.reduce((sum, bytes) => sum + bytes)).toBeLessThan(4_200 + 2 * 12 * 40 + 5 * 250)
  })

  it('makes two large tables equal that have few members in common', () => {
    const fact = (i: number) => signedFact(idOf(`${i}`), recordBody({ incarnation: 1 + (i % 3) }))
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => fact(from + i))
    const [a, b] = [sideOf(range(0, 900)), sideOf(range(600, 1_500))]
    const steady = conditions()
    let syncs = 0
    for (; !isEqual(a, b); syncs++) {
      runSync(a, b, steady)
      if (syncs > 10) throw new Error('not equal after 10 syncs')
    }
    expect(a.table.size).toBe(1_500)
  })

  it('makes two full tables equal that differ in every bucket and are too large for one digest', () => {
    const fact = (i: number) => signedFact(idOf(`${i}`), recordBody({ incarnation: 5 }))
    const all = Array.from({ length: 20_000 }, (_, i) => fact(i))
    const [a, b] = [sideOf(all), sideOf(all.slice(1_500))]
    const steady = conditions()
    let syncs = 0
    for (; !isEqual(a, b); syncs++) {
      runSync(b, a, steady)
      if (syncs > 20) throw new Error('not equal after 20 syncs')
    }
    expect(b.table.size).toBe(20_000)
  })

  it('sends a heartbeat with its table index, and the other end finds its member', () => {
    const record = (name: string) => signedFact(idOf(name), recordBody({ incarnation: 5 }))
    const heartbeat = signedFact(idOf('ada'), heartbeatBody(5, 3))
    const [a, b] = [
      sideOf([record('ada'), record('grace'), heartbeat]),
      sideOf([record('ada'), record('grace')]),
    ]
    runSync(a, b, conditions())
    expect(b.table.get(idOf('ada'))?.heartbeat).toEqual(heartbeat)
    expect(b.table.get(idOf('grace'))?.heartbeat).toBeUndefined()
  })

  it('delivers a fact that alone is larger than the budget', () => {
    const addresses = Array.from({ length: 16 }, (_, i) => new Uint8Array(256).fill(i))
    const large = signedFact(idOf('ada'), recordBody({ incarnation: 5, addresses }))
    const [a, b] = [sideOf([large]), sideOf([])]
    runSync(a, b, conditions(1_024))
    expect(b.table.get(idOf('ada'))?.record).toEqual(large)
  })

  it('compares buckets first above 512 members, and not before', () => {
    const members = Array.from({ length: bucketsAbove + 1 }, (_, i) =>
      signedFact(idOf(`${i}`), recordBody({ incarnation: 5 })),
    )
    const offered = sideOf([]).offer()
    const answerOf = (count: number) => sideOf(members.slice(0, count)).receive(offered, options)
    expect(answerOf(bucketsAbove)).toMatchObject({ bucketHashes: undefined, digest: { mutual: true } })
    expect(answerOf(bucketsAbove + 1)).toMatchObject({ bucketHashes: { length: 4_096 }, digest: undefined })
  })

  it('ends when no bucket differs any more', () => {
    const side = sideOf([signedFact(idOf('ada'), recordBody({ incarnation: 5 }))])
    const { bucketHashes } = { bucketHashes: side.table.bucketHashes() }
    expect(side.receive(syncMessage({ bucketHashes }), options)).toBeUndefined()
  })

  it('sends nothing to a peer that lacks nothing and asks for nothing', () => {
    const digest = { buckets: undefined, mutual: false, rows: [] }
    expect(sideOf([]).receive(syncMessage({ digest }), options)).toBeUndefined()
  })

  it('states in an answer with a digest whether facts were left out', () => {
    const side = sideOf(['ada', 'grace'].map(name => signedFact(idOf(name), recordBody({ incarnation: 5 }))))
    const request = syncMessage({ digest: { buckets: undefined, mutual: true, rows: [] } })
    expect(side.receive(request, { maxDeltaBytes: 1, startAt: 0 })).toMatchObject({ more: true })
    expect(side.receive(request, options)).toMatchObject({ more: false, facts: { length: 2 } })
  })
})

describe('heartbeats that are identified by their index', () => {
  const record = signedFact(idOf('ada'), recordBody({ incarnation: 5 }))
  const { table } = sideOf([record])
  const tableHash = table.hash()
  const fresh = (index: number, sequence: number) => ({ index, sequence, signature: new Uint8Array(64) })
  const read = (freshHeartbeats: readonly FreshHeartbeat[], hash = tableHash) =>
    heartbeatsIn(table, syncMessage({ tableHash: hash, freshHeartbeats }))

  it('belong to the member of that row', () => {
    expect(read([fresh(0, 3)])).toMatchObject([{ author: record.author, incarnation: 5, sequence: 3 }])
  })

  it('are ignored if the tables differ, and if no row has that index', () => {
    expect(read([fresh(0, 3)], new Uint8Array(16))).toEqual([])
    expect(read([fresh(1, 3)])).toEqual([])
  })

  it('are read once for each index, the greatest', () => {
    const first = { ...fresh(0, 4), signature: new Uint8Array(64).fill(1) }
    const sequences = [fresh(0, 3), first, fresh(0, 4), fresh(0, 2)]
    expect(read(sequences)).toMatchObject([{ sequence: 4, signature: first.signature }])
  })

  it('keep no received frame in memory', () => {
    const signature = new Uint8Array(1_000).subarray(100, 164)
    const [fact] = read([{ ...fresh(0, 3), signature }])
    expect(fact?.signature.buffer.byteLength).toBe(64)
  })
})
