/**
 * Chunked transfers: the streams of updates of one space, from and to other members.
 *
 * A sender has about 1 MiB of one space in transit to one member, over all streams of that space. A sender starts a turn only
 * while a quarter of a megabyte of that window is free, and a turn may exceed the window by less than one piece. So presence,
 * which shares the connection, does not wait for long, and a slow receiver is not overloaded. Streams to one member take turns.
 *
 * When a member disconnects or is silent, its streams are dropped. The complete updates that arrived before are applied
 * already, so the next stream begins after them. The pieces of an incomplete update are sent again.
 */
import type { DocumentStep, Piece } from '../../wire/document-step.ts'
import {
  ackAfter,
  endsTurn,
  type Incoming,
  joined,
  newIncoming,
  newOutgoing,
  nextPiece,
  type Outgoing,
  type UpdateSource,
} from './piece-stream.ts'

/**
 * How many pieces and bytes of one space may be in transit to one member. The last turn may exceed the limit of bytes.
 */
const window = { pieces: 16, bytes: 1_048_576 }
/** A stream without a piece or an acknowledgement for this long is dropped. */
const silenceTimeoutMs = 20_000
/**
 * Limit of streams to all members, and of streams from all members, at one time. At the limit, a further stream begins only if
 * another member has more streams: then streams to or from that member end. A member that gets no stream requests again.
 */
const maxStreams = 256
/**
 * Limit of the pieces of all incomplete updates together, because even a piece without content uses memory. Our choice: eight
 * times as many as 256 MiB have in pieces of the usual size.
 */
const maxUnfinishedPieces = 8_192

/** The result of receiving a piece. */
export interface Received {
  /** The complete update to apply. */
  readonly update: Uint8Array | undefined
  /** Set after the last piece of an answer: whether the sender's replica was synced. */
  readonly end: { readonly isSynced: boolean } | undefined
  /** The acknowledgement to send. */
  readonly ack: DocumentStep | undefined
}

export interface TransferOptions {
  /** Limit of one update, and of all incomplete updates together, in bytes. */
  readonly maxBytes: number
}

/** A step and its receiver. */
export interface TransferStep {
  readonly to: string
  readonly step: DocumentStep
}

export class ChunkedTransfers {
  readonly #options: TransferOptions
  /** In the order in which streams take turns. */
  readonly #outgoing = new Map<string, Outgoing>()
  readonly #incoming = new Map<string, Incoming>()
  #lastTransfer = 0

  constructor(options: TransferOptions) {
    this.#options = options
  }

