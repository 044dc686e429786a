import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heartbeatBody, idOf, recordBody, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { RumorBatcher } from '../../src/rumors/rumor-batcher.ts'
import { encodeRumors } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { factBytes } from '../../src/wire/fact-envelope.ts'
import * as limits from '../../src/wire/limits.ts'

const ada = idOf('ada')
const heartbeat = (number: number) => signedFact(ada, heartbeatBody(5, number))

/** A record of about this number of bytes. */
function sized(bytes: number): SignedFact {
  return signedFact(ada, recordBody({ incarnation: 5, name: 'x'.repeat(bytes) }))
}

/** A fact that counts as this number of bytes. */
function paddedTo(bytes: number): SignedFact {
  const fact = heartbeat(1)
  return { ...fact, payload: new Uint8Array(bytes - factBytes({ ...fact, payload: new Uint8Array() })) }
}

describe('rumor batcher', () => {
  it('sends the first fact after a pause immediately, and collects later facts for 50 ms', () => {
    const batcher = new RumorBatcher()
    expect(batcher.deadlineMs()).toBe(Number.POSITIVE_INFINITY)
    batcher.add(heartbeat(1))
    expect(batcher.take(1_000)).toEqual([[heartbeat(1)]])
    batcher.add(heartbeat(2))
    batcher.add(heartbeat(3))
    expect(batcher.deadlineMs()).toBe(1_050)
    expect(batcher.take(1_049)).toEqual([])
    expect(batcher.take(1_050)).toEqual([[heartbeat(2), heartbeat(3)]])
    expect(batcher.take(1_100)).toEqual([])
  })

  it('sends waiting facts immediately if they are due now', () => {
    const batcher = new RumorBatcher()
    batcher.add(heartbeat(1))
    batcher.take(1_000)
    batcher.add(heartbeat(2))
    batcher.sendNow()
    expect(batcher.take(1_001)).toEqual([[heartbeat(2)]])
    expect(batcher.deadlineMs()).toBe(Number.POSITIVE_INFINITY)
  })

  it('never makes a batch larger than the limit of a rumor, and loses no fact', () => {
    const facts = fc.array(fc.integer({ min: 0, max: 30_000 }).map(sized), { maxLength: 30 })
    fc.assert(
      fc.property(facts, all => {
        const batcher = new RumorBatcher()
        for (const fact of all) batcher.add(fact)
        const batches = batcher.take(0)
        expect(batches.flat()).toEqual(all)
        for (const batch of batches)
          expect(encodeRumors(batch).length).toBeLessThanOrEqual(limits.maxRumorBytes)
      }),
      { numRuns: 50 },
    )
  })

  it('never exceeds the limit of a rumor with the smallest facts', () => {
    const batcher = new RumorBatcher()
    for (let i = 0; i < 4_096; i++) batcher.add(heartbeat(i))
    const batches = batcher.take(0)
    expect(batches.flat().length).toBe(4_096)
    for (const batch of batches) expect(encodeRumors(batch).length).toBeLessThanOrEqual(limits.maxRumorBytes)
  })

  it('drops the oldest facts when too many wait', () => {
    const batcher = new RumorBatcher()
    for (let i = 0; i < 4_100; i++) batcher.add(heartbeat(i))
    expect(batcher.size).toBe(4_096)
    expect(batcher.take(0).flat()[0]).toEqual(heartbeat(4))
    expect(batcher.size).toBe(0)
  })

  it('fills a rumor to its limit before it starts the next one', () => {
    const half = paddedTo(limits.maxRumorBytes / 2)
    const batcher = new RumorBatcher()
    for (const fact of [half, half, half]) batcher.add(fact)
    expect(batcher.take(0)).toEqual([[half, half], [half]])
  })
})
