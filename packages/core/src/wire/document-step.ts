/**
 * Document step: encodes and decodes what two members send each other to sync one document.
 *
 * A step is a part of a space step (space-codec.ts). A received step is within the limits, and its content is copied if it
 * is small, so that it does not keep a received frame in memory.
 */
import { byteLength, isCount } from './checks.ts'
import { decodeEpoch, type EpochName, encodeEpoch } from './epoch-name.ts'
import { bitmapOf, decodeBucketHashes, decodeBuckets, hashBytes } from './hashes.ts'
import * as limits from './limits.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'
import type * as messages from './space-messages.ts'
import { receivedText } from './text.ts'

/** One step of the synchronisation of one document. An absent field has no meaning. */
export interface DocumentStep {
  readonly document: string
  /** The document's digest, 16 bytes. With `mutual`, the receiver sends its own digest even if both are equal. */
  readonly hash?: Uint8Array | undefined
  /** Together with `hash`: the sender's replica is synced. */
  readonly isSynced?: boolean
  /** The state vector of the sender's replica: requests the updates that the sender lacks. */
  readonly stateVector?: Uint8Array | undefined
  /** With a state vector or bucket hashes: also asks the receiver to send a request of its own. */
  readonly mutual?: boolean
  /** Limits the request to the Yjs clients in these of the 256 buckets; undefined: all clients. */
  readonly buckets?: ReadonlySet<number> | undefined
  /** 256 digests of 16 bytes, instead of a long state vector. */
  readonly bucketHashes?: Uint8Array | undefined
  readonly piece?: Piece | undefined
  /** Acknowledges that the first `count` pieces of a transfer have arrived. */
  readonly ack?: { readonly transfer: number; readonly count: number } | undefined
  /** Asks a member of the room that has not opened the document to store and sync it for a while, as a carrier. */
  readonly carry?: boolean
  /** The epoch of the sender's replica, to which the whole step belongs; undefined: the replica has no epoch yet. */
  readonly epoch?: EpochName | undefined
  /** With a piece: the piece belongs to the initial content of the epoch. Without a piece: requests that content. */
  readonly past?: boolean
  /** Answers a request for `past`: the sender does not have the initial content of the epoch. */
  readonly hasNoPast?: boolean
}

/** A part of a stream of updates, in Yjs' encoding, version 1. */
export interface Piece {
  readonly transfer: number
  /** The number of earlier pieces in the stream. */
  readonly index: number
  readonly content: Uint8Array
  /** This piece completes an update: the joined contents of all pieces since the previous end of an update. */
  readonly isEndOfUpdate: boolean
  readonly isLast: boolean
  /** The stream answers a request; false: it was sent without a request. */
  readonly isAnswer: boolean
  /** Together with `isLast` in an answer: the sender's replica is synced. */
  readonly isSynced: boolean
}

export function encodeDocumentStep(step: DocumentStep): messages.DocumentStep {
  const { document, hash, isSynced, stateVector, mutual, buckets, bucketHashes, piece, ack } = step
  return {
    document,
    mutual: mutual ?? false,
    synced: isSynced ?? false,
    carry: step.carry ?? false,
    past: step.past ?? false,
    noPast: step.hasNoPast ?? false,
    ...(hash && { hash: hash as Uint8Array<ArrayBuffer> }),
    ...(stateVector && { stateVector: stateVector as Uint8Array<ArrayBuffer> }),
    ...(buckets && { buckets: bitmapOf(buckets) }),
    ...(bucketHashes && { bucketHashes: bucketHashes as Uint8Array<ArrayBuffer> }),
    ...(piece && { piece: encodePiece(piece) }),
    ...(ack && { ack }),
    ...(step.epoch && { epoch: encodeEpoch(step.epoch) }),
  }
}

function encodePiece({ transfer, index, content, ...flags }: Piece): messages.Piece {
  return {
    transfer,
    index,
    content: content as Uint8Array<ArrayBuffer>,
    endOfUpdate: flags.isEndOfUpdate,
    last: flags.isLast,
    answer: flags.isAnswer,
    synced: flags.isSynced,
  }
}

export function decodeDocumentStep(message: messages.DocumentStep): Result<DocumentStep, DecodeFailure> {
  const { document, hash, stateVector, mutual, ack } = message
  if (byteLength(document) > limits.maxDocumentNameBytes)
    return failed('too-large', `a document name over ${limits.maxDocumentNameBytes} bytes`)
  if (hash && hash.length !== hashBytes)
    return failed('invalid', `the hash of a document has ${hashBytes} bytes`)
  if (stateVector && stateVector.length > limits.maxStateVectorBytes)
    return failed('too-large', `a state vector of ${stateVector.length} bytes`)
  const buckets = decodeBuckets(message.buckets)
  if (!buckets.ok) return buckets
  const bucketHashes = decodeBucketHashes(message.bucketHashes)
  if (!bucketHashes.ok) return bucketHashes
  if (ack && !(isCount(ack.transfer) && isCount(ack.count)))
    return failed('invalid', 'transfer and count of an acknowledgement are whole and ≥ 0')
  const piece = message.piece ? decodePiece(message.piece) : ok(undefined)
  if (!piece.ok) return piece
  const epoch = decodeEpoch(message.epoch)
  if (!epoch.ok) return epoch
  return ok({
    document: receivedText(document),
    hash,
    isSynced: message.synced,
    stateVector,
    mutual,
    buckets: buckets.value,
    bucketHashes: bucketHashes.value,
    piece: piece.value,
    ack,
    carry: message.carry,
    epoch: epoch.value,
    past: message.past,
    hasNoPast: message.noPast,
  })
}

function decodePiece({ transfer, index, content, ...flags }: messages.Piece): Result<Piece, DecodeFailure> {
  if (!isCount(transfer) || !isCount(index))
    return failed('invalid', 'transfer and index of a piece are whole and ≥ 0')
  return ok({
    transfer,
    index,
    // A subarray keeps the whole received frame in memory, so small contents are copied.
    content: 2 * content.length < content.buffer.byteLength ? content.slice() : content,
    isEndOfUpdate: flags.endOfUpdate,
    isLast: flags.last,
    isAnswer: flags.answer,
    isSynced: flags.synced,
  })
}
