import { describe, expect, it, vi } from 'vitest'
import { idOf } from '../../../../test/helpers/signed-facts.ts'
import { RateLimitError } from '../../src/api/errors.ts'
import { encodeQueryFrame } from '../../src/wire/query-codec.ts'
import { type QueryFactBody, queryId } from '../../src/wire/query-fact.ts'
import { ada, bob, eve, QueriesBench, queryBody, self, signed } from './queries-bench.ts'

const answerTo = (query: string, value: number | string = 1): QueryFactBody => ({
  type: 'answer',
  query,
  outcome: { value },
})

const broadcastBody = (number: number): QueryFactBody => ({
  type: 'broadcast',
  generation: 1,
  number,
  name: 'x',
  value: null,
})

function benchWithHandler() {
  const bench = new QueriesBench()
  const handler = vi.fn(() => 'mine')
  bench.handlers.add('name', handler)
  return { bench, handler }
}

describe('a query that arrives', () => {
  it('is forwarded and answered once, directly if its author is connected', async () => {
    const { bench, handler } = benchWithHandler()
    const query = signed(ada, queryBody())
    expect([bench.rumor(bob, query), bench.rumor(bob, query)]).toEqual(['accept', 'ignore'])
    await bench.clock.pass(100)
    expect(handler.mock.calls).toEqual([[null, { from: ada, signal: expect.any(AbortSignal) }]])
    expect(bench.sent.map(({ to }) => to)).toEqual([ada])
    expect(bench.lastFact).toMatchObject({
      author: self,
      query: queryId(query),
      outcome: { value: 'mine' },
    })
  })

  it('is answered over the peer that brought it, and directly if that peer is not connected any more', async () => {
    const { bench } = benchWithHandler()
    bench.rumor(bob, signed(eve, queryBody()))
    bench.rumor(bob, signed(eve, queryBody({ number: 2 })))
    await bench.clock.pass(100)
    expect(bench.answersTo(bob)).toHaveLength(2)
    bench.rumor(bob, signed(eve, queryBody({ number: 3 })))
    bench.connected = [ada ?? '']
    await bench.clock.pass(100)
    expect(bench.answersTo(eve)).toHaveLength(1)
  })

  it('is not run if others are asked, and forwarded all the same', async () => {
    const { bench, handler } = benchWithHandler()
    expect(bench.rumor(bob, signed(eve, queryBody({ to: [ada ?? ''] })))).toBe('accept')
    await bench.clock.pass(100)
    expect(handler).not.toHaveBeenCalled()
    expect(bench.sent).toEqual([])
  })

  it.each([
    ['of an id that is no member', () => signed(idOf('nobody'), queryBody())],
    ['in the name of this member', () => signed(self, queryBody())],
  ])('is dropped unverified if it is %s', async (_, query) => {
    const { bench, handler } = benchWithHandler()
    expect(bench.rumor(ada, query())).toBe('ignore')
    await bench.clock.pass(100)
    expect([handler.mock.calls.length, bench.verifications, bench.violations]).toEqual([0, 0, []])
  })

  it('is not run again when a peer replays it later, also if its author has restarted since', async () => {
    const { bench, handler } = benchWithHandler()
    const old = signed(ada, queryBody({ generation: 1, number: 90 }))
    const query = signed(ada, queryBody({ generation: 2, number: 1 }))
    bench.rumor(ada, query)
    for (let number = 2; number < 80; number++) {
      await bench.clock.pass(1_000)
      bench.rumor(ada, signed(ada, queryBody({ generation: 2, number, to: [bob ?? ''] })))
    }
    expect(handler).toHaveBeenCalledTimes(1)
    for (const replayed of [query, old]) {
      expect(bench.rumor(bob, replayed)).toBe('ignore')
      bench.frame(eve, replayed)
      bench.frame(ada, replayed)
    }
    await bench.clock.pass(100)
    expect(handler).toHaveBeenCalledTimes(1)
  })

  it('counts against the peer if it is forged or cannot be decoded, and not against its author', () => {
    const { bench } = benchWithHandler()
    for (let number = 1; number <= 40; number++)
      expect(bench.rumor(eve, signed(ada, queryBody({ number }), eve))).toBe('reject')
    expect(bench.driver.rumor(eve ?? '', Uint8Array.of(0x12, 0xff))).toBe('reject')
    bench.driver.frame(eve ?? '', Uint8Array.of(0x12, 0xff))
    expect(new Set(bench.violations)).toEqual(new Set([`bad-signature by ${eve}`, `undecodable by ${eve}`]))
    expect(bench.rumor(bob, signed(ada, queryBody()))).toBe('accept')
  })

  it('is refused if the rumor contains an answer, or several queries', () => {
    const { bench } = benchWithHandler()
    const answer = signed(ada, answerTo('0'.repeat(32)))
    const two = encodeQueryFrame([1, 2].map(number => signed(ada, queryBody({ number }))))
    expect([bench.rumor(ada, answer), bench.driver.rumor(ada ?? '', two)]).toEqual(['reject', 'reject'])
  })
})

