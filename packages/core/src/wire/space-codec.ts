/**
 * Space codec: what members of a space say to each other, to bytes and back.
 *
 * As in `codec.ts`: decoding never throws and keeps within the limits, whatever the bytes are.
 */

import { byteLength } from './byte-length.ts'
import { hashBytes } from './codec.ts'
import { decodeEpoch, type EpochName, encodeEpoch } from './epoch-name.ts'
import { guarded } from './guarded.ts'
import { bitmapOf, bucketCount, bucketsOf } from './hashes.ts'
import { isCount } from './is-count.ts'
import { limits } from './limits.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'
import { type SpaceFact, spaceFactFromMessage, spaceFactToMessage } from './space-fact.ts'
import * as messages from './space-messages.ts'
import { bytesOfSpace, spaceFromBytes, spaceTagBytes } from './space-tag.ts'
import { receivedText } from './text.ts'

/** Which facts somebody holds. */
export interface StoredIds {
  /** Which of the 256 buckets it covers; undefined: all. */
  readonly buckets: ReadonlySet<number> | undefined
  /** The first 8 bytes of each id, as 16 hexadecimal digits. */
  readonly ids: readonly string[]
  /** Asks the receiver for its own. */
  readonly mutual: boolean
}

/** One step of the synchronisation of one document: each field that is absent says nothing. */
export interface DocumentStep {
  readonly document: string
  /** The document's digest, 16 bytes. With `mutual`, the receiver sends its own though it is equal. */
  readonly hash?: Uint8Array | undefined
  /** Beside a hash: the sender's replica is synced. */
  readonly isSynced?: boolean
  /** What the sender has: the receiver is asked for what is beyond it … */
  readonly stateVector?: Uint8Array | undefined
  /** … and, with a state vector or bucket hashes, for a request of its own. */
  readonly mutual?: boolean
  /** The request is about the clients of these of the 256 buckets; undefined: about all. */
  readonly buckets?: ReadonlySet<number> | undefined
  /** 256 digests of 16 bytes, in place of a state vector that would be long. */
  readonly bucketHashes?: Uint8Array | undefined
  readonly piece?: Piece | undefined
  /** So many pieces of a transfer have arrived. */
  readonly ack?: { readonly transfer: number; readonly count: number } | undefined
  /** Asks a member of the room that has not opened the document to carry it for a while. */
  readonly carry?: boolean
  /** In which the sender's replica is, and what everything else in this step is about; undefined: in none yet. */
  readonly epoch?: EpochName | undefined
  /** With a piece: it is a part of what the epoch began with. Without: asks for that. */
  readonly past?: boolean
  /** The answer to such a question: the sender does not know it. */
  readonly hasNoPast?: boolean
}

/** A part of a stream of updates, in Yjs' encoding, version 1. */
export interface Piece {
  readonly transfer: number
  /** Counts the pieces of a stream, from 0. */
  readonly index: number
  readonly content: Uint8Array
  /** With this piece an update is complete: the contents since the last one, joined. */
  readonly isEndOfUpdate: boolean
  readonly isLast: boolean
  /** The stream answers a request, and does not come unasked. */
  readonly isAnswer: boolean
  /** Beside `isLast` of an answer: the sender's replica is synced. */
  readonly isSynced: boolean
}

/** One step of an exchange about one space: what is absent was not said. */
export interface SpaceStep {
  /** The space tag. */
  readonly space: string
  /** 16 bytes. Opens an exchange; equal ones need no answer. */
  readonly hash?: Uint8Array | undefined
  /** 256 × 16 bytes. */
  readonly bucketHashes?: Uint8Array | undefined
  readonly storedIds?: StoredIds | undefined
  readonly facts?: readonly SpaceFact[]
  readonly more?: boolean
  readonly documents?: readonly DocumentStep[]
}

const idBytes = 8

export function encodeSpaceRumors(facts: readonly SpaceFact[]): Uint8Array {
  return messages.SpaceRumors.encode({ facts: facts.map(spaceFactToMessage) as messages.SpaceFact[] })
}

export function decodeSpaceRumors(bytes: Uint8Array): Result<SpaceFact[], DecodeFailure> {
  return guarded<SpaceFact[]>(bytes, limits.maxRumorBytes, () => {
    const { facts } = messages.SpaceRumors.decode(bytes, { limits: { facts: limits.maxFactsPerMessage } })
    return decodeFacts(facts)
  })
}

export function encodeSpaceFrame(steps: readonly SpaceStep[]): Uint8Array {
  return messages.SpaceFrame.encode({ steps: steps.map(encodeStep) as messages.SpaceStep[] })
}

export function decodeSpaceFrame(bytes: Uint8Array): Result<SpaceStep[], DecodeFailure> {
  return guarded<SpaceStep[]>(bytes, limits.maxFrameBytes, () => {
    const frame = messages.SpaceFrame.decode(bytes, {
      limits: {
        steps: limits.maxSpaces,
        steps$: { facts: limits.maxFactsPerMessage, documents: limits.maxDocuments },
      },
    })
    return all(frame.steps, decodeStep)
  })
}

