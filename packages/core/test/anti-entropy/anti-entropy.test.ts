import { describe, expect, it } from 'vitest'
import { heartbeatBody, idOf, recordBody, signedFact } from '../../../../test/helpers/signed-facts.ts'
import { AntiEntropy } from '../../src/anti-entropy/anti-entropy.ts'
import type { Instant } from '../../src/base/clock.ts'
import { Table } from '../../src/table/table.ts'
import { type SyncMessage, syncMessage } from '../../src/wire/codec.ts'

function at(monotonicMs: number): Instant {
  return { monotonicMs, epochMs: 1_700_000_000_000 }
}

function emptyTable(): Table {
  return new Table({ maxMembers: 8, maxTombstones: 8 })
}

function tableOf(...members: string[]): Table {
  const table = emptyTable()
  for (const id of members) table.merge(signedFact(id, recordBody({ incarnation: 5 })), at(0).epochMs)
  return table
}

function antiEntropy(table = emptyTable(), maxDeltaBytes = 1_024): AntiEntropy {
  return new AntiEntropy({ table, random: () => 0.5, maxDeltaBytes }, 0)
}

const agreeing = syncMessage({ tableHash: emptyTable().hash(), freshHeartbeats: [] })
const requestOfAll = syncMessage({ digest: { buckets: undefined, mutual: false, rows: [] } })
const differing = syncMessage({ tableHash: new Uint8Array(16).fill(1) })

