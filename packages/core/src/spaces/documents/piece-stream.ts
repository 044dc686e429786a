/**
 * Piece stream: one stream of updates from one member to another, at its sending and at its receiving end.
 *
 * An update is cut into pieces of a quarter of a megabyte. The receiver acknowledges at the end of a turn. Both ends
 * count turns in the same way, so the sender knows which pieces will be acknowledged.
 */

import type { Piece } from '../../wire/document-step.ts'
import type { EpochName } from '../../wire/epoch-name.ts'

/**
 * A piece with its framing fills four Noise messages. Our choice: not smaller, because each piece costs both
 * ends some fixed work.
 */
export const pieceBytes = 261_120
/**
 * The receiver acknowledges when this many pieces or bytes have arrived since its last acknowledgement, and after the last
 * piece.
 */
export const ackAfter: { readonly pieces: number; readonly bytes: number } = { pieces: 4, bytes: pieceBytes }
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

export interface Outgoing {
  readonly to: string
  readonly document: string
  readonly transfer: number
  readonly source: UpdateSource
  readonly isAnswer: boolean
  /** The unsent part of the present update. */
  rest: Uint8Array
  /** The next update, read early because the last piece of a stream is marked as the last. */
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

export interface Incoming {
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

const noBytes = new Uint8Array()

/** Begins a stream at its sending end. */
export function newOutgoing(
  stream: Pick<Outgoing, 'to' | 'document' | 'transfer' | 'source' | 'isAnswer'>,
  nowMs: number,
): Outgoing {
  return {
    ...stream,
    rest: noBytes,
    upcoming: nextOf(stream.source),
    sent: 0,
    inTransit: [],
    turn: { pieces: 0, bytes: 0 },
    isDone: false,
    lastMs: nowMs,
  }
}

function nextOf(source: UpdateSource): Uint8Array | undefined {
  return source.updates.next().value ?? undefined
}

/** Takes the next piece to send. */
export function nextPiece(outgoing: Outgoing): Piece {
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

/** Counts a piece. @returns whether the receiver acknowledges it */
export function endsTurn(turn: Turn, { content, isLast }: Piece): boolean {
  turn.pieces += 1
  turn.bytes += content.length
  if (turn.pieces < ackAfter.pieces && turn.bytes < ackAfter.bytes && !isLast) return false
  turn.pieces = 0
  turn.bytes = 0
  return true
}

/** Begins a stream at its receiving end. */
export function newIncoming(from: string, document: string, isAnswer: boolean): Incoming {
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

/** Takes the pieces of the present update, joined. */
export function joined(incoming: Incoming): Uint8Array {
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
