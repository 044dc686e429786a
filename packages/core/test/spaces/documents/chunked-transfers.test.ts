import { beforeEach, describe, expect, it } from 'vitest'
import {
  ChunkedTransfers,
  type Received,
  type TransferStep,
} from '../../../src/spaces/documents/chunked-transfers.ts'
import { pieceBytes, type UpdateSource } from '../../../src/spaces/documents/piece-stream.ts'
import type { Piece } from '../../../src/wire/document-step.ts'

const [windowPieces, ackInterval, silenceMs] = [16, 4, 20_000]
const maxBytes = 4_000_000

let sender: ChunkedTransfers
let receiver: ChunkedTransfers

beforeEach(() => {
  sender = new ChunkedTransfers({ maxBytes })
  receiver = new ChunkedTransfers({ maxBytes })
})

/** `count` updates of equal length, all of one byte value. */
function updates(count: number, bytes = 10, value = 7): UpdateSource {
  const source = Array.from({ length: count }, () => new Uint8Array(bytes).fill(value))
  return { updates: source.values() as Iterator<Uint8Array, void, undefined>, isSynced: () => true }
}

const pieceOf = ({ step }: TransferStep): Piece => {
  if (!step.piece) throw new Error('a piece')
  return step.piece
}

interface Sent {
  readonly updates: { document: string; bytes: number }[]
  readonly ends: { document: string; isSynced: boolean }[]
  readonly mostUnderWay: number
  readonly pieces: number
}

/** Passes pieces and acknowledgements between the two ends until nothing is in transit. */
function carry(first: readonly TransferStep[], nowMs = 0): Sent {
  const sent = { updates: [] as Sent['updates'], ends: [] as Sent['ends'], mostUnderWay: 0, pieces: 0 }
  const acknowledged = new Map<number, number>()
  const received = new Map<number, number>()
  for (let queue = [...first]; queue.length > 0; ) {
    const [next, ...rest] = queue
    queue = rest
    if (!next) break
    const piece = pieceOf(next)
    sent.pieces += 1
    received.set(piece.transfer, piece.index + 1)
    const total = (counts: ReadonlyMap<number, number>) => [...counts.values()].reduce((a, b) => a + b, 0)
    const underWay = total(received) + rest.length - total(acknowledged)
    sent.mostUnderWay = Math.max(sent.mostUnderWay, underWay)
    const outcome = receiver.received('a', next.step.document, piece, nowMs)
    if (outcome?.update) sent.updates.push({ document: next.step.document, bytes: outcome.update.length })
    if (outcome?.end) sent.ends.push({ document: next.step.document, ...outcome.end })
    const taken = outcome?.ack?.ack
    if (!taken) continue
    acknowledged.set(taken.transfer, taken.count)
    queue = [...queue, ...sender.acknowledged('b', taken, nowMs)]
  }
  return sent
}

describe('a stream', () => {
  it('delivers its updates in order, and states at its end whether the sender is synced', () => {
    const sent = carry(sender.answer('b', 'notes', updates(100), 0))
    expect(sent.updates).toEqual(Array.from({ length: 100 }, () => ({ document: 'notes', bytes: 10 })))
    expect(sent.ends).toEqual([{ document: 'notes', isSynced: true }])
    expect([sender.size, receiver.size]).toEqual([0, 0])
  })

  it('cuts a long update into pieces and joins them', () => {
    const long = new Uint8Array(3 * pieceBytes + 5).map((_, i) => i % 251)
    const source = { updates: [long].values() as UpdateSource['updates'], isSynced: () => false }
    const outcomes: (Received | undefined)[] = sender
      .answer('b', 'notes', source, 0)
      .map(step => receiver.received('a', 'notes', pieceOf(step), 0))
    expect(outcomes.map(outcome => outcome?.update?.length)).toEqual([
      undefined,
      undefined,
      undefined,
      long.length,
    ])
    expect(outcomes.at(-1)?.update).toEqual(long)
    expect(outcomes.at(-1)?.end).toEqual({ isSynced: false })
  })

  it('without updates is one empty piece, which ends it', () => {
    const steps = sender.answer('b', 'notes', updates(0), 0)
    expect(steps.map(step => pieceOf(step).content.length)).toEqual([0])
    const sent = carry(steps)
    expect([sent.updates, sent.ends]).toEqual([[], [{ document: 'notes', isSynced: true }]])
    expect([sender.size, receiver.size]).toEqual([0, 0])
  })

  it('without a request ends without a statement whether the sender is synced', () => {
    const sent = carry(sender.push('b', 'notes', updates(9), 0))
    expect([sent.updates.length, sent.ends]).toEqual([9, []])
    expect([sender.size, receiver.size]).toEqual([0, 0])
  })

  it('encodes its updates only as far as the window allows', () => {
    let encoded = 0
    function* encode(): Generator<Uint8Array, void, undefined> {
      for (; encoded < 1_000; encoded++) yield new Uint8Array(10)
    }
    sender.answer('b', 'notes', { updates: encode(), isSynced: () => true }, 0)
    expect(encoded).toBeLessThanOrEqual(windowPieces + 1)
  })
})