  /** The number of open streams that send local changes. */
  get pushes(): number {
    let count = 0
    for (const { isAnswer } of this.#outgoing.values()) if (!isAnswer) count += 1
    return count
  }

  /** Transfers under way. */
  get size(): number {
    return this.#outgoing.size + this.#incoming.size
  }

  /** Answers a request; ends a present answer to the same member. @returns the first pieces */
  answer(to: string, document: string, source: UpdateSource, nowMs: number): TransferStep[] {
    for (const [key, each] of this.#outgoing)
      if (each.to === to && each.document === document && each.isAnswer) this.#outgoing.delete(key)
    return this.#begin(to, document, source, true, nowMs)
  }

  /** Sends local changes without a request. @returns the first pieces */
  push(to: string, document: string, source: UpdateSource, nowMs: number): TransferStep[] {
    return this.#begin(to, document, source, false, nowMs)
  }

  /** The receiver has accepted `count` pieces; 0: it rejects the rest. @returns further pieces */
  acknowledged(
    from: string,
    { transfer, count }: { transfer: number; count: number },
    nowMs: number,
  ): TransferStep[] {
    const outgoing = this.#outgoing.get(keyOf(from, transfer))
    if (!outgoing || count > outgoing.sent) return []
    const { sent, inTransit } = outgoing
    inTransit.splice(0, count - (sent - inTransit.length))
    outgoing.lastMs = nowMs
    if (count === 0 || (outgoing.isDone && inTransit.length === 0))
      this.#outgoing.delete(keyOf(from, transfer))
    return this.#fill(from, nowMs)
  }

  /** Handles a piece. A piece that is too early or too large stops its stream. @returns undefined: a repeated piece */
  received(from: string, document: string, piece: Piece, nowMs: number): Received | undefined {
    this.sweep(nowMs)
    const { transfer, index, content, isEndOfUpdate, isLast, isAnswer, isSynced } = piece
    const key = keyOf(from, transfer)
    const known = this.#incoming.get(key)
    if (known && index < known.received) return undefined
    const isInTurn = index === (known?.received ?? 0) && (!known || document === known.document)
    const mayBegin = known || this.#incoming.size < maxStreams || this.#evict(from, () => 1)
    // Count the bytes of all streams together, because unfinished updates must not fill the memory.
    const fits = () =>
      this.#fits(from, ({ bytes }) => bytes, this.#options.maxBytes - content.length) &&
      this.#fits(from, ({ parts }) => parts.length, maxUnfinishedPieces - 1)
    if (!isInTurn || !mayBegin || !fits())
      return { update: undefined, end: undefined, ack: this.cancel(from, document, transfer) }
    if (!known && isAnswer) this.#dropAnswers(from, document)
    const incoming = known ?? newIncoming(from, document, isAnswer)
    this.#incoming.set(key, incoming)
    incoming.received += 1
    incoming.lastMs = nowMs
    incoming.parts.push(content)
    incoming.bytes += content.length
    const update = isEndOfUpdate ? joined(incoming) : undefined
    if (isLast) this.#incoming.delete(key)
    return {
      update: update && update.length > 0 ? update : undefined,
      end: isLast && isAnswer ? { isSynced } : undefined,
      ack: endsTurn(incoming.turn, piece)
        ? { document, ack: { transfer, count: incoming.received } }
        : undefined,
    }
  }

  /** Rejects the rest of a stream. @returns the step for the sender */
  cancel(from: string, document: string, transfer: number): DocumentStep {
    this.#incoming.delete(keyOf(from, transfer))
    return { document, ack: { transfer, count: 0 } }
  }

  /** The connection closed: drops its streams in both directions. */
  closed(id: string): void {
    for (const [key, { to }] of this.#outgoing) if (to === id) this.#outgoing.delete(key)
    for (const [key, { from }] of this.#incoming) if (from === id) this.#incoming.delete(key)
  }

  #begin(
    to: string,
    document: string,
    source: UpdateSource,
    isAnswer: boolean,
    nowMs: number,
  ): TransferStep[] {
    this.sweep(nowMs)
    if (this.#outgoing.size >= maxStreams && !this.#makeRoom(to)) return []
    this.#lastTransfer += 1
    const transfer = this.#lastTransfer
    this.#outgoing.set(keyOf(to, transfer), newOutgoing({ to, document, transfer, source, isAnswer }, nowMs))
    return this.#fill(to, nowMs)
  }

  /** Whether all incoming streams together have at most this amount, perhaps after the streams of another member were dropped. */
  #fits(from: string, amountOf: (incoming: Incoming) => number, most: number): boolean {
    const isTooMuch = () => {
      let sum = 0
      for (const incoming of this.#incoming.values()) sum += amountOf(incoming)
      return sum > most
    }
    return !isTooMuch() || (this.#evict(from, amountOf) && !isTooMuch())
  }

  /** Drops the streams of the member with the greatest amount, if it exceeds the amount of `from`. */
  #evict(from: string, amountOf: (incoming: Incoming) => number): boolean {
    const amounts = [...this.#incoming.values()].map(each => [each.from, amountOf(each)] as const)
    const most = memberWithMost(from, 0, amounts)
    if (most === from) return false
    for (const [key, each] of this.#incoming) if (each.from === most) this.#incoming.delete(key)
    return true
  }

  /** Drops a stream to the member with the most streams, if it has more than `to` will have. */
  #makeRoom(to: string): boolean {
    const streams = [...this.#outgoing.values()].map(each => [each.to, 1] as const)
    const most = memberWithMost(to, 1, streams)
    if (most === to) return false
    for (const [key, each] of this.#outgoing) if (each.to === most) return this.#outgoing.delete(key)
    return false
  }

  /**
   * Drops the unfinished answers of a member: it begins a new answer only after the previous one has ended.
   */
  #dropAnswers(from: string, document: string): void {
    for (const [key, each] of this.#incoming)
      if (each.from === from && each.document === document && each.isAnswer) this.#incoming.delete(key)
  }

  /** Returns as many pieces for one member as the window allows. The streams to the member take turns. */
  #fill(to: string, nowMs: number): TransferStep[] {
    const steps: TransferStep[] = []
    let { pieces, bytes } = window
    for (const each of this.#outgoing.values()) {
      if (each.to !== to) continue
      pieces -= each.inTransit.length
      for (const length of each.inTransit) bytes -= length
    }
    for (let isFilling = true; isFilling; ) {
      isFilling = false
      for (const [key, outgoing] of [...this.#outgoing]) {
        // A turn ends with a piece that is acknowledged: otherwise many streams could fill the window for ever.
        if (outgoing.to !== to || outgoing.isDone || pieces < ackAfter.pieces || bytes < ackAfter.bytes)
          continue
        for (let isTurn = true; isTurn; ) {
          const piece = nextPiece(outgoing)
          const { document, source } = outgoing
          const { epoch, isPast = false } = source
          steps.push({ to, step: { document, epoch, past: isPast, piece } })
          pieces -= 1
          bytes -= piece.content.length
          isTurn = !endsTurn(outgoing.turn, piece)
        }
        outgoing.lastMs = nowMs
        isFilling = true
        // Moves the stream to the end of the order.
        this.#outgoing.delete(key)
        this.#outgoing.set(key, outgoing)
      }
    }
    return steps
  }

  /** Drops streams of silent members, and streams without acknowledgements. A stream that waits for its turn remains. */
  sweep(nowMs: number): void {
    const isSilent = ({ lastMs }: { lastMs: number }) => nowMs - lastMs > silenceTimeoutMs
    const [receivers, senders] = [new Set<string>(), new Set<string>()]
    for (const each of this.#outgoing.values()) if (!isSilent(each)) receivers.add(each.to)
    for (const each of this.#incoming.values()) if (!isSilent(each)) senders.add(each.from)
    for (const [key, each] of this.#outgoing)
      if (!receivers.has(each.to) || (each.inTransit.length > 0 && isSilent(each))) this.#outgoing.delete(key)
    for (const [key, { from }] of this.#incoming) if (!senders.has(from)) this.#incoming.delete(key)
  }
}

/** @param own an amount of the member `self` in addition. @returns the member with the greatest sum; `self` on a tie */
function memberWithMost(self: string, own: number, amounts: Iterable<readonly [string, number]>): string {
  const sums = new Map([[self, own]])
  for (const [member, amount] of amounts) sums.set(member, (sums.get(member) ?? 0) + amount)
  const [[most] = [self]] = [...sums].sort(([, a], [, b]) => b - a)
  return most
}

const keyOf = (member: string, transfer: number): string => `${member} ${transfer}`
