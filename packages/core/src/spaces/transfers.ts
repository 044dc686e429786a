/**
 * Transfers: updates that are too long for one frame, in pieces that the receiver asks for one after the other.
 *
 * So a slow receiver is never flooded, and nothing is held for one that has gone: what was not asked for in a while
 * is dropped, and the next exchange starts from the documents as they are then.
 */
import type { DocumentStep, Piece } from '../wire/space-codec.ts'

export const pieceBytes = 262_144
/** Nothing was heard of a transfer for so long: given up. */
const patienceMs = 20_000
const maxOutgoing = 64

export interface TransfersOptions {
  /** Longest update that is taken. */
  readonly maxBytes: number
}

interface Outgoing {
  readonly transfer: number
  readonly update: Uint8Array
  lastMs: number
}

interface Incoming {
  readonly from: string
  readonly transfer: number
  readonly total: number
  /** As they came, one after the other: what is only claimed takes no room. */
  readonly pieces: Uint8Array[]
  filled: number
  lastMs: number
}

export class Transfers {
  readonly #options: TransfersOptions
  /** By receiver and document. */
  readonly #outgoing = new Map<string, Outgoing>()
  /** By document: of one member at a time. */
  readonly #incoming = new Map<string, Incoming>()
  #last = 0

  constructor(options: TransfersOptions) {
    this.#options = options
  }

  /** Transfers under way. */
  get size(): number {
    return this.#outgoing.size + this.#incoming.size
  }

  /** The step that carries this update, or its first piece. */
  send(to: string, document: string, update: Uint8Array, nowMs: number): DocumentStep {
    if (update.length <= pieceBytes) return { document, update }
    this.#forget(nowMs)
    const [oldest] = this.#outgoing.keys()
    if (this.#outgoing.size >= maxOutgoing && oldest !== undefined) this.#outgoing.delete(oldest)
    this.#last += 1
    const outgoing = { transfer: this.#last, update, lastMs: nowMs }
    this.#outgoing.set(`${to} ${document}`, outgoing)
    return { document, piece: pieceOf(outgoing, 0) }
  }

  /** The piece that was asked for; undefined: that transfer is over. */
  wanted(
    to: string,
    document: string,
    { transfer, offset }: { transfer: number; offset: number },
    nowMs: number,
  ): DocumentStep | undefined {
    const key = `${to} ${document}`
    const outgoing = this.#outgoing.get(key)
    if (outgoing?.transfer !== transfer) return undefined
    if (offset >= outgoing.update.length) {
      this.#outgoing.delete(key)
      return undefined
    }
    outgoing.lastMs = nowMs
    return { document, piece: pieceOf(outgoing, offset) }
  }

  /** A piece came: what to ask for next, or the whole update. Undefined: it is not wanted. */
  received(
    from: string,
    document: string,
    piece: Piece,
    nowMs: number,
  ): { next: DocumentStep } | { update: Uint8Array } | undefined {
    this.#forget(nowMs)
    const { transfer, offset, total, content } = piece
    const known = this.#incoming.get(document)
    const isKnown = known?.from === from && known.transfer === transfer
    if (!isKnown && (known || offset !== 0 || total > this.#options.maxBytes)) return undefined
    const incoming = isKnown ? known : { from, transfer, total, pieces: [], filled: 0, lastMs: nowMs }
    if (offset !== incoming.filled || total !== incoming.total || content.length === 0) return undefined
    incoming.pieces.push(content)
    incoming.filled += content.length
    incoming.lastMs = nowMs
    if (incoming.filled === total) {
      this.#incoming.delete(document)
      return { update: joined(incoming) }
    }
    this.#incoming.set(document, incoming)
    return { next: { document, wanted: { transfer, offset: incoming.filled } } }
  }

  /** Nobody waits for this member any more. */
  closed(id: string): void {
    for (const key of this.#outgoing.keys()) if (key.startsWith(`${id} `)) this.#outgoing.delete(key)
    for (const [document, { from }] of this.#incoming) if (from === id) this.#incoming.delete(document)
  }

  #forget(nowMs: number): void {
    for (const transfers of [this.#outgoing, this.#incoming])
      for (const [key, { lastMs }] of transfers) if (nowMs - lastMs > patienceMs) transfers.delete(key)
  }
}

function joined({ total, pieces }: Incoming): Uint8Array {
  const update = new Uint8Array(total)
  let at = 0
  for (const piece of pieces) {
    update.set(piece, at)
    at += piece.length
  }
  return update
}

function pieceOf({ transfer, update }: Outgoing, offset: number): Piece {
  const content = update.subarray(offset, offset + pieceBytes)
  return { transfer, offset, total: update.length, content }
}
