/**
 * Space codec: encodes and decodes the messages between members of a space.
 *
 * As in `codec.ts`, decoding never throws and enforces the limits for any bytes. What belongs to a private room is sealed
 * here, and opened here: the messages that the other parts of the member see are the same for all rooms.
 */

import { type DocumentStep, decodeDocumentStep, encodeDocumentStep } from './document-step.ts'
import { decodeFacts, encodeEnvelope } from './fact-envelope.ts'
import { bitmapOf, decodeBucketHashes, decodeBuckets, hashBytes, prefixBytes } from './hashes.ts'
import * as limits from './limits.ts'
import { keyFromMemberId } from './member-id.ts'
import type { PrivateRoom } from './private-room.ts'
import { type DecodeFailure, decodeAll, failed, guarded, ok, type Result } from './result.ts'
import { decodeSpaceFact, type SpaceFact } from './space-fact.ts'
import * as messages from './space-messages.ts'
import { bytesOfSpace, spaceFromBytes, spaceTagBytes } from './tags.ts'

/** The ids of the facts that a member stores. */
export interface StoredIds {
  /** Which of the 256 buckets the list covers; undefined: all. */
  readonly buckets: ReadonlySet<number> | undefined
  /** The first 8 bytes of each id, in any order. */
  readonly ids: Uint8Array
  /** Requests the receiver's ids of the same buckets. */
  readonly mutual: boolean
}

/** One step of the sync of one space. An absent field was not sent. */
export interface SpaceStep {
  /** The space tag. */
  readonly space: string
  /**
   * Only of a received step: its content could not be opened, so the step has no other field. The content was not sealed by a
   * member of the private room, or not by the sender of the frame; or it was not sealed although the room is private.
   */
  readonly isUnopened?: boolean
  /** The hash of the sender's facts, 16 bytes. The hash starts a sync; an equal hash needs no answer. */
  readonly hash?: Uint8Array | undefined
  /** 256 × 16 bytes. */
  readonly bucketHashes?: Uint8Array | undefined
  readonly storedIds?: StoredIds | undefined
  readonly facts?: readonly SpaceFact[]
  readonly more?: boolean
  readonly documents?: readonly DocumentStep[]
}

/** The private rooms whose steps are sealed in the frames of one sender. */
export interface FrameSeals {
  /** Id of the member that sends the frame: a sealed step opens only in frames of the same sender. */
  readonly sender: string
  /** Undefined: the space is not private, or the local member is not in it. */
  readonly roomOf: (space: string) => PrivateRoom | undefined
}

const rumorLimits = { limits: { facts: limits.maxFactsPerMessage } }
const stepLimits = { facts: limits.maxFactsPerMessage, documents: limits.maxDocuments }

/** @param room the private room of the facts @default the space is not private */
export function encodeSpaceRumors(facts: readonly SpaceFact[], room?: PrivateRoom): Uint8Array {
  const bytes = messages.SpaceRumors.encode({ facts: facts.map(encodeEnvelope) })
  return room ? messages.SpaceRumors.encode({ facts: [], sealed: room.seal('rumors', bytes) }) : bytes
}

/**
 * The facts of a rumor. The failure `unopened` occurs in private rooms only.
 *
 * @param room the private room of the rumor @default the space is not private
 */
export function decodeSpaceRumors(bytes: Uint8Array, room?: PrivateRoom): Result<SpaceFact[], DecodeFailure> {
  return guarded<SpaceFact[]>(bytes, limits.maxRumorBytes, () => {
    const message = messages.SpaceRumors.decode(bytes, rumorLimits)
    if (!room) return decodeFacts(message.facts, decodeSpaceFact)
    const opened = message.sealed && room.open('rumors', message.sealed)
    if (!opened) return failed('unopened', 'no member of the private room sealed it')
    return decodeFacts(messages.SpaceRumors.decode(opened, rumorLimits).facts, decodeSpaceFact)
  })
}

/** @param seals how to seal the steps of private rooms @default no space is private */
export function encodeSpaceFrame(steps: readonly SpaceStep[], seals?: FrameSeals): Uint8Array {
  const encoded = steps.map(step => {
    const room = seals?.roomOf(step.space)
    return room && seals ? sealStep(step, room, seals.sender) : encodeStep(step)
  })
  return messages.SpaceFrame.encode({ steps: encoded as messages.SpaceStep[] })
}

