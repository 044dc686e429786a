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

  it("gives the local member half of an author's rate", () => {
    const rates = new SpaceRates()
    const bytes = 1_024 * 1_024 - 512
    expect(rates.takeOwn('events', bytes, 0)).toBe(true)
    expect(rates.takeOwn('events', 1, 0)).toBe(false)
    expect(rates.takeOwn('state', bytes, 0)).toBe(true)
    expect(rates.takeOwn('events', 256 * 1_024 - 512, 1_000)).toBe(true)
  })
})