describe('the window', () => {
  it('allows 16 pieces in transit to one member', () => {
    const steps = sender.answer('b', 'notes', updates(1_000), 0)
    expect(steps.length).toBe(windowPieces)
    expect(carry(steps).mostUnderWay).toBe(windowPieces)
  })

  it('allows about a megabyte in transit to one member', () => {
    const steps = sender.answer('b', 'notes', updates(100, pieceBytes), 0)
    const bytes = steps.reduce((sum, step) => sum + pieceOf(step).content.length, 0)
    expect([steps.length, bytes]).toEqual([4, 4 * pieceBytes])
  })

  it('opens with an acknowledgement of each quarter of a megabyte', () => {
    const acks = sender
      .answer('b', 'notes', updates(100, pieceBytes / 2 + 1), 0)
      .map(step => receiver.received('a', 'notes', pieceOf(step), 0)?.ack?.ack?.count)
    expect(acks).toEqual([undefined, 2, undefined, 4, undefined, 6, undefined, 8])
    expect(sender.acknowledged('b', { transfer: 1, count: 2 }, 0).length).toBe(2)
  })

  it('is shared by all streams to one member, independently of other members', () => {
    expect(sender.answer('b', 'notes', updates(1_000), 0).length).toBe(windowPieces)
    expect(sender.answer('b', 'other', updates(1_000), 0).length).toBe(0)
    expect(sender.answer('c', 'notes', updates(1_000), 0).length).toBe(windowPieces)
  })

  it('opens with an acknowledgement of each fourth piece', () => {
    const acks = sender
      .answer('b', 'notes', updates(1_000), 0)
      .map(step => receiver.received('a', 'notes', pieceOf(step), 0)?.ack?.ack?.count)
    expect(acks.filter(each => each !== undefined)).toEqual([4, 8, 12, 16])
    const more = sender.acknowledged('b', { transfer: 1, count: ackInterval }, 0)
    expect(more.length).toBe(ackInterval)
  })

  it('does not open wider for acknowledgements that are repeated, late, or of pieces never sent', () => {
    sender.answer('b', 'notes', updates(1_000), 0)
    expect(sender.acknowledged('b', { transfer: 1, count: 8 }, 0).length).toBe(8)
    expect(sender.acknowledged('b', { transfer: 1, count: 8 }, 0).length).toBe(0)
    expect(sender.acknowledged('b', { transfer: 1, count: 4 }, 0).length).toBe(0)
    expect(sender.acknowledged('b', { transfer: 1, count: 999 }, 0).length).toBe(0)
    expect(sender.acknowledged('b', { transfer: 9, count: 4 }, 0).length).toBe(0)
    expect(sender.acknowledged('c', { transfer: 1, count: 12 }, 0).length).toBe(0)
  })

  it.each([2, 5, 6, 16, 17, 64])('lets %i long streams to one member end', count => {
    const names = Array.from({ length: count }, (_, i) => `d${i}`)
    const steps = names.flatMap(name => sender.answer('b', name, updates(30), 0))
    const sent = carry(steps)
    expect(new Set(sent.ends.map(({ document }) => document))).toEqual(new Set(names))
    expect(sent.updates.length).toBe(30 * count)
    expect(sent.mostUnderWay).toBeLessThanOrEqual(windowPieces)
    expect([sender.size, receiver.size]).toEqual([0, 0])
  })

  it('is shared fairly: a short stream does not wait for a long one', () => {
    const steps = [
      ...sender.answer('b', 'long', updates(10_000), 0),
      ...sender.answer('b', 'short', updates(3), 0),
    ]
    const order: string[] = []
    for (let queue = steps; queue.length > 0 && !order.includes('short ended'); ) {
      const [next, ...rest] = queue
      if (!next) break
      const piece = pieceOf(next)
      order.push(piece.isLast ? `${next.step.document} ended` : next.step.document)
      const taken = receiver.received('a', next.step.document, piece, 0)?.ack?.ack
      queue = [...rest, ...(taken ? sender.acknowledged('b', taken, 0) : [])]
    }
    expect(order.length).toBeLessThan(3 * windowPieces)
  })
})