describe('a flood', () => {
  it('of queries of one author is dropped unverified beyond its rate, and counts against the peer', async () => {
    const { bench, handler } = benchWithHandler()
    const verdicts = Array.from({ length: 200 }, (_, number) =>
      bench.rumor(bob, signed(ada, queryBody({ number }))),
    )
    expect(verdicts.filter(verdict => verdict === 'accept')).toHaveLength(32)
    expect(bench.verifications).toBe(32)
    expect(bench.excessBytes).toBeGreaterThan(168 * 512)
    await bench.clock.pass(1_000)
    // Eight run at once, and the other queries are answered with the failure busy.
    expect(handler).toHaveBeenCalledTimes(8)
    expect(bench.rumor(bob, signed(eve, queryBody()))).toBe('accept')
    const later = Array.from({ length: 10 }, (_, i) =>
      bench.rumor(bob, signed(ada, queryBody({ number: 200 + i }))),
    )
    expect(later.filter(verdict => verdict === 'accept')).toHaveLength(4)
  })

  it('of direct queries is bounded as well, also by the number of open queries', async () => {
    const { bench } = benchWithHandler()
    for (let number = 0; number < 600; number++) bench.frame(ada, signed(ada, queryBody({ number })))
    expect(bench.verifications).toBe(128)
    await bench.clock.pass(6_000)
    for (let number = 600; number < 1_300; number++) bench.frame(ada, signed(ada, queryBody({ number })))
    expect(bench.verifications).toBe(256)
  })

  it('of direct queries in one frame is dropped unverified beyond the rate of their author', async () => {
    const { bench } = benchWithHandler()
    const frame = (from: number) =>
      bench.frame(ada, ...Array.from({ length: 2_000 }, (_, i) => signed(ada, broadcastBody(from + i))))
    frame(0)
    expect([bench.verifications, bench.broadcasts.length]).toEqual([512, 512])
    expect(bench.excessBytes).toBeGreaterThan(1_488 * 512)
    await bench.clock.pass(50)
    frame(2_000)
    expect(bench.verifications).toBe(512 + 6)
  })

  it('of repeated direct queries counts against the peer', () => {
    const { bench } = benchWithHandler()
    const query = signed(ada, queryBody())
    for (let i = 0; i < 512; i++) bench.frame(ada, query)
    expect(bench.excessBytes).toBe(0)
    bench.frame(ada, ...Array.from({ length: 100 }, () => query))
    expect([bench.verifications, bench.excessBytes]).toEqual([1, 100 * (query.payload.length + 512)])
  })

  it('of queries whose verification is in progress at the same time counts against the peer', async () => {
    const { bench } = benchWithHandler()
    bench.isAsync = true
    const queries = Array.from({ length: 40 }, (_, number) => signed(ada, queryBody({ number })))
    const verdicts = await Promise.all(queries.map(query => bench.rumor(bob, query)))
    expect(verdicts.filter(verdict => verdict === 'accept')).toHaveLength(32)
    expect(bench.excessBytes).toBeGreaterThan(8 * 512)
  })

  it('of answers by one member in one frame costs one verification', () => {
    const { bench } = benchWithHandler()
    const asked = bench.ask()
    const query = queryId(bench.lastFact)
    bench.frame(ada, ...Array.from({ length: 100 }, (_, i) => signed(ada, answerTo(query, i))))
    expect([asked.answers.map(({ author }) => author), bench.verifications]).toEqual([[ada], 1])
    expect(bench.excessBytes).toBeGreaterThan(99 * 512)
  })

  it('of queries of many members leaves room for those of others', async () => {
    const { bench, handler } = benchWithHandler()
    const hostile = Array.from({ length: 8 }, (_, i) => idOf(`hostile ${i}`))
    bench.members = [...bench.members, ...hostile]
    const ask = (from: string | undefined, number: number) =>
      bench.frame(from, signed(from, queryBody({ number, timeoutMs: 60_000 })))
    for (const id of hostile) for (let number = 0; number < 140; number++) ask(id, number)
    await bench.clock.pass(100)
    handler.mockClear()
    for (let number = 0; number < 200; number++) ask(ada, number)
    await bench.clock.pass(100)
    expect(bench.answersTo(ada).length).toBeGreaterThan(100)
    const verified = bench.verifications
    for (const id of hostile) ask(id, 200)
    expect(bench.verifications - verified).toBeLessThan(8)
  })

  it('of queries with short timeouts runs no more handlers at once than others do', async () => {
    const bench = new QueriesBench()
    const handler = vi.fn(() => new Promise(() => {}))
    bench.handlers.add('name', handler)
    const ask = async (from: string | undefined, number: number) => {
      bench.frame(from, signed(from, queryBody({ number, timeoutMs: 0 })))
      await bench.clock.pass(10)
    }
    for (let number = 0; number < 50; number++) await ask(ada, number)
    expect(handler).toHaveBeenCalledTimes(8)
    for (let number = 0; number < 50; number++) await ask(bob, number)
    expect(handler).toHaveBeenCalledTimes(16)
    // A handler that never settles loses its place after a minute.
    await bench.clock.pass(60_000)
    await ask(ada, 50)
    expect(handler).toHaveBeenCalledTimes(17)
  })

  it('of direct queries in the names of others does nothing', () => {
    const { bench, handler } = benchWithHandler()
    for (let number = 0; number < 20; number++) bench.frame(eve, signed(ada, queryBody({ number })))
    expect([handler.mock.calls.length, bench.verifications]).toEqual([0, 0])
    expect(bench.excessBytes).toBeGreaterThan(20 * 512)
  })

  it('of answers to no query counts against the peer, and costs no verification', () => {
    const { bench } = benchWithHandler()
    for (let i = 0; i < 50; i++) bench.frame(eve, signed(eve, answerTo(`${10 + i}`.repeat(16))))
    expect([bench.verifications, bench.sent]).toEqual([0, []])
    expect(bench.excessBytes).toBeGreaterThan(50 * 512)
  })

  it('of broadcasts shares the rate of queries', () => {
    const { bench } = benchWithHandler()
    for (let number = 0; number < 100; number++)
      bench.rumor(bob, signed(ada, { type: 'broadcast', generation: 1, number, name: 'x', value: number }))
    expect(bench.broadcasts).toHaveLength(32)
  })
})

