import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { answer, bucketsAbove, heartbeatsIn, offer } from '../src/gossip/exchange.ts'
import { Table } from '../src/state/table.ts'
import { decodeSync, encodeSync, type SyncMessage } from '../src/wire/codec.ts'
import type { SignedFact } from '../src/wire/fact.ts'
import { factArbitrary } from './fact-arbitraries.ts'
import { heartbeatBody, idOf, recordBody, signedFact, suspicionBody } from './signed-fact.ts'

const nowMs = 1_700_000_000_000

function tableOf(facts: readonly SignedFact[]): Table {
  const table = new Table({ maxMembers: 4_096, maxForgotten: 64 })
  for (const fact of [...facts, ...facts]) table.merge(fact, nowMs)
  return table
}

function beatsOf(table: Table): (number | undefined)[] {
  return table.shared().map(({ heartbeat }) => heartbeat?.beat)
}

function isEqual(a: Table, b: Table): boolean {
  return Buffer.compare(a.hash(), b.hash()) === 0 && beatsOf(a).join() === beatsOf(b).join()
}

/** As the bytes would arrive. */
function overTheWire(message: SyncMessage): { message: SyncMessage; bytes: number } {
  const bytes = encodeSync(message)
  const decoded = decodeSync(bytes)
  if (!decoded.ok || decoded.value.type !== 'sync') throw new Error('what was encoded is not decoded')
  return { message: decoded.value, bytes: bytes.length }
}

/** One exchange, until neither has anything more to say: the bytes of each step. */
function exchange(a: Table, b: Table, maxDeltaBytes: number, startAt: () => number): number[] {
  const sizes: number[] = []
  let [speaker, listener] = [a, b]
  let said: SyncMessage | undefined = offer(speaker)
  while (said) {
    const { message, bytes } = overTheWire(said)
    sizes.push(bytes)
    for (const fact of [...message.facts, ...heartbeatsIn(listener, message)]) listener.merge(fact, nowMs)
    said = answer(listener, message, { maxDeltaBytes, startAt: startAt() })
    ;[speaker, listener] = [listener, speaker]
    if (sizes.length > 100) throw new Error('an exchange without end')
  }
  return sizes
}

function counter(): () => number {
  let next = 0
  return () => next++
}

const facts = fc.array(factArbitrary(12), { maxLength: 80, size: 'max' })

describe('exchange', () => {
  it('makes two tables equal: facts within six steps, the beats within six more', () => {
    fc.assert(
      fc.property(facts, facts, facts, (common, one, other) => {
        const [a, b] = [tableOf([...common, ...one]), tableOf([...common, ...other])]
        expect(exchange(a, b, 49_152, counter()).length).toBeLessThanOrEqual(6)
        expect(a.hash()).toEqual(b.hash())
        expect(exchange(a, b, 49_152, counter()).length).toBeLessThanOrEqual(6)
        expect(isEqual(a, b)).toBe(true)
      }),
      { numRuns: 300 },
    )
  })

  it('makes two tables equal whoever begins, with a budget of 1 kB as well, and nobody starves', () => {
    fc.assert(
      fc.property(facts, facts, fc.nat(1_000), (one, other, start) => {
        const [a, b] = [tableOf(one), tableOf(other)]
        let next = start
        let exchanges = 0
        for (; !isEqual(a, b); exchanges++) {
          exchange(...(exchanges % 2 === 0 ? ([a, b] as const) : ([b, a] as const)), 1_024, () => next++)
          if (exchanges > 40) throw new Error('not equal after 40 exchanges')
        }
      }),
      { numRuns: 200 },
    )
  })

  it('costs two steps of at most 64 bytes beyond the beats once the tables are equal', () => {
    fc.assert(
      fc.property(facts, all => {
        const [a, b] = [tableOf(all), tableOf(all)]
        const sizes = exchange(a, b, 49_152, counter())
        expect(sizes.length).toBe(2)
        for (const bytes of sizes) expect(bytes).toBeLessThanOrEqual(64 + a.shared().length)
      }),
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
    const [a, b] = [tableOf([...members, ...updated]), tableOf([...members, suspected])]
    const sizes = exchange(a, b, 49_152, counter())
    expect(a.hash()).toEqual(b.hash())
    expect(sizes.length).toBeLessThanOrEqual(6)
    // The beats, 256 hashes of 8 bytes, then the digests of four buckets of about three members, and four facts.
    expect(sizes.reduce((sum, bytes) => sum + bytes)).toBeLessThan(
      members.length + 2_200 + 2 * 12 * 40 + 5 * 250,
    )
  })

  it('makes two large tables equal that have little in common', () => {
    const fact = (i: number) => signedFact(idOf(`${i}`), recordBody({ incarnation: 1 + (i % 3) }))
    const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => fact(from + i))
    const [a, b] = [tableOf(range(0, 900)), tableOf(range(600, 1_500))]
    const startAt = counter()
    let exchanges = 0
    for (; !isEqual(a, b); exchanges++) {
      exchange(a, b, 49_152, startAt)
      if (exchanges > 10) throw new Error('not equal after 10 exchanges')
    }
    expect(a.size).toBe(1_500)
  })

  it('sends a beat with its place in the table, and the other can tell whose it is', () => {
    const record = (name: string) => signedFact(idOf(name), recordBody({ incarnation: 5 }))
    const beat = signedFact(idOf('ada'), heartbeatBody(5, 3))
    const [a, b] = [
      tableOf([record('ada'), record('grace'), beat]),
      tableOf([record('ada'), record('grace')]),
    ]
    exchange(a, b, 49_152, counter())
    expect(b.get(idOf('ada'))?.heartbeat).toEqual(beat)
    expect(b.get(idOf('grace'))?.heartbeat).toBeUndefined()
  })

  it('brings a fact that alone is larger than the budget', () => {
    const rooms = Array.from({ length: 100 }, (_, i) => `${i}`.padEnd(120, 'x'))
    const large = signedFact(idOf('ada'), recordBody({ incarnation: 5, rooms }))
    const [a, b] = [tableOf([large]), tableOf([])]
    exchange(a, b, 1_024, counter())
    expect(b.get(idOf('ada'))?.record).toEqual(large)
  })
})
