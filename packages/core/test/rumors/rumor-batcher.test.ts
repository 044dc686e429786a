import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RumorBatcher } from '../../src/rumors/rumor-batcher.ts'
import { encodeRumors } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { limits } from '../../src/wire/limits.ts'
import { heartbeatBody, idOf, recordBody, signedFact } from '../helpers/signed-fact.ts'

const ada = idOf('ada')
const beat = (number: number) => signedFact(ada, heartbeatBody(5, number))

/** A record of about so many bytes. */
function sized(bytes: number): SignedFact {
  return signedFact(ada, recordBody({ incarnation: 5, name: 'x'.repeat(bytes) }))
}

describe('rumor buffer', () => {
  it('lets the first fact after a pause go at once, and gathers what follows for 50 ms', () => {
    const buffer = new RumorBatcher()
    expect(buffer.deadlineMs()).toBe(Number.POSITIVE_INFINITY)
    buffer.add(beat(1))
    expect(buffer.take(1_000)).toEqual([[beat(1)]])
    buffer.add(beat(2))
    buffer.add(beat(3))
    expect(buffer.deadlineMs()).toBe(1_050)
    expect(buffer.take(1_049)).toEqual([])
    expect(buffer.take(1_050)).toEqual([[beat(2), beat(3)]])
    expect(buffer.take(1_100)).toEqual([])
  })

  it('never makes a batch that is larger than a rumor may be, and loses nothing', () => {
    const facts = fc.array(fc.integer({ min: 0, max: 30_000 }).map(sized), { maxLength: 30 })
    fc.assert(
      fc.property(facts, all => {
        const buffer = new RumorBatcher()
        for (const fact of all) buffer.add(fact)
        const batches = buffer.take(0)
        expect(batches.flat()).toEqual(all)
        for (const batch of batches)
          expect(encodeRumors(batch).length).toBeLessThanOrEqual(limits.maxRumorBytes)
      }),
      { numRuns: 50 },
    )
  })

  it('never makes a batch beyond the limit of the smallest facts either', () => {
    const buffer = new RumorBatcher()
    for (let i = 0; i < 4_096; i++) buffer.add(beat(i))
    const batches = buffer.take(0)
    expect(batches.flat().length).toBe(4_096)
    for (const batch of batches) expect(encodeRumors(batch).length).toBeLessThanOrEqual(limits.maxRumorBytes)
  })

  it('leaves the oldest to anti-entropy when too many wait', () => {
    const buffer = new RumorBatcher()
    for (let i = 0; i < 4_100; i++) buffer.add(beat(i))
    expect(buffer.take(0).flat()[0]).toEqual(beat(4))
  })
})