describe('a receiver', () => {
  const piece = (change: Partial<Piece>): Piece => ({
    transfer: 1,
    index: 0,
    content: new Uint8Array(1),
    isEndOfUpdate: false,
    isLast: false,
    isAnswer: true,
    isSynced: false,
    ...change,
  })

  const stopped = (transfer = 1) => ({ transfer, count: 0 })
  const take = (from: string, document: string, change: Partial<Piece>) =>
    receiver.received(from, document, piece(change), 0)

  it('stops a stream with a lost piece, and accepts nothing more of it', () => {
    expect(take('a', 'notes', { index: 1 })?.ack?.ack).toEqual(stopped())
    expect(take('a', 'notes', { index: 0 })?.ack).toBeUndefined()
    expect(take('a', 'notes', { index: 2 })?.ack?.ack).toEqual(stopped())
    expect(take('a', 'notes', { index: 1, isEndOfUpdate: true })).toEqual({
      update: undefined,
      end: undefined,
      ack: { document: 'notes', ack: stopped() },
    })
  })

  it('ignores a repeated piece, and confuses neither members nor documents', () => {
    expect(take('a', 'notes', { index: 0 })).toBeDefined()
    expect(take('a', 'notes', { index: 0 })).toBeUndefined()
    expect(take('c', 'notes', { index: 1 })?.ack?.ack).toEqual(stopped())
    expect(take('a', 'notes', { index: 1, isEndOfUpdate: true })?.update?.length).toBe(2)
    expect(take('a', 'other', { index: 2 })?.ack).toEqual({ document: 'other', ack: stopped() })
  })

  it('limits the bytes of unfinished updates', () => {
    const content = new Uint8Array(pieceBytes)
    let taken = 0
    while (take('a', 'notes', { index: taken, content })?.ack?.ack?.count !== 0) taken += 1
    expect(taken).toBe(Math.floor(maxBytes / pieceBytes))
    expect(receiver.size).toBe(0)
  })

  it('limits the pieces of unfinished updates, which use memory even without content', () => {
    const content = new Uint8Array()
    let taken = 0
    while (taken < 9_000 && take('greedy', 'notes', { index: taken, content })?.ack?.ack?.count !== 0)
      taken += 1
    expect([taken, receiver.size]).toEqual([8_192, 0])
    for (let index = 0; index < 8_192; index++) take('greedy', 'notes', { index, content })
    expect(carry(sender.answer('b', 'notes', updates(1, 3 * pieceBytes), 0)).ends.length).toBe(1)
  })

  it('drops an unfinished answer when the next one about the same document begins', () => {
    take('a', 'notes', { transfer: 1 })
    take('a', 'other', { transfer: 2 })
    take('a', 'notes', { transfer: 3, isAnswer: false })
    expect(receiver.size).toBe(3)
    take('a', 'notes', { transfer: 4 })
    expect(receiver.size).toBe(3)
  })

  it('accepts the streams of others although a member begins more than it ends', () => {
    const content = new Uint8Array(pieceBytes)
    for (let i = 0; i < Math.floor(maxBytes / pieceBytes); i++)
      receiver.received('greedy', 'notes', piece({ transfer: 1 + i, content }), 0)
    expect(carry(sender.answer('b', 'notes', updates(1, 3 * pieceBytes), 0)).ends.length).toBe(1)
  })

  it('accepts the streams of others although a member begins endless streams of one byte', () => {
    for (let transfer = 1; transfer < 1_000; transfer++)
      receiver.received('greedy', 'notes', piece({ transfer }), 0)
    expect(carry(sender.answer('b', 'notes', updates(1, 3 * pieceBytes), 0)).ends.length).toBe(1)
    expect(receiver.size).toBeLessThanOrEqual(256)
  })

  it('accepts an update in pieces of one byte', () => {
    for (let index = 0; index < 999; index++)
      expect(receiver.received('a', 'notes', piece({ index }), 0)?.update).toBeUndefined()
    const last = receiver.received('a', 'notes', piece({ index: 999, isEndOfUpdate: true, isLast: true }), 0)
    expect(last?.update?.length).toBe(1_000)
  })

  it('stops a stream that it rejects, and other streams continue at once', () => {
    const steps = sender.answer('b', 'rejected', updates(1_000), 0)
    expect(sender.answer('b', 'wanted', updates(1_000), 0)).toEqual([])
    const [first] = steps
    if (!first) throw new Error('a first piece')
    receiver.received('a', 'rejected', pieceOf(first), 0)
    const stop = receiver.cancel('a', 'rejected', pieceOf(first).transfer)
    if (!stop.ack) throw new Error('a step that stops the stream')
    expect(receiver.size).toBe(0)
    const more = sender.acknowledged('b', stop.ack, 0)
    expect(more.map(({ step }) => step.document)).toEqual(
      Array.from({ length: windowPieces }, () => 'wanted'),
    )
    expect(sender.size).toBe(1)
  })
})

