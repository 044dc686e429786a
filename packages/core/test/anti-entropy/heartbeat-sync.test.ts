import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { heartbeatBody, idOf, recordBody, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { size } from '../../../../test/helpers/size.ts'
import { type SyncMessage, syncMessage } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'
import { isEqual, overTheWire, runSync, SyncSide, sequencesOf } from './sync-side.ts'

const conditions = { maxDeltaBytes: 49_152, startAt: () => 0 }

function recordOf(i: number): SignedFact {
  return signedFact(idOf(`${i}`), recordBody({ incarnation: 5 }))
}

function heartbeatOf(i: number, sequence: number): SignedFact {
  return signedFact(idOf(`${i}`), heartbeatBody(5, sequence))
}

function range(length: number): number[] {
  return Array.from({ length }, (_, i) => i)
}

/** Two ends with the records and first heartbeats of all members, after one sync. */
function syncedPair(members: number): [SyncSide, SyncSide] {
  const facts = range(members).flatMap(i => [recordOf(i), heartbeatOf(i, 1)])
  const [a, b] = [new SyncSide(facts), new SyncSide(facts)]
  runSync(a, b, conditions)
  return [a, b]
}

describe('heartbeat sync', () => {
  it.each([16, 4_000])('with %i members costs the hash and two marks when no heartbeat arrived', members => {
    const [a, b] = syncedPair(members)
    const sizes = runSync(a, b, conditions)
    expect(sizes).toHaveLength(2)
    // 18 bytes for the hash and its framing, a mark in `receivedUpTo` and one in `heartbeats`, their framing, and `offer`.
    for (const bytes of sizes) expect(bytes).toBeLessThanOrEqual(18 + 3 + 2 + 3 + 3)
  })

  it.each([16, 4_000])('with %i members costs bytes only for the heartbeats that arrived', members => {
    const [a, b] = syncedPair(members)
    const quiet = runSync(a, b, conditions)[0] ?? 0
    a.merge([heartbeatOf(3, 2), heartbeatOf(9, 2)], undefined)
    b.merge([heartbeatOf(3, 2), heartbeatOf(5, 2)], undefined)
    const [offered = 0, answered = 0, sent = 0, ...more] = runSync(a, b, conditions)
    expect(more).toEqual([])
    // Two heartbeats, each with an index of up to two bytes and a sequence number.
    expect(offered).toBeLessThanOrEqual(quiet + 2 * 3)
    // One heartbeat is sent, one is requested.
    expect(answered).toBeLessThanOrEqual(quiet + 76 + 7)
    expect(sent).toBeLessThanOrEqual(quiet + 76)
    expect(isEqual(a, b)).toBe(true)
  })

  it('does not send a neighbour the heartbeats that came from it', () => {
    const [a, b] = syncedPair(8)
    a.merge([heartbeatOf(3, 2)], undefined)
    runSync(a, b, conditions)
    b.merge([heartbeatOf(4, 2)], undefined)
    expect(b.offer().heartbeats?.heartbeats).toMatchObject([{ sequence: 2 }])
  })

  it('lists all heartbeats when more arrived than the log stores', () => {
    const facts = range(8).flatMap(i => [recordOf(i), heartbeatOf(i, 1)])
    const [a, b] = [new SyncSide(facts, 4), new SyncSide(facts)]
    runSync(a, b, conditions)
    a.merge(
      range(5).map(i => heartbeatOf(i, 2)),
      undefined,
    )
    expect(a.offer().heartbeats?.heartbeats).toHaveLength(8)
    runSync(a, b, conditions)
    expect(isEqual(a, b)).toBe(true)
    expect(a.offer().heartbeats?.heartbeats).toEqual([])
  })

  it('lists all heartbeats again over a new connection, also to a restarted neighbour', () => {
    const [a] = syncedPair(8)
    const blank = new SyncSide(range(8).map(recordOf))
    // `a` did not notice the restart: it still has the heartbeat sync with `b`.
    expect(a.offer().heartbeats?.heartbeats).toEqual([])
    runSync(a, blank, conditions)
    runSync(a, blank, conditions)
    expect(isEqual(a, blank)).toBe(true)
    a.reconnect()
    expect(a.offer().heartbeats?.heartbeats).toHaveLength(8)
  })

  it.each([true, false])(
    'sends no more than the budget in one step, and eventually all heartbeats (%s)',
    isOfferer => {
      const records = range(200).map(recordOf)
      const full = new SyncSide([...records, ...range(200).map(i => heartbeatOf(i, 1))])
      const empty = new SyncSide(records)
      const [a, b] = isOfferer ? [full, empty] : [empty, full]
      let syncs = 0
      for (; !isEqual(a, b); syncs++) {
        for (const bytes of runSync(a, b, { ...conditions, maxDeltaBytes: 4_096 }))
          expect(bytes).toBeLessThan(4_096 + 1_000)
        if (syncs > 10) throw new Error('not equal after 10 syncs')
      }
    },
  )

  it('lists all heartbeats after an acknowledgement of a mark that was not sent', () => {
    const [a] = syncedPair(8)
    a.receive(syncMessage({ receivedUpTo: 2 ** 53 - 1 }), { ...conditions, startAt: 0 })
    expect(a.offer().heartbeats).toMatchObject({ since: 0, heartbeats: { length: 8 } })
  })

  it.each([1, 2])('sends heartbeats again that were lost with step %i', lost => {
    const [a, b] = syncedPair(8)
    a.merge([heartbeatOf(3, 2)], undefined)
    b.merge([heartbeatOf(4, 2)], undefined)
    runSync(a, b, { ...conditions, isLost: step => step === lost })
    expect(isEqual(a, b)).toBe(false)
    runSync(a, b, conditions)
    runSync(a, b, conditions)
    expect(isEqual(a, b)).toBe(true)
  })

  it('goes back to the mark that the neighbour acknowledges', () => {
    const [a, b] = syncedPair(8)
    const { upTo = 0 } = a.offer().heartbeats ?? {}
    a.merge([heartbeatOf(3, 2)], undefined)
    runSync(a, b, conditions)
    expect(a.offer().heartbeats?.heartbeats).toEqual([])
    a.receive(syncMessage({ receivedUpTo: upTo }), { ...conditions, startAt: 0 })
    expect(a.offer().heartbeats).toMatchObject({ since: upTo, heartbeats: [{ sequence: 2 }] })
  })

  it('lists only members whose heartbeat it has, and only those that it advertises', () => {
    const side = new SyncSide([recordOf(1), recordOf(2), recordOf(3)])
    side.merge([heartbeatOf(1, 1), heartbeatOf(2, 1)], undefined)
    side.table.stopAdvertising(idOf('2'))
    const index = side.table.index(idOf('1'))
    expect(side.offer().heartbeats?.heartbeats).toMatchObject([{ index, sequence: 1 }])
  })

  it('lists only members whose heartbeat it has when its log does not reach back', () => {
    const side = new SyncSide([recordOf(1), recordOf(2), recordOf(3)], 1)
    side.merge([heartbeatOf(1, 1), heartbeatOf(2, 1)], undefined)
    expect(side.offer().heartbeats?.heartbeats.map(({ sequence }) => sequence)).toEqual([1, 1])
  })

  it('answers an offer without a list with all heartbeats', () => {
    const [a] = syncedPair(2)
    a.reconnect()
    const offer = syncMessage({ offer: true, tableHash: a.table.hash() })
    expect(a.receive(offer, { ...conditions, startAt: 0 })).toMatchObject({ freshHeartbeats: { length: 2 } })
  })

  it('sends as many heartbeats with their signatures as fit into the budget', () => {
    const [a] = syncedPair(2)
    const tableHash = a.table.hash()
    const offer = syncMessage({ offer: true, tableHash })
    const request = syncMessage({ tableHash, requestedHeartbeats: { since: 0, upTo: 1, indexes: [0, 1] } })
    const answerTo = (message: SyncMessage, maxDeltaBytes: number) => {
      a.reconnect()
      return a.receive(message, { maxDeltaBytes, startAt: 0 })
    }
    expect(answerTo(offer, 2 * 76)).toMatchObject({ freshHeartbeats: { length: 2 } })
    expect(answerTo(offer, 2 * 76 - 1)).toMatchObject({
      freshHeartbeats: [],
      heartbeats: { heartbeats: { length: 2 } },
    })
    expect(answerTo(request, 2 * 76)).toMatchObject({
      freshHeartbeats: { length: 2 },
      heartbeats: { since: 0, upTo: 1 },
    })
    expect(answerTo(request, 2 * 76 - 1)).toMatchObject({
      freshHeartbeats: { length: 1 },
      heartbeats: undefined,
    })
  })

  it('neither requests nor sends heartbeats of indexes outside the table', () => {
    const [a] = syncedPair(8)
    const tableHash = a.table.hash()
    const heartbeats = { since: 0, upTo: 9, heartbeats: [{ index: 8, sequence: 9 }] }
    const options = { maxDeltaBytes: 49_152, startAt: 0 }
    const answered = a.receive(syncMessage({ offer: true, tableHash, heartbeats }), options)
    expect(answered?.requestedHeartbeats).toBeUndefined()
    const sent = a.receive(
      syncMessage({ tableHash, requestedHeartbeats: { since: 0, upTo: 9, indexes: [8, 2 ** 32 - 1] } }),
      options,
    )
    expect(sent?.freshHeartbeats).toEqual([])
  })

  it('delivers all heartbeats to both ends after any losses, delays, repetitions, reconnects and restarts', () => {
    const operation = fc.tuple(
      fc.oneof(
        { weight: 6, arbitrary: fc.constant('heartbeat' as const) },
        { weight: 3, arbitrary: fc.constant('offer' as const) },
        { weight: 9, arbitrary: fc.constant('arrive' as const) },
        { weight: 2, arbitrary: fc.constantFrom('lose' as const, 'repeat' as const) },
        { weight: 1, arbitrary: fc.constantFrom('reconnect' as const, 'restart' as const) },
      ),
      fc.constantFrom<End>(0, 1),
      fc.nat(5),
    )
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 120, size: 'max' }), operations => {
        const pair = new Pair(6)
        for (const [what, at, member] of operations) pair[what](at, member)
        const [a, b] = pair.ends
        for (let i = 0; i < 12; i++) runSync(...(i % 2 ? ([a, b] as const) : ([b, a] as const)), conditions)
        expect(sequencesOf(a)).toEqual(sequencesOf(b))
      }),
      { numRuns: size({ usual: 500, long: 2_000 }) },
    )
  })
})

