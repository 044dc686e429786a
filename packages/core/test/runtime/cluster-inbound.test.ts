import { describe, expect, it } from 'vitest'
import {
  forgedFact,
  heartbeatBody,
  idOf,
  recordBody,
  signedFact,
  testTag,
} from '../../../../test/helpers/signed-facts.ts'
import { encodeProbe, encodeRumors, encodeSync, syncMessage } from '../../src/wire/codec.ts'
import { encodeHello } from '../../src/wire/hello.ts'
import { InboundBench, nowEpochMs, relay } from './inbound-bench.ts'

const [ada, bob, carol] = [idOf('ada'), idOf('bob'), idOf('carol')]
const record = (author: string, version = 1) =>
  signedFact(author, recordBody({ incarnation: nowEpochMs, version }))
const forged = (author: string) => forgedFact(author, recordBody({ incarnation: nowEpochMs }))
const garbage = Uint8Array.of(0xff, 0xff, 0xff)

describe('a rumor', () => {
  it('with a new fact is delivered with all its facts, known ones included, and forwarded', () => {
    const bench = new InboundBench()
    bench.merge(record(ada))
    expect(bench.rumor(record(ada), record(bob))).toBe('accept')
    expect(bench.deliveredFacts.map(({ author }) => author)).toEqual([ada, bob])
    expect(bench.violations).toEqual([])
    expect(bench.rumor(record(bob))).toBe('ignore')
  })

  it('with a new fact costs no verification of the facts that are stored', () => {
    const bench = new InboundBench()
    bench.merge(record(ada), record(carol))
    expect(bench.rumor(record(ada), record(bob), record(carol))).toBe('accept')
    expect(bench.verified).toEqual([bob])
  })

  it('with more outdated facts than the rate of its sender allows brings its new facts, and is not forwarded', () => {
    const bench = new InboundBench()
    bench.merge(record(ada, 2))
    const outdated = Array.from({ length: 100 }, () => record(ada))
    const verdicts = Array.from({ length: 50 }, (_, i) => bench.rumor(...outdated, record(bob, i + 1)))
    expect(verdicts.indexOf('ignore')).toBe(40)
    expect(bench.deliveredFacts.filter(({ author }) => author === bob)).toHaveLength(50)
    expect(bench.verified).toHaveLength(4_000 + 50)
    expect(bench.violations).toEqual([])
  })

  it('without a new fact costs no verification and delivers nothing', () => {
    const bench = new InboundBench()
    bench.merge(record(ada, 2))
    expect(bench.rumor(record(ada))).toBe('ignore')
    expect([bench.verified, bench.delivered]).toEqual([[], []])
  })

  it('with a forged fact delivers nothing, also none of its good facts', () => {
    const bench = new InboundBench()
    expect(bench.rumor(record(ada), forged(bob))).toBe('reject')
    expect(bench.delivered).toEqual([])
    expect(bench.violations).toEqual(['bad-signature relay'])
  })

  it('that was rejected does not count as forwarded: the genuine rumor still spreads', () => {
    const bench = new InboundBench()
    expect(bench.rumor(record(ada), forged(bob))).toBe('reject')
    bench.merge(record(ada))
    expect(bench.rumor(record(ada))).toBe('accept')
  })

  it('that repeats the known and the new facts of a forwarded one is not forwarded again', () => {
    const bench = new InboundBench()
    bench.merge(record(ada))
    expect(bench.rumor(record(ada), record(bob))).toBe('accept')
    expect(bench.rumor(record(ada), record(bob))).toBe('ignore')
  })

  it('that cannot be decoded is rejected, and is a violation of the peer that sent it', () => {
    const bench = new InboundBench()
    expect(bench.inbound.rumor(relay, garbage)).toBe('reject')
    expect(bench.violations).toEqual(['undecodable relay'])
  })

  it('is decided when an asynchronous verifier has answered', async () => {
    const bench = new InboundBench({ isAsync: true })
    const verdict = bench.rumor(record(ada))
    expect(bench.delivered).toEqual([])
    expect(await verdict).toBe('accept')
    expect(bench.deliveredFacts).toHaveLength(1)
  })
})

it('facts that are not new count for the peer that sent them, beyond those of a table of 10,000 members', () => {
  const bench = new InboundBench()
  bench.merge(record(ada, 2))
  const facts = Array.from({ length: 2_048 }, () => record(ada))
  for (let i = 0; i < 32; i++) bench.sync({ facts })
  expect(bench.excessBytes).toBe(0)
  bench.sync({ facts })
  const { length } = encodeSync(syncMessage({ facts }))
  expect(bench.excessBytes).toBe(length)
  bench.rumor(record(ada))
  expect(bench.excessBytes).toBe(length + encodeRumors([record(ada)]).length)
  expect([bench.verified, bench.violations]).toEqual([[], []])
})

describe('a sync step', () => {
  it('is delivered as a whole, but of its facts only those that are new and verified', () => {
    const bench = new InboundBench()
    bench.merge(record(ada))
    bench.sync({ facts: [record(ada), record(bob)], more: true })
    expect(bench.delivered).toEqual([
      expect.objectContaining({ type: 'sync', from: relay, facts: [record(bob)] }),
    ])
    expect(bench.verified).toEqual([bob])
  })

  it('is delivered without any fact, because it may be a question', () => {
    const bench = new InboundBench()
    bench.sync({ offer: true, tableHash: bench.table.hash() })
    expect(bench.delivered).toEqual([expect.objectContaining({ type: 'sync', facts: [] })])
  })

  it('brings heartbeats as numbers, which become facts of the members at these indexes', () => {
    const bench = new InboundBench()
    bench.merge(record(ada))
    const { signature } = signedFact(ada, heartbeatBody(nowEpochMs, 7))
    const index = bench.table.index(ada) ?? -1
    bench.sync({ tableHash: bench.table.hash(), freshHeartbeats: [{ index, sequence: 7, signature }] })
    expect(bench.deliveredFacts).toEqual([
      expect.objectContaining({ type: 'heartbeat', author: ada, sequence: 7 }),
    ])
  })

  it('that cannot be decoded delivers nothing', () => {
    const bench = new InboundBench()
    bench.inbound.sync(relay, garbage)
    expect([bench.delivered, bench.violations]).toEqual([[], ['undecodable relay']])
  })

  it('that is a repeated hello is ignored', () => {
    const bench = new InboundBench()
    bench.inbound.sync(relay, encodeHello({ cluster: testTag, epochMs: nowEpochMs }))
    expect([bench.delivered, bench.violations]).toEqual([[], []])
  })
})

it('a probe is delivered, and one that cannot be decoded is a violation', () => {
  const bench = new InboundBench()
  const message = { type: 'ping', seq: 3 } as const
  bench.inbound.probe(relay, encodeProbe(message))
  bench.inbound.probe(relay, garbage)
  expect(bench.delivered).toEqual([{ type: 'probe', from: relay, message }])
  expect(bench.violations).toEqual(['undecodable relay'])
})

it('each decoded fact is replaced by an equal one that arrived before, if the host keeps one', () => {
  const kept = record(carol)
  const bench = new InboundBench({ intern: fact => (fact.author === carol ? kept : fact) })
  bench.rumor(record(carol), record(ada))
  expect(bench.deliveredFacts[0]).toBe(kept)
  expect(bench.deliveredFacts[1]).toEqual(record(ada))
})