function encodeStep(step: SpaceStep): Partial<messages.SpaceStep> {
  const { hash, bucketHashes, storedIds } = step
  return {
    space: bytesOfSpace(step.space),
    facts: (step.facts ?? []).map(spaceFactToMessage) as messages.SpaceFact[],
    documents: (step.documents ?? []).map(encodeDocumentStep),
    more: step.more ?? false,
    ...(hash && { hash: hash as Uint8Array<ArrayBuffer> }),
    ...(bucketHashes && { bucketHashes: bucketHashes as Uint8Array<ArrayBuffer> }),
    ...(storedIds && { storedIds: encodeStoredIds(storedIds) }),
  }
}

function decodeStep(message: messages.SpaceStep): Result<SpaceStep, DecodeFailure> {
  const { space, hash, bucketHashes, more } = message
  if (space.length !== spaceTagBytes) return failed('invalid', `a space tag has ${spaceTagBytes} bytes`)
  if (hash && hash.length !== hashBytes)
    return failed('invalid', `the hash of a space has ${hashBytes} bytes`)
  if (bucketHashes && bucketHashes.length !== bucketCount * hashBytes)
    return failed('invalid', `${bucketCount} bucket hashes of ${hashBytes} bytes`)
  const held = message.storedIds ? decodeStoredIds(message.storedIds) : ok(undefined)
  if (!held.ok) return held
  const facts = decodeFacts(message.facts)
  if (!facts.ok) return facts
  const documents = all(message.documents, decodeDocumentStep)
  if (!documents.ok) return documents
  return ok({
    space: spaceFromBytes(space),
    hash,
    bucketHashes,
    storedIds: held.value,
    facts: facts.value,
    more,
    documents: documents.value,
  })
}

function encodeDocumentStep(step: DocumentStep): messages.DocumentStep {
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

function decodeDocumentStep(message: messages.DocumentStep): Result<DocumentStep, DecodeFailure> {
  const { document, hash, stateVector, mutual, buckets, bucketHashes, ack } = message
  if (byteLength(document) > limits.maxDocumentNameBytes)
    return failed('too-large', `a document name over ${limits.maxDocumentNameBytes} bytes`)
  if (hash && hash.length !== hashBytes)
    return failed('invalid', `the hash of a document has ${hashBytes} bytes`)
  if (stateVector && stateVector.length > limits.maxStateVectorBytes)
    return failed('too-large', `a state vector of ${stateVector.length} bytes`)
  if (buckets && buckets.length !== bucketCount / 8) return failed('invalid', 'a bucket bitmap has 32 bytes')
  if (bucketHashes && bucketHashes.length !== bucketCount * hashBytes)
    return failed('invalid', `${bucketCount} bucket hashes of ${hashBytes} bytes`)
  if (ack && !(isCount(ack.transfer) && isCount(ack.count)))
    return failed('invalid', 'pieces are counted in whole numbers')
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
    buckets: buckets && bucketsOf(buckets),
    bucketHashes,
    piece: piece.value,
    ack,
    carry: message.carry,
    epoch: epoch.value,
    past: message.past,
    hasNoPast: message.noPast,
  })
}

function decodePiece({ transfer, index, content, ...flags }: messages.Piece): Result<Piece, DecodeFailure> {
  if (!isCount(transfer) || !isCount(index)) return failed('invalid', 'a piece is placed by whole numbers')
  return ok({
    transfer,
    index,
    // A view keeps the whole frame that it came in.
    content: 2 * content.length < content.buffer.byteLength ? content.slice() : content,
    isEndOfUpdate: flags.endOfUpdate,
    isLast: flags.last,
    isAnswer: flags.answer,
    isSynced: flags.synced,
  })
}

function encodeStoredIds({ buckets, ids, mutual }: StoredIds): messages.StoredIds {
  const bytes = new Uint8Array(ids.length * idBytes)
  ids.forEach((id, i) => {
    for (let at = 0; at < idBytes; at++) bytes[i * idBytes + at] = parseInt(id.slice(at * 2, at * 2 + 2), 16)
  })
  return buckets ? { buckets: bitmapOf(buckets), ids: bytes, mutual } : { ids: bytes, mutual }
}

function decodeStoredIds({
  buckets: bitmap,
  ids: bytes,
  mutual,
}: messages.StoredIds): Result<StoredIds, DecodeFailure> {
  if (bytes.length % idBytes !== 0) return failed('invalid', `ids are of ${idBytes} bytes each`)
  if (bytes.length > limits.maxStoredIds * idBytes)
    return failed('too-large', `more than ${limits.maxStoredIds} ids`)
  if (bitmap && bitmap.length !== bucketCount / 8) return failed('invalid', 'a bucket bitmap has 32 bytes')
  const ids: string[] = []
  for (let at = 0; at < bytes.length; at += idBytes)
    ids.push(spaceFromBytes(bytes.subarray(at, at + idBytes)))
  return ok({ buckets: bitmap && bucketsOf(bitmap), ids, mutual })
}

function decodeFacts(encoded: readonly messages.SpaceFact[]): Result<SpaceFact[], DecodeFailure> {
  const decoded = all(encoded, spaceFactFromMessage)
  return decoded.ok ? ok(decoded.value.filter(fact => fact !== undefined)) : decoded
}

/** All of them, or the first failure. */
function all<T, R>(
  messages: readonly T[],
  decode: (message: T) => Result<R, DecodeFailure>,
): Result<R[], DecodeFailure> {
  const values: R[] = []
  for (const message of messages) {
    const decoded = decode(message)
    if (!decoded.ok) return decoded
    values.push(decoded.value)
  }
  return ok(values)
}
