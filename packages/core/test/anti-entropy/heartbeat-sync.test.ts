import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type SyncMessage, syncMessage } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { heartbeatBody, idOf, recordBody, signedFact } from '../helpers/signed-fact.ts'
import { beatsOf, ExchangeSide, exchange, isEqual, overTheWire } from './sync-side.ts'

const course = { maxDeltaBytes: 49_152, startAt: () => 0 }

function recordOf(i: number): SignedFact {
  return signedFact(idOf(`${i}`), recordBody({ incarnation: 5 }))
}

function beatOf(i: number, beat: number): SignedFact {
  return signedFact(idOf(`${i}`), heartbeatBody(5, beat))
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i)
}

/** Two ends that have everybody's record and first beat, and have told each other so. */
function acquainted(members: number): [ExchangeSide, ExchangeSide] {
  const facts = range(members).flatMap(i => [recordOf(i), beatOf(i, 1)])
  const [a, b] = [new ExchangeSide(facts), new ExchangeSide(facts)]
  exchange(a, b, course)
  return [a, b]
}

describe('beat exchange', () => {
  it.each([16, 4_000])('among %i members costs the hash and two marks when nothing came', members => {
    const [a, b] = acquainted(members)
    const sizes = exchange(a, b, course)
    expect(sizes).toHaveLength(2)
    // The hash and its framing 18, a mark in `receivedUpTo` and one in `heartbeats`, their framing, and `offer`.
    for (const bytes of sizes) expect(bytes).toBeLessThanOrEqual(18 + 3 + 2 + 3 + 3)
  })

  it.each([16, 4_000])('among %i members costs what came, and nothing for all others', members => {
    const [a, b] = acquainted(members)
    const quiet = exchange(a, b, course)[0] ?? 0
    a.take([beatOf(3, 2), beatOf(9, 2)], undefined)
    b.take([beatOf(3, 2), beatOf(5, 2)], undefined)
    const [offered = 0, answered = 0, handedOver = 0, ...more] = exchange(a, b, course)
    expect(more).toEqual([])
    // Two beats, each a place of up to two bytes and a count.
    expect(offered).toBeLessThanOrEqual(quiet + 2 * 3)
    // One beat handed over, one asked for.
    expect(answered).toBeLessThanOrEqual(quiet + 76 + 7)
    expect(handedOver).toBeLessThanOrEqual(quiet + 76)
    expect(isEqual(a, b)).toBe(true)
  })

  it('does not tell a neighbour what came from it', () => {
    const [a, b] = acquainted(8)
    a.take([beatOf(3, 2)], undefined)
    exchange(a, b, course)
    b.take([beatOf(4, 2)], undefined)
    expect(b.offer().heartbeats?.heartbeats).toMatchObject([{ sequence: 2 }])
  })

  it('tells everything when more came than it remembers', () => {
    const facts = range(8).flatMap(i => [recordOf(i), beatOf(i, 1)])
    const [a, b] = [new ExchangeSide(facts, 4), new ExchangeSide(facts)]
    exchange(a, b, course)
    a.take(
      range(5).map(i => beatOf(i, 2)),
      undefined,
    )
    expect(a.offer().heartbeats?.heartbeats).toHaveLength(8)
    exchange(a, b, course)
    expect(isEqual(a, b)).toBe(true)
    expect(a.offer().heartbeats?.heartbeats).toEqual([])
  })

  it('tells everything again over a new connection, also to one that comes back knowing nobody', () => {
    const [a] = acquainted(8)
    const blank = new ExchangeSide(range(8).map(recordOf))
    // `a` did not notice: it takes `blank` for the one that it told everything.
    expect(a.offer().heartbeats?.heartbeats).toEqual([])
    exchange(a, blank, course)
    exchange(a, blank, course)
    expect(isEqual(a, blank)).toBe(true)
    a.reconnect()
    expect(a.offer().heartbeats?.heartbeats).toHaveLength(8)
  })

  it.each([true, false])('hands over no more at once than the budget, and all in the end (%s)', isOfferer => {
    const records = range(200).map(recordOf)
    const full = new ExchangeSide([...records, ...range(200).map(i => beatOf(i, 1))])
    const empty = new ExchangeSide(records)
    const [a, b] = isOfferer ? [full, empty] : [empty, full]
    let exchanges = 0
    for (; !isEqual(a, b); exchanges++) {
      for (const bytes of exchange(a, b, { ...course, maxDeltaBytes: 4_096 }))
        expect(bytes).toBeLessThan(4_096 + 1_000)
      if (exchanges > 10) throw new Error('not equal after 10 exchanges')
    }
  })

  it('tells one everything that has heard what it was never told', () => {
    const [a] = acquainted(8)
    a.hear(syncMessage({ receivedUpTo: 2 ** 53 - 1 }), { ...course, startAt: 0 })
    expect(a.offer().heartbeats).toMatchObject({ since: 0, heartbeats: { length: 8 } })
  })

  it.each([1, 2])('tells again what was lost on its way with step %i', lost => {
    const [a, b] = acquainted(8)
    a.take([beatOf(3, 2)], undefined)
    b.take([beatOf(4, 2)], undefined)
    exchange(a, b, { ...course, isLost: step => step === lost })
    expect(isEqual(a, b)).toBe(false)
    exchange(a, b, course)
    exchange(a, b, course)
    expect(isEqual(a, b)).toBe(true)
  })

  it('goes back to what the neighbour says it has heard', () => {
    const [a, b] = acquainted(8)
    const { upTo = 0 } = a.offer().heartbeats ?? {}
    a.take([beatOf(3, 2)], undefined)
    exchange(a, b, course)
    expect(a.offer().heartbeats?.heartbeats).toEqual([])
    a.hear(syncMessage({ receivedUpTo: upTo }), { ...course, startAt: 0 })
    expect(a.offer().heartbeats).toMatchObject({ since: upTo, heartbeats: [{ sequence: 2 }] })
  })

  it('asks for nobody who is not there, and hands over nobody who is not', () => {
    const [a] = acquainted(8)
    const tableHash = a.table.hash()
    const heartbeats = { since: 0, upTo: 9, heartbeats: [{ index: 8, sequence: 9 }] }
    const options = { maxDeltaBytes: 49_152, startAt: 0 }
    const answered = a.hear(syncMessage({ offer: true, tableHash, heartbeats }), options)
    expect(answered?.requestedHeartbeats).toBeUndefined()
    const handedOver = a.hear(
      syncMessage({ tableHash, requestedHeartbeats: { since: 0, upTo: 9, indexes: [8, 2 ** 32 - 1] } }),
      options,
    )
    expect(handedOver?.freshHeartbeats).toEqual([])
  })

  it('brings all beats to both ends in the end, whatever was lost, late, repeated or begun anew before', () => {
    const happening = fc.tuple(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant('beat' as const) },
        { weight: 3, arbitrary: fc.constant('offer' as const) },
        { weight: 9, arbitrary: fc.constant('arrive' as const) },
        { weight: 2, arbitrary: fc.constantFrom('lose' as const, 'repeat' as const) },
        { weight: 1, arbitrary: fc.constantFrom('reconnect' as const, 'restart' as const) },
      ),
      fc.constantFrom<End>(0, 1),
      fc.nat(5),
    )
    fc.assert(
      fc.property(fc.array(happening, { maxLength: 120, size: 'max' }), happenings => {
        const pair = new Pair(6)
        for (const [what, at, member] of happenings) pair[what](at, member)
        const [a, b] = pair.ends
        for (let i = 0; i < 12; i++) exchange(...(i % 2 ? ([a, b] as const) : ([b, a] as const)), course)
        expect(beatsOf(a)).toEqual(beatsOf(b))
      }),
      { numRuns: 2_000 },
    )
  })
})