type End = 0 | 1

/** Two ends with the same members, and the messages in transit between them. */
class Pair {
  readonly ends: [SyncSide, SyncSide]
  readonly #records: readonly SignedFact[]
  /** The messages to each end. */
  readonly #inTransit: readonly [SyncMessage[], SyncMessage[]] = [[], []]
  readonly #sequences = new Map<number, number>()

  constructor(members: number) {
    this.#records = range(members).map(recordOf)
    this.ends = [new SyncSide(this.#records), new SyncSide(this.#records, 3)]
  }

  /** The next heartbeat of a member arrives at this end. */
  heartbeat(at: End, member: number): void {
    const sequence = (this.#sequences.get(member) ?? 0) + 1
    this.#sequences.set(member, sequence)
    this.ends[at].merge([heartbeatOf(member, sequence)], undefined)
  }

  offer(at: End): void {
    this.#send(at, this.ends[at].offer())
  }

  arrive(at: End): void {
    this.repeat(at)
    this.lose(at)
  }

  /** The next message arrives, and stays in transit to arrive again. */
  repeat(at: End): void {
    const [next] = this.#inTransit[at]
    if (next)
      this.#send(at, this.ends[at].receive(overTheWire(next).message, { maxDeltaBytes: 160, startAt: 0 }))
  }

  lose(at: End): void {
    this.#inTransit[at].shift()
  }

  /** One end has a new connection. */
  reconnect(at: End): void {
    this.ends[at].reconnect()
  }

  /** One end is a new process: its connections and the messages in transit are lost. */
  restart(at: End): void {
    this.ends[at] = new SyncSide(this.#records)
    this.reconnect(other(at))
    for (const messages of this.#inTransit) messages.splice(0)
  }

  #send(from: End, message: SyncMessage | undefined): void {
    if (message) this.#inTransit[other(from)].push(message)
  }
}

function other(end: End): End {
  return end === 0 ? 1 : 0
}