describe('an answer', () => {
  it('counts once for each member that was asked, and only while the query runs', async () => {
    const { bench } = benchWithHandler()
    const asked = bench.ask([ada ?? '', eve ?? ''])
    await bench.clock.pass(10)
    const id = queryId(bench.lastFact)
    bench.frame(ada, signed(ada, answerTo(id, 'first')))
    bench.frame(ada, signed(ada, answerTo(id, 'second')))
    bench.frame(bob, signed(ada, answerTo(id, 'replayed')))
    bench.frame(bob, signed(bob, answerTo(id, 'not asked')))
    bench.frame(ada, signed(eve, answerTo(id, 'forged'), ada))
    await bench.clock.pass(5_000)
    expect(asked.answers.map(({ outcome }) => outcome)).toEqual([{ value: 'first' }])
    expect(asked.missing).toEqual([eve])
    expect(bench.violations).toEqual([`bad-signature by ${ada}`])
    bench.frame(bob, signed(eve, answerTo(id, 'late')))
    await bench.clock.pass(10)
    expect(asked.answers).toHaveLength(1)
  })

  it('to another member is relayed once for each author that was asked, and not after the deadline', async () => {
    const { bench } = benchWithHandler()
    const query = signed(eve, queryBody({ to: [ada ?? ''] }))
    bench.rumor(bob, query)
    const id = queryId(query)
    bench.frame(ada, signed(ada, answerTo(id)))
    bench.frame(ada, signed(ada, answerTo(id, 2)))
    bench.frame(bob, signed(bob, answerTo(id, 'not asked')))
    await bench.clock.pass(100)
    expect(bench.sent.map(({ to, facts }) => [to, facts.map(({ author }) => author)])).toEqual([[bob, [ada]]])
    const late = signed(eve, queryBody({ number: 2 }))
    bench.rumor(bob, late)
    await bench.clock.pass(5_000)
    bench.sent.length = 0
    bench.frame(ada, signed(ada, answerTo(queryId(late))))
    await bench.clock.pass(100)
    expect(bench.sent).toEqual([])
  })

  it('of many members needs few frames', async () => {
    const bench = new QueriesBench()
    const authors = Array.from({ length: 50 }, (_, i) => idOf(`member ${i}`))
    bench.members = [...bench.members, ...authors]
    const query = signed(eve, queryBody({ to: authors }))
    bench.rumor(bob, query)
    for (const author of authors) bench.frame(ada, signed(author, answerTo(queryId(query))))
    await bench.clock.pass(100)
    expect(bench.answersTo(bob)).toHaveLength(50)
    expect(bench.sent).toHaveLength(2)
  })

  it('beyond the rate of one asker is not relayed', async () => {
    const bench = new QueriesBench()
    const authors = Array.from({ length: 400 }, (_, i) => idOf(`member ${i}`))
    bench.members = [...bench.members, ...authors]
    const query = signed(eve, queryBody())
    bench.rumor(bob, query)
    for (const author of authors)
      bench.frame(ada, signed(author, answerTo(queryId(query), 'x'.repeat(16_000))))
    await bench.clock.pass(100)
    // 4 MiB, and 512 bytes at most of each answer besides its value.
    expect(bench.answersTo(bob).length).toBeGreaterThan(250)
    expect(bench.answersTo(bob).length).toBeLessThan(265)
  })
})

