import { describe, expect, it } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { SpaceRates } from '../../src/spaces/space-rates.ts'
import { draftSpaceFact, type SpaceFact } from '../../src/wire/space-fact.ts'

const [ada, bob, relay] = [idOf('ada'), idOf('bob'), idOf('relay')]
const value = 'x'.repeat(16_000)
const event = (author: string): SpaceFact => fact(author, { type: 'event', generation: 1, number: 1, value })
const entry = (author: string): SpaceFact =>
  fact(author, { type: 'entry', key: 'k', value, epochMs: 1, count: 1, replaces: undefined })

function fact(author: string, body: Parameters<typeof draftSpaceFact>[1]): SpaceFact {
  return { ...draftSpaceFact(author, body), signature: new Uint8Array(64) }
}

/** How often an action succeeds one after the other. */
function successes(act: () => boolean): number {
  let count = 0
  while (act()) count += 1
  return count
}

describe('SpaceRates', () => {
  it('takes 2 MiB of an author at once, then 512 KiB a second', () => {
    const rates = new SpaceRates()
    const atOnce = successes(() => rates.takeOfMember(event(ada), 0))
    expect(atOnce).toBe(Math.floor(2_097_152 / (event(ada).payload.length + 512)))
    const inASecond = successes(() => rates.takeOfMember(event(ada), 1_000))
    expect(inASecond / atOnce).toBeCloseTo(1 / 4, 1)
  })

  it('counts the broadcasts and the state of each author apart', () => {
    const rates = new SpaceRates()
    successes(() => rates.takeOfMember(event(ada), 0))
    expect(rates.takeOfMember(entry(ada), 0)).toBe(true)
    expect(rates.takeOfMember(event(bob), 0)).toBe(true)
  })

  it('takes 256 KiB of other facts from a peer at once, whatever their authors', () => {
    const rates = new SpaceRates()
    let author = 0
    const atOnce = successes(() => rates.takeOfPeer(relay, event(idOf(`made up ${author++}`)), 0))
    expect(atOnce).toBe(Math.floor(262_144 / (event(ada).payload.length + 512)))
    expect(rates.takeOfPeer(bob, event(ada), 0)).toBe(true)
  })

  it('counts small facts, too', () => {
    const rates = new SpaceRates()
    const small = fact(ada, { type: 'event', generation: 1, number: 1, value: 1 })
    expect(successes(() => rates.takeOfMember(small, 0))).toBeLessThan(4_096)
  })

  it('takes 16,384 facts of a peer in exchanges at once, then 512 a second', () => {
    const rates = new SpaceRates()
    expect(successes(() => rates.takeExchanged(relay, 4_096, 0))).toBe(4)
    expect(successes(() => rates.takeExchanged(relay, 1, 1_000))).toBe(512)
    expect(rates.takeExchanged(bob, 4_096, 0)).toBe(true)
  })

  it('does not count exchanged facts that a space grows by', () => {
    const rates = new SpaceRates()
    for (let i = 0; i < 100; i++) {
      expect(rates.takeExchanged(relay, 4_096, 0)).toBe(true)
      rates.grew(relay, 4_096, 0)
    }
    // A space that shrinks and grows again has not grown.
    for (const facts of [-16_384, 16_384, -16_384]) rates.grew(relay, facts, 0)
    expect(rates.takeExchanged(relay, 1, 0)).toBe(false)
  })

  it('answers a peer with 64 MiB at once, then with 2 MiB a second', () => {
    const rates = new SpaceRates()
    const answers = (nowMs: number) =>
      successes(() => {
        if (!rates.mayAnswer(relay, nowMs)) return false
        rates.answered(relay, 524_288, 1_000, nowMs)
        return true
      })
    expect([answers(0), answers(1_000), answers(2_000)]).toEqual([128, 4, 4])
    expect(rates.mayAnswer(bob, 0)).toBe(true)
  })

  it('answers a peer with a larger space four times at once', () => {
    const rates = new SpaceRates()
    const content = 256 * 1_048_576
    for (let i = 0; i < 4; i++) {
      expect(rates.mayAnswer(relay, 0)).toBe(true)
      rates.answered(relay, content, content, 0)
    }
    expect([0, 7_999, 8_001].map(nowMs => rates.mayAnswer(relay, nowMs))).toEqual([false, true, true])
  })

  it("gives the local member half of an author's rate", () => {
    const rates = new SpaceRates()
    const bytes = 1_024 * 1_024 - 512
    expect(rates.takeOwn('events', bytes, 0)).toBe(true)
    expect(rates.takeOwn('events', 1, 0)).toBe(false)
    expect(rates.takeOwn('state', bytes, 0)).toBe(true)
    expect(rates.takeOwn('events', 256 * 1_024 - 512, 1_000)).toBe(true)
  })
})