describe('anti-entropy', () => {
  it('offers again immediately while the peer has more facts, and only after progress', () => {
    const more = syncMessage({ more: true })
    expect(antiEntropy().handle('ada', more, true, at(0)).steps).toMatchObject([
      { to: 'ada', message: { offer: true } },
    ])
    expect(antiEntropy().handle('ada', more, false, at(0)).steps).toEqual([])
    expect(antiEntropy().handle('ada', syncMessage({}), true, at(0)).steps).toEqual([])
  })

  it('answers the member that sent a step', () => {
    const { steps } = antiEntropy().handle('ada', { ...differing, offer: true }, false, at(0))
    expect(steps).toMatchObject([{ to: 'ada', message: { digest: { rows: [] } } }])
  })

  it('sends another fact first in each answer, within its budget', () => {
    const ids = ['ada', 'grace', 'leslie'].map(idOf)
    const subject = antiEntropy(tableOf(...ids), 1)
    const answers = ids.map(() => subject.handle('bob', requestOfAll, false, at(0)).steps[0]?.message)
    for (const answer of answers) expect(answer).toMatchObject({ facts: { length: 1 }, more: true })
    expect(new Set(answers.map(answer => answer?.facts[0]?.author))).toEqual(new Set(ids))
  })

  it('measures the round trip of an offer and its answer, once', () => {
    const subject = antiEntropy()
    subject.offer('ada', 100)
    expect(subject.handle('grace', agreeing, false, at(110)).roundTripMs).toBeUndefined()
    expect(subject.handle('ada', agreeing, false, at(130)).roundTripMs).toBe(30)
    expect(subject.handle('ada', agreeing, false, at(150)).roundTripMs).toBeUndefined()
  })

  it('takes neither an offer that crossed its own nor a step without a hash for the answer', () => {
    const subject = antiEntropy()
    subject.offer('ada', 100)
    expect(subject.handle('ada', { ...agreeing, offer: true }, false, at(110)).roundTripMs).toBeUndefined()
    expect(subject.handle('ada', syncMessage({ more: true }), false, at(120)).roundTripMs).toBeUndefined()
    expect(subject.handle('ada', agreeing, false, at(130)).roundTripMs).toBe(30)
  })

  it('has compared its table when tables are equal, or when a peer sent all facts beyond a digest', () => {
    const facts = [signedFact(idOf('bob'), recordBody({ incarnation: 5 }))]
    const hasComparedAfter = (...messages: SyncMessage[]) => {
      const subject = antiEntropy()
      for (const message of messages) subject.handle('ada', message, false, at(0))
      return subject.hasCompared
    }
    const offered = { ...differing, offer: true }
    expect(hasComparedAfter(agreeing)).toBe(true)
    expect(hasComparedAfter(offered, syncMessage({ facts }))).toBe(true)
    expect(hasComparedAfter(offered, syncMessage({ facts, more: true }))).toBe(false)
    expect(hasComparedAfter(offered)).toBe(false)
    expect(hasComparedAfter(offered, syncMessage({}))).toBe(false)
    expect(hasComparedAfter(requestOfAll, syncMessage({ facts }))).toBe(false)
  })

  it('has compared its table when the first of several peers with its digest sent all facts', () => {
    const subject = antiEntropy()
    for (const id of ['ada', 'grace']) subject.handle(id, { ...differing, offer: true }, false, at(0))
    const facts = [signedFact(idOf('bob'), recordBody({ incarnation: 5 }))]
    subject.handle('ada', syncMessage({ facts }), true, at(0))
    expect(subject.hasCompared).toBe(true)
  })

  it('has compared a table that starts as a copy', () => {
    const options = { table: emptyTable(), random: () => 0.5, maxDeltaBytes: 1_024, hasCompared: true }
    expect(new AntiEntropy(options, 0).hasCompared).toBe(true)
    expect(antiEntropy().hasCompared).toBe(false)
  })

  it('has not compared its table after facts of a leaving member', () => {
    const subject = antiEntropy()
    const leaving = signedFact(idOf('ada'), recordBody({ incarnation: 5, leaving: true }))
    subject.handle('ada', syncMessage({ facts: [leaving] }), true, at(0))
    expect(subject.hasCompared).toBe(false)
  })

  it('expects no answer over a connection that has closed', () => {
    const subject = antiEntropy()
    subject.offer('ada', 100)
    subject.handle('ada', { ...differing, offer: true }, false, at(110))
    subject.closed('ada')
    expect(subject.handle('ada', agreeing, false, at(130)).roundTripMs).toBeUndefined()
  })

  it('has not compared its table after facts over a new connection, on which it sent no digest', () => {
    const subject = antiEntropy()
    subject.handle('ada', { ...differing, offer: true }, false, at(0))
    subject.closed('ada')
    const facts = [signedFact(idOf('bob'), recordBody({ incarnation: 5 }))]
    subject.handle('ada', syncMessage({ facts }), true, at(0))
    expect(subject.hasCompared).toBe(false)
  })

  it('stores the syncs of at most 4,096 peers', () => {
    const subject = antiEntropy()
    const sizes = Array.from({ length: 5_000 }, (_, i) => {
      subject.handle(`peer ${i}`, { ...differing, offer: true }, false, at(0))
      return subject.size
    })
    expect(Math.max(...sizes)).toBe(4_096)
  })

  it('discards the heartbeat sync of a closed connection, and of no other connection', () => {
    const ada = idOf('ada')
    const table = tableOf(ada)
    table.merge(signedFact(ada, heartbeatBody(5, 1)), at(0).epochMs)
    const subject = antiEntropy(table)
    subject.heartbeatArrived(ada, undefined)
    const listed = (to: string) => subject.offer(to, 0).message.heartbeats?.heartbeats.length
    for (const to of ['bob', 'cyd']) {
      expect(listed(to)).toBe(1)
      subject.handle(to, syncMessage({ receivedUpTo: 1 }), false, at(0))
      expect(listed(to)).toBe(0)
    }
    subject.closed('bob')
    expect(listed('bob')).toBe(1)
    expect(listed('cyd')).toBe(0)
  })

  it('answers one member at most 100 times per second, independently of other members', () => {
    const subject = antiEntropy()
    const request = syncMessage({ offer: true, tableHash: new Uint8Array(16).fill(1) })
    const answers = (id: string, nowMs: number) => subject.handle(id, request, false, at(nowMs)).steps.length
    const flood = Array.from({ length: 500 }, () => answers('ada', 10_000))
    expect(flood.reduce((sum, steps) => sum + steps, 0)).toBe(100)
    expect(answers('grace', 10_999)).toBe(1)
    expect(answers('ada', 10_999)).toBe(0)
    subject.closed('grace')
    expect(answers('ada', 10_999)).toBe(0)
    expect(answers('ada', 11_000)).toBe(1)
  })

  it('slows down while tables are equal, and is fast again when one differs', () => {
    const subject = antiEntropy()
    for (let i = 0; i < 4; i++) subject.handle('ada', agreeing, false, at(0))
    subject.begin(['ada'], 1, 10_000)
    expect(subject.dueMs).toBe(15_000)
    subject.handle('ada', differing, false, at(11_000))
    expect(subject.dueMs).toBe(12_000)
  })

  it('does not sync sooner because of a step without a table hash', () => {
    const subject = antiEntropy()
    for (let i = 0; i < 4; i++) subject.handle('ada', agreeing, false, at(0))
    subject.begin([], 1, 10_000)
    subject.handle('ada', syncMessage({}), false, at(11_000))
    expect(subject.dueMs).toBe(15_000)
  })

  it('syncs soon after a change of the table', () => {
    const subject = antiEntropy()
    for (let i = 0; i < 4; i++) subject.handle('ada', agreeing, false, at(0))
    subject.begin([], 1, 10_000)
    subject.changed(11_000)
    expect(subject.dueMs).toBe(12_000)
  })

  it('offers to at most the requested number of members, each once', () => {
    const targets = (fanout: number) =>
      antiEntropy()
        .begin(['a', 'b', 'c', 'd'], fanout, 0)
        .map(({ to }) => to)
    expect(new Set(targets(3)).size).toBe(3)
    expect(targets(9).toSorted()).toEqual(['a', 'b', 'c', 'd'])
    expect(antiEntropy().begin([], 1, 0)).toEqual([])
  })
})