/** @param seals how to open the steps of private rooms @default no space is private */
export function decodeSpaceFrame(bytes: Uint8Array, seals?: FrameSeals): Result<SpaceStep[], DecodeFailure> {
  return guarded<SpaceStep[]>(bytes, limits.maxFrameBytes, () => {
    const frame = messages.SpaceFrame.decode(bytes, {
      limits: { steps: limits.maxSpaces, steps$: stepLimits },
    })
    return decodeAll(frame.steps, step => openStep(step, seals))
  })
}

function sealStep(step: SpaceStep, room: PrivateRoom, sender: string): Partial<messages.SpaceStep> {
  const { space, ...content } = encodeStep(step)
  const bytes = messages.SpaceStep.encode(content)
  return { ...(space && { space }), sealed: room.seal('steps', bytes, keyFromMemberId(sender)) }
}

function openStep(
  message: messages.SpaceStep,
  seals: FrameSeals | undefined,
): Result<SpaceStep, DecodeFailure> {
  const { space, sealed } = message
  if (space.length !== spaceTagBytes) return failed('invalid', `a space tag has ${spaceTagBytes} bytes`)
  const room = seals?.roomOf(spaceFromBytes(space))
  if (!room && !sealed) return decodeStep(message)
  const opened = sealed && room?.open('steps', sealed, keyFromMemberId(seals?.sender ?? ''))
  if (!opened) return ok({ space: spaceFromBytes(space), isUnopened: true })
  return decodeStep({ ...messages.SpaceStep.decode(opened, { limits: stepLimits }), space })
}

function encodeStep(step: SpaceStep): Partial<messages.SpaceStep> {
  const { hash, bucketHashes, storedIds } = step
  return {
    space: bytesOfSpace(step.space),
    facts: (step.facts ?? []).map(encodeEnvelope),
    documents: (step.documents ?? []).map(encodeDocumentStep),
    more: step.more ?? false,
    ...(hash && { hash: hash as Uint8Array<ArrayBuffer> }),
    ...(bucketHashes && { bucketHashes: bucketHashes as Uint8Array<ArrayBuffer> }),
    ...(storedIds && { storedIds: encodeStoredIds(storedIds) }),
  }
}

function decodeStep(message: messages.SpaceStep): Result<SpaceStep, DecodeFailure> {
  const { space, hash, more } = message
  if (hash && hash.length !== hashBytes)
    return failed('invalid', `the hash of a space has ${hashBytes} bytes`)
  const bucketHashes = decodeBucketHashes(message.bucketHashes)
  if (!bucketHashes.ok) return bucketHashes
  const storedIds = message.storedIds ? decodeStoredIds(message.storedIds) : ok(undefined)
  if (!storedIds.ok) return storedIds
  const facts = decodeFacts(message.facts, decodeSpaceFact)
  if (!facts.ok) return facts
  const documents = decodeAll(message.documents, decodeDocumentStep)
  if (!documents.ok) return documents
  return ok({
    space: spaceFromBytes(space),
    hash,
    bucketHashes: bucketHashes.value,
    storedIds: storedIds.value,
    facts: facts.value,
    more,
    documents: documents.value,
  })
}

function encodeStoredIds({ buckets, ids, mutual }: StoredIds): messages.StoredIds {
  return { ...(buckets && { buckets: bitmapOf(buckets) }), ids: ids as Uint8Array<ArrayBuffer>, mutual }
}

function decodeStoredIds({
  buckets: bitmap,
  ids,
  mutual,
}: messages.StoredIds): Result<StoredIds, DecodeFailure> {
  if (ids.length % prefixBytes !== 0) return failed('invalid', `each id has ${prefixBytes} bytes`)
  if (ids.length > limits.maxStoredIds * prefixBytes)
    return failed('too-large', `more than ${limits.maxStoredIds} ids`)
  const buckets = decodeBuckets(bitmap)
  return buckets.ok ? ok({ buckets: buckets.value, ids, mutual }) : buckets
}