describe('stored streams', () => {
  it('are dropped when the connection of their member closes', () => {
    sender.answer('b', 'notes', updates(1_000), 0)
    sender.push('b', 'notes', updates(1_000), 0)
    sender.push('c', 'notes', updates(1_000), 0)
    sender.closed('b')
    expect(sender.size).toBe(1)
    expect(sender.acknowledged('b', { transfer: 1, count: 4 }, 0)).toEqual([])
    const [first] = sender.answer('d', 'notes', updates(2), 0)
    if (!first) throw new Error('a first piece')
    receiver.received('a', 'notes', pieceOf(first), 0)
    receiver.closed('a')
    expect(receiver.size).toBe(0)
  })

  it('are dropped when their member is silent for 20 s', () => {
    const [first] = sender.answer('b', 'notes', updates(1_000), 0)
    if (!first) throw new Error('a first piece')
    receiver.received('a', 'notes', pieceOf(first), 0)
    for (const transfers of [sender, receiver]) {
      transfers.sweep(silenceMs)
      expect(transfers.size).toBe(1)
      transfers.sweep(silenceMs + 1)
      expect(transfers.size).toBe(0)
    }
  })

  it('stay while they wait for their turn, as long as the member acknowledges others', () => {
    sender.answer('b', 'long', updates(1_000), 0)
    sender.answer('b', 'waits', updates(1_000), 0)
    sender.acknowledged('b', { transfer: 1, count: 0 }, 0)
    sender.answer('b', 'later', updates(1_000), 0)
    sender.acknowledged('b', { transfer: 2, count: 4 }, silenceMs)
    sender.sweep(silenceMs + 1)
    expect(sender.size).toBe(2)
  })

  it('are dropped when another answer to the same member about the same document begins', () => {
    sender.answer('b', 'notes', updates(1_000), 0)
    sender.push('b', 'notes', updates(2), 0)
    const steps = sender.answer('b', 'notes', updates(3), 0)
    expect(sender.size).toBe(2)
    expect(steps.map(step => pieceOf(step).isAnswer)).toEqual([false, false, true, true, true])
    expect(sender.acknowledged('b', { transfer: 1, count: 4 }, 0)).toEqual([])
  })

  it('continue although another member requests more documents than there may be streams', () => {
    const steps = sender.answer('b', 'notes', updates(1, 12 * pieceBytes), 0)
    for (let i = 0; i < 300; i++) sender.answer('greedy', `${i}`, updates(100), 0)
    expect(sender.size).toBe(256)
    expect(carry(steps).ends.length).toBe(1)
  })

  it('make room for those of another member if a member has almost all', () => {
    for (let i = 0; i < 300; i++) sender.answer('greedy', `${i}`, updates(100), 0)
    expect(carry(sender.answer('b', 'notes', updates(1, 12 * pieceBytes), 0)).ends.length).toBe(1)
  })

  it('continue although more members request a document than there may be streams', () => {
    const steps = sender.answer('b', 'notes', updates(1, 12 * pieceBytes), 0)
    for (let i = 0; i < 300; i++) sender.answer(`m${i}`, 'notes', updates(100), 0)
    expect(sender.size).toBe(256)
    expect(carry(steps).ends.length).toBe(1)
  })

  it('are limited for members that never acknowledge', () => {
    for (let i = 0; i < 1_000; i++) sender.push(`m${i}`, 'notes', updates(100), 0)
    expect(sender.size).toBeLessThanOrEqual(256)
  })
})