type End = 0 | 1

/** Two ends that know the same members, and what is on its way between them. */
class Pair {
  readonly ends: [ExchangeSide, ExchangeSide]
  readonly #records: readonly SignedFact[]
  /** To each end. */
  readonly #underWay: readonly [SyncMessage[], SyncMessage[]] = [[], []]
  readonly #beats = new Map<number, number>()

  constructor(members: number) {
    this.#records = range(members).map(recordOf)
    this.ends = [new ExchangeSide(this.#records), new ExchangeSide(this.#records, 3)]
  }

  /** A member's next beat comes here first. */
  beat(at: End, member: number): void {
    const beat = (this.#beats.get(member) ?? 0) + 1
    this.#beats.set(member, beat)
    this.ends[at].take([beatOf(member, beat)], undefined)
  }

  offer(at: End): void {
    this.#send(at, this.ends[at].offer())
  }

  arrive(at: End): void {
    this.repeat(at)
    this.lose(at)
  }

  /** It arrives, and once more later. */
  repeat(at: End): void {
    const [next] = this.#underWay[at]
    if (next)
      this.#send(at, this.ends[at].hear(overTheWire(next).message, { maxDeltaBytes: 160, startAt: 0 }))
  }

  lose(at: End): void {
    this.#underWay[at].shift()
  }

  /** One end takes the connection for a new one. */
  reconnect(at: End): void {
    this.ends[at].reconnect()
  }

  /** With a process go its connections, and what is on its way. */
  restart(at: End): void {
    this.ends[at] = new ExchangeSide(this.#records)
    this.reconnect(other(at))
    for (const messages of this.#underWay) messages.splice(0)
  }

  #send(from: End, said: SyncMessage | undefined): void {
    if (said) this.#underWay[other(from)].push(said)
  }
}

function other(end: End): End {
  return end === 0 ? 1 : 0
}
