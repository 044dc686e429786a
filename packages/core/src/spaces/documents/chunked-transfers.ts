/**
 * Chunked transfers: streams of updates from one member to another, in pieces of a quarter of a megabyte.
 *
 * The receiver acknowledges applied pieces. A sender has at most 1 MiB in transit to one member, over all its
 * streams. This limit keeps presence, which shares the connection, from waiting for long, and it does not
 * overload a slow receiver. Streams to one member take turns. When a member disconnects or is silent, its
 * streams are dropped. The pieces that arrived before are applied already, so the next stream begins after
 * them.
 */
import type { EpochName } from '../../wire/epoch-name.ts'
import type { DocumentStep, Piece } from '../../wire/space-codec.ts'

/**
 * A piece with its framing fills four Noise messages. Our choice: not smaller, because each piece costs both
 * ends some fixed work.
 */
export const pieceBytes = 261_120
/** Limits of pieces and bytes in transit to one member. */
const window = { pieces: 16, bytes: 1_048_576 }
/** The receiver acknowledges after this much since its last acknowledgement, and after the last piece. */
const ackAfter = { pieces: 4, bytes: pieceBytes }
/** A stream without a piece or an acknowledgement for this long is dropped. */
const silenceTimeoutMs = 20_000
/** Limit of streams to all members, and of streams from all members, at one time. */
const maxStreams = 256

/** The updates of a stream, in order. The next update is encoded when it is needed. */
export interface UpdateSource {
  readonly updates: Iterator<Uint8Array, void, undefined>
  /** Called when the last update is sent: whether the sender's replica is synced. */
  isSynced(): boolean
  /** The epoch of the updates; undefined: any. */
  readonly epoch?: EpochName | undefined
  /** The updates are the base of the epoch. */
  readonly isPast?: boolean
}

interface Outgoing {
  readonly to: string
  readonly document: string
  readonly transfer: number
  readonly source: UpdateSource
  readonly isAnswer: boolean
  /** The unsent part of the present update. */
  rest: Uint8Array
  /** The next update. It is needed early, because the last piece of a stream is marked as the last. */
  upcoming: Uint8Array | undefined
  /** Number of pieces sent. */
  sent: number
  /** Bytes of each piece that is not acknowledged. */
  readonly inTransit: number[]
  /** Since the last piece that the receiver acknowledges. */
  readonly turn: Turn
  isDone: boolean
  lastMs: number
}

interface Incoming {
  readonly from: string
  readonly document: string
  readonly isAnswer: boolean
  /** Number of pieces received. */
  received: number
  /** Since the last acknowledgement. */
  readonly turn: Turn
  /** Pieces of the present update. */
  parts: Uint8Array[]
  bytes: number
  lastMs: number
}

/** Pieces of a stream until one is acknowledged. Both ends count in the same way. */
interface Turn {
  pieces: number
  bytes: number
}

/** What a piece completed. */
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
    // Over all streams together: unfinished updates must not fill the memory.
    const isTooMuch = () => this.#unfinishedBytes() + content.length > this.#options.maxBytes
    if (!isInTurn || !mayBegin || (isTooMuch() && !(this.#evict(from, ({ bytes }) => bytes) && !isTooMuch())))
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
    const [oldest] = this.#outgoing.keys()
    if (this.#outgoing.size >= maxStreams && oldest !== undefined) this.#outgoing.delete(oldest)
    this.#lastTransfer += 1
    this.#outgoing.set(keyOf(to, this.#lastTransfer), {
      to,
      document,
      transfer: this.#lastTransfer,
      source,
      isAnswer,
      rest: noBytes,
      upcoming: nextOf(source),
      sent: 0,
      inTransit: [],
      turn: { pieces: 0, bytes: 0 },
      isDone: false,
      lastMs: nowMs,
    })
    return this.#fill(to, nowMs)
  }

  #unfinishedBytes(): number {
    let sum = 0
    for (const { bytes } of this.#incoming.values()) sum += bytes
    return sum
  }

  /** Drops the streams of the member with the greatest amount, if it exceeds the amount of `from`. */
  #evict(from: string, amountOf: (incoming: Incoming) => number): boolean {
    const amounts = new Map([[from, 0]])
    for (const each of this.#incoming.values())
      amounts.set(each.from, (amounts.get(each.from) ?? 0) + amountOf(each))
    const [[most] = [from]] = [...amounts].sort(([, a], [, b]) => b - a)
    if (most === from) return false
    for (const [key, each] of this.#incoming) if (each.from === most) this.#incoming.delete(key)
    return true
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

const noBytes = new Uint8Array()

const keyOf = (member: string, transfer: number): string => `${member} ${transfer}`

function nextOf(source: UpdateSource): Uint8Array | undefined {
  return source.updates.next().value ?? undefined
}

function nextPiece(outgoing: Outgoing): Piece {
  const { transfer, source, isAnswer } = outgoing
  if (outgoing.rest.length === 0) {
    outgoing.rest = outgoing.upcoming ?? noBytes
    outgoing.upcoming = outgoing.upcoming && nextOf(source)
  }
  const content = outgoing.rest.subarray(0, pieceBytes)
  outgoing.rest = outgoing.rest.subarray(content.length)
  const isEndOfUpdate = outgoing.rest.length === 0
  const isLast = isEndOfUpdate && outgoing.upcoming === undefined
  const isSynced = isLast && isAnswer && source.isSynced()
  outgoing.isDone = isLast
  const index = outgoing.sent
  outgoing.sent += 1
  outgoing.inTransit.push(content.length)
  return { transfer, index, content, isEndOfUpdate, isLast, isAnswer, isSynced }
}

/** Whether the receiver acknowledges this piece. */
function endsTurn(turn: Turn, { content, isLast }: Piece): boolean {
  turn.pieces += 1
  turn.bytes += content.length
  if (turn.pieces < ackAfter.pieces && turn.bytes < ackAfter.bytes && !isLast) return false
  turn.pieces = 0
  turn.bytes = 0
  return true
}

function newIncoming(from: string, document: string, isAnswer: boolean): Incoming {
  return {
    from,
    document,
    isAnswer,
    received: 0,
    turn: { pieces: 0, bytes: 0 },
    parts: [],
    bytes: 0,
    lastMs: 0,
  }
}

function joined(incoming: Incoming): Uint8Array {
  const { parts, bytes } = incoming
  incoming.parts = []
  incoming.bytes = 0
  const [only] = parts
  if (parts.length === 1 && only) return only
  const update = new Uint8Array(bytes)
  let at = 0
  for (const part of parts) {
    update.set(part, at)
    at += part.length
  }
  return update
}