describe('this member', () => {
  it('asks connected members directly, and others by rumor', () => {
    const bench = new QueriesBench()
    bench.ask([ada ?? '', bob ?? ''])
    expect([bench.sent.map(({ to }) => to), bench.published.length]).toEqual([[ada, bob], 0])
    bench.ask([ada ?? '', eve ?? ''])
    expect([bench.sent.length, bench.published.length]).toEqual([2, 1])
    expect(bench.lastFact).toMatchObject({ generation: 7, number: 1 })
    expect(bench.published[0]).toMatchObject({ number: 2, to: [ada, eve] })
  })

  it('asks no more than others take, and has at most 64 queries running', async () => {
    const bench = new QueriesBench()
    for (let i = 0; i < 16; i++) bench.ask()
    expect(() => bench.ask()).toThrow(RateLimitError)
    expect(() => bench.driver.broadcast('x', 1)).toThrow(RateLimitError)
    for (let i = 0; i < 48; i++) bench.ask([ada ?? ''])
    expect(() => bench.ask([ada ?? ''])).toThrow(/64 queries are running/)
    await bench.clock.pass(5_000)
    for (let i = 0; i < 10; i++) bench.ask()
    expect(() => bench.ask()).toThrow(RateLimitError)
  })

  it('sends a query again to few members that have not answered, once', async () => {
    const bench = new QueriesBench()
    bench.ask([ada ?? '', bob ?? ''])
    const query = bench.lastFact
    bench.frame(ada, signed(ada, answerTo(queryId(query))))
    bench.sent.length = 0
    await bench.clock.pass(4_900)
    expect(bench.sent).toEqual([{ to: bob, facts: [query] }])
  })

  it('sends its answer again, once, if the author of the query asks again', async () => {
    const { bench, handler } = benchWithHandler()
    const query = signed(ada, queryBody())
    bench.rumor(bob, query)
    await bench.clock.pass(100)
    for (let i = 0; i < 3; i++) bench.frame(ada, query)
    bench.frame(bob, query)
    await bench.clock.pass(100)
    expect(handler).toHaveBeenCalledTimes(1)
    expect(bench.answersTo(ada)).toHaveLength(2)
  })

  it('stops waiting for members that left', async () => {
    const bench = new QueriesBench()
    const asked = bench.ask([ada ?? ''])
    bench.members = bench.members.filter(id => id !== ada)
    bench.driver.membersChanged([ada ?? ''])
    await bench.clock.pass(1)
    expect(asked.missing).toEqual([ada])
  })

  it('ends its queries when it stops, and answers none', async () => {
    const { bench, handler } = benchWithHandler()
    const asked = bench.ask([ada ?? ''])
    bench.driver.stop()
    bench.frame(ada, signed(ada, queryBody()))
    await bench.clock.pass(1)
    expect([asked.missing, handler.mock.calls.length]).toEqual([[ada], 0])
  })
})
