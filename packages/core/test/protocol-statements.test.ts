/**
 * Statements of docs/protocol.md and README.md that are easy to get wrong, each with a test. The name of the test is the
 * statement, and the document must still make it.
 */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { mulberry32 } from '../../../test/helpers/mulberry32.ts'
import { forgedFact, idOf, recordBody, signedFact, testTag } from '../../../test/helpers/signed-facts.ts'
import { Overlay } from '../src/overlay/overlay.ts'
import { ChunkedTransfers } from '../src/spaces/documents/chunked-transfers.ts'
import type { RecordFact } from '../src/table/row.ts'
import { decodeHello, encodeHello } from '../src/wire/hello.ts'
import { ProbeFrame, SyncFrame } from '../src/wire/messages.ts'
import { QueryFrame } from '../src/wire/query-messages.ts'
import { SpaceFrame } from '../src/wire/space-messages.ts'
import { MemberBench, startEpochMs } from './member/member-bench.ts'
import { InboundBench, nowEpochMs } from './runtime/inbound-bench.ts'

const textOfPage = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../../${path}`, import.meta.url)), 'utf8')
const pages = { protocol: textOfPage('docs/protocol.md'), readme: textOfPage('README.md') }

function states(page: keyof typeof pages, statement: string, proof: () => void): void {
  it(`${page}: ${statement}`, () => {
    expect(pages[page]).toContain(statement)
    proof()
  })
}

const [ada, bob, carol] = [idOf('ada'), idOf('bob'), idOf('carol')]
const body = (version = 1) => recordBody({ incarnation: nowEpochMs, version })

states(
  'protocol',
  'If a rumor contains at least one new fact, the receiver verifies the signatures of all facts in it that it has not verified before, because other members count a forged fact against the member that forwarded it.',
  () => {
    const bench = new InboundBench()
    bench.merge(signedFact(ada, body()), signedFact(carol, body()))
    const dave = idOf('dave')
    expect(bench.rumor(signedFact(carol, body()), signedFact(dave, body()))).toBe('accept')
    expect(bench.verified.splice(0)).toEqual([dave])
    expect(bench.rumor(signedFact(bob, body()), forgedFact(ada, body()))).toBe('reject')
    expect(bench.verified).toEqual([bob, ada])
    expect(bench.table.get(bob)).toBeUndefined()
    expect(bench.violations).toEqual(['bad-signature relay'])
  },
)

states('protocol', 'Each fact allows this exception once, so repackaged old facts do not circulate.', () => {
  const bench = new InboundBench()
  const facts = [ada, bob].map(author => signedFact(author, body()))
  const [first, second] = facts
  if (!first || !second) throw new Error('two facts')
  bench.merge(first, second)
  expect(bench.rumor(first)).toBe('accept')
  expect(bench.rumor(first)).toBe('ignore')
  expect(bench.rumor(first, second)).toBe('accept')
  expect(bench.rumor(second, first)).toBe('ignore')
  expect(bench.rumor(second)).toBe('ignore')
  expect(bench.verified).toEqual([])
})

states(
  'protocol',
  'It may forward the rumor if each fact in it equals the stored fact byte for byte, and at least one of these facts was not part of any rumor that the receiver accepted before.',
  () => {
    const bench = new InboundBench()
    bench.merge(signedFact(ada, body(2)))
    expect(bench.rumor(signedFact(ada, body(1)))).toBe('ignore')
    expect(bench.rumor(forgedFact(ada, body(2)))).toBe('ignore')
    expect(bench.rumor(signedFact(ada, body(2)), signedFact(ada, body(1)))).toBe('ignore')
    expect(bench.rumor(signedFact(ada, body(2)))).toBe('accept')
  },
)

states(
  'protocol',
  'It merges the facts before the first one with a bad signature, and drops the others.',
  () => {
    const bench = new InboundBench()
    bench.sync({ facts: [signedFact(ada, body()), forgedFact(bob, body()), signedFact(carol, body())] })
    expect([ada, bob, carol].map(id => bench.table.get(id) !== undefined)).toEqual([true, false, false])
    expect(bench.verified).toEqual([ada, bob])
    expect(bench.violations).toEqual(['bad-signature relay'])
  },
)

states('protocol', 'the receiver verifies the new facts only, in their order.', () => {
  const bench = new InboundBench()
  bench.merge(signedFact(ada, body()))
  bench.sync({ facts: [forgedFact(ada, body()), signedFact(bob, body())] })
  expect(bench.verified).toEqual([bob])
  expect(bench.violations).toEqual([])
})

const pieceOf = (index: number) => ({
  transfer: 1,
  index,
  content: new Uint8Array(10),
  isEndOfUpdate: true,
  isLast: false,
  isAnswer: false,
  isSynced: false,
})

states('protocol', 'A receiver ignores a piece whose index it has already received.', () => {
  const receiver = new ChunkedTransfers({ maxBytes: 1_000 })
  for (const index of [0, 1]) expect(receiver.received(ada, 'notes', pieceOf(index), 0)?.update).toBeDefined()
  for (const index of [1, 0]) expect(receiver.received(ada, 'notes', pieceOf(index), 0)).toBeUndefined()
  expect(receiver.received(ada, 'notes', pieceOf(2), 0)?.update).toBeDefined()
})

states('protocol', 'The receiver then stops the stream: it sends an acknowledgement of 0 pieces.', () => {
  const receiver = new ChunkedTransfers({ maxBytes: 1_000 })
  receiver.received(ada, 'notes', pieceOf(0), 0)
  expect(receiver.received(ada, 'notes', pieceOf(2), 0)).toEqual({
    update: undefined,
    end: undefined,
    ack: { document: 'notes', ack: { transfer: 1, count: 0 } },
  })
  // The stream is unknown now, so the piece that was missing cannot continue it.
  expect(receiver.received(ada, 'notes', pieceOf(1), 0)?.ack?.ack?.count).toBe(0)
})

states(
  'protocol',
  "It moves a date from the future to the present, and a date before the departed member's incarnation to that incarnation.",
  () => {
    const dated = (leftEpochMs: number) => {
      const bench = new MemberBench()
      bench.pass(1_000_000)
      bench.handle(ada, recordBody({ incarnation: startEpochMs, leaving: true, leftEpochMs }))
      const record = bench.parts.table.get(ada)?.record as RecordFact
      return bench.parts.departedMembers.departureDate(record, bench.now.epochMs) - startEpochMs
    }
    expect([1, startEpochMs + 5, startEpochMs + 9_000_000].map(dated)).toEqual([0, 5, 1_000_000])
  },
)

states(
  'protocol',
  'If it has itself seen the dead member alive, it uses a date at most 10 minutes in the past.',
  () => {
    const bench = new MemberBench()
    bench.handle(ada, recordBody({ incarnation: startEpochMs }))
    bench.endStep()
    bench.pass(3_600_000)
    const claim = { type: 'suspicion', subject: ada, incarnation: startEpochMs, refused: false } as const
    bench.handle(bob, { ...claim, epochMs: startEpochMs })
    const record = bench.parts.table.get(ada)?.record as RecordFact
    expect(bench.parts.departedMembers.departureDate(record, bench.now.epochMs)).toBe(
      bench.now.epochMs - 600_000,
    )
  },
)

states(
  'protocol',
  'In all kinds of frame, field 1 is reserved for the hello, so that one decoder reads the first frame of any stream.',
  () => {
    const hello = { cluster: testTag, epochMs: nowEpochMs }
    const bytes = encodeHello(hello)
    expect(decodeHello(bytes)).toEqual({ ok: true, value: hello })
    for (const { decode } of [ProbeFrame, SyncFrame]) expect(decode(bytes).hello).toEqual(hello)
    // Field 1, length-delimited. A space frame without a hello has no such field, and skips this one.
    expect(bytes[0]).toBe(0x0a)
    expect(SpaceFrame.decode(bytes).steps).toEqual([])
    expect(QueryFrame.decode(bytes).facts).toEqual([])
  },
)

states(
  'readme',
  'A member has up to 8 connections to ring neighbours, 2 to relays, one to a member that it draws at random, and 64 to members with which it shares rooms or configs.',
  () => {
    const self = idOf('self')
    const overlay = new Overlay({ self, bootstrap: [], cachedPeers: [], random: mulberry32(1) }, 0)
    const ids = Array.from({ length: 200 }, (_, i) => idOf(`m${i}`))
    for (const id of ids) overlay.addMember(id)
    const neighbours = overlay.neighbours(0)
    expect(neighbours.length).toBeLessThanOrEqual(8)
    const others = ids.filter(id => !neighbours.includes(id))
    const [relays, extraPeers] = [others.slice(0, 10), others.slice(10, 74)]
    overlay.setRelays(relays)
    overlay.setExtraPeers(extraPeers)
    const dials = new Set<string>()
    // The random link is drawn again after 450 s at the earliest.
    for (let nowMs = 0; nowMs < 450_000; nowMs += 1_000)
      for (const action of overlay.advance(nowMs)) if (action.type === 'dial') dials.add(action.id)
    const wanted = [...neighbours, ...relays.slice(0, 2), ...extraPeers]
    expect([...dials].filter(id => wanted.includes(id))).toHaveLength(wanted.length)
    expect(dials.size).toBeLessThanOrEqual(wanted.length + 1)
  },
)
