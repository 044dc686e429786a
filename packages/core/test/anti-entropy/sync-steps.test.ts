import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { bucketsAbove } from '../../src/anti-entropy/sync-steps.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { heartbeatBody, idOf, recordBody, signedFact, suspicionBody } from '../helpers/signed-fact.ts'
import { factArbitrary } from '../wire/fact-arbitraries.ts'
import { type ExchangeCourse, ExchangeSide, exchange, isEqual } from './sync-side.ts'

function sideOf(facts: readonly SignedFact[]): ExchangeSide {
  return new ExchangeSide(facts)
}

function course(maxDeltaBytes = 49_152, next = 0): ExchangeCourse {
  return { maxDeltaBytes, startAt: () => next++ }
}

const facts = fc.array(factArbitrary(12), { maxLength: 80, size: 'max' })

describe('exchange', () => {
  it('makes two tables equal: facts within six steps, the beats within six more', () => {
    fc.assert(
      fc.property(facts, facts, facts, (common, one, other) => {
        const [a, b] = [sideOf([...common, ...one]), sideOf([...common, ...other])]
        expect(exchange(a, b, course()).length).toBeLessThanOrEqual(6)
        expect(a.table.hash()).toEqual(b.table.hash())
        expect(exchange(a, b, course()).length).toBeLessThanOrEqual(6)
        expect(isEqual(a, b)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('makes two tables equal whoever begins, with a budget of 1 kB as well, and nobody starves', () => {
    fc.assert(
      fc.property(facts, facts, fc.nat(1_000), (one, other, start) => {
        const [a, b] = [sideOf(one), sideOf(other)]
        const small = course(1_024, start)
        let exchanges = 0
        for (; !isEqual(a, b); exchanges++) {
          exchange(...(exchanges % 2 === 0 ? ([a, b] as const) : ([b, a] as const)), small)
          if (exchanges > 40) throw new Error('not equal after 40 exchanges')
        }
      }),
      { numRuns: 200 },
    )
  })

  it('tells of large tables only the buckets that differ', () => {
    const members = Array.from({ length: bucketsAbove + 200 }, (_, i) =>
      signedFact(idOf(`${i}`), recordBody({ incarnation: 5 })),
    )
    const updated = members
      .slice(0, 3)
      .map(({ author }) => signedFact(author, recordBody({ incarnation: 5, version: 2 })))
    const suspected = signedFact(idOf('0'), suspicionBody(idOf('9'), 5))
    const [a, b] = [sideOf([...members, ...updated]), sideOf([...members, suspected])]
    const sizes = exchange(a, b, course())
    expect(a.table.hash()).toEqual(b.table.hash())
    expect(sizes.length).toBeLessThanOrEqual(6)
    // 256 hashes of 16 bytes, then the digests of four buckets of about three members, and four facts.
    expect(sizes.reduce((sum, bytes) => sum + bytes)).toBeLessThan(4_200 + 2 * 12 * 40 + 5 * 250)
  })

  it('makes two large tables equal that have little in common', () => {
    const fact = (i: number) => signedFact(idOf(`${i}`), recordBody({ incarnation: 1 + (i % 3) }))
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => fact(from + i))
    const [a, b] = [sideOf(range(0, 900)), sideOf(range(600, 1_500))]
    const steady = course()
    let exchanges = 0
    for (; !isEqual(a, b); exchanges++) {
      exchange(a, b, steady)
      if (exchanges > 10) throw new Error('not equal after 10 exchanges')
    }
    expect(a.table.size).toBe(1_500)
  })

  it('makes two full tables equal that differ in every bucket, though no digest can name all of them', () => {
    const fact = (i: number) => signedFact(idOf(`${i}`), recordBody({ incarnation: 5 }))
    const everybody = Array.from({ length: 20_000 }, (_, i) => fact(i))
    const [a, b] = [sideOf(everybody), sideOf(everybody.slice(1_500))]
    const steady = course()
    let exchanges = 0
    for (; !isEqual(a, b); exchanges++) {
      exchange(b, a, steady)
      if (exchanges > 20) throw new Error('not equal after 20 exchanges')
    }
    expect(b.table.size).toBe(20_000)
  })

  it('sends a beat with its place in the table, and the other can tell whose it is', () => {
    const record = (name: string) => signedFact(idOf(name), recordBody({ incarnation: 5 }))
    const beat = signedFact(idOf('ada'), heartbeatBody(5, 3))
    const [a, b] = [sideOf([record('ada'), record('grace'), beat]), sideOf([record('ada'), record('grace')])]
    exchange(a, b, course())
    expect(b.table.get(idOf('ada'))?.heartbeat).toEqual(beat)
    expect(b.table.get(idOf('grace'))?.heartbeat).toBeUndefined()
  })

  it('brings a fact that alone is larger than the budget', () => {
    const addresses = Array.from({ length: 16 }, (_, i) => new Uint8Array(256).fill(i))
    const large = signedFact(idOf('ada'), recordBody({ incarnation: 5, addresses }))
    const [a, b] = [sideOf([large]), sideOf([])]
    exchange(a, b, course(1_024))
    expect(b.table.get(idOf('ada'))?.record).toEqual(large)
  })
})
