/**
 * Fact: something known about a member, signed by its author.
 *
 * The encoded payload stays with the decoded value: it is what was signed, so it is what is relayed, bit for
 * bit, unknown fields included. A fact that came out of here is within the limits; whether its signature holds
 * is asked elsewhere (`signing.ts`).
 */
import { byteLength } from './byte-length.ts'
import { equalBytes } from './equal-bytes.ts'
import { isCount } from './is-count.ts'
import { limits } from './limits.ts'
import { keyFromMemberId, memberIdFromKey } from './member-id.ts'
import * as messages from './messages.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'
import { bytesOfSpace, spaceFromBytes, spaceTagBytes } from './space-tag.ts'
import { receivedText } from './text.ts'

/** How much a member attends to the network: a browser tab that is hidden or frozen answers late. */
export interface Attention {
  readonly state: 'full' | 'hidden' | 'frozen'
  /** How long others should be patient after hearing this, in milliseconds; 0 when the attention is full. */
  readonly leaseMs: number
}

/** That a member is in a space: a room, or a shared config. */
export interface SpaceGeneration {
  /** The space tag. */
  readonly space: string
  /** Which of its entries: grows with each, over restarts too. What it says in the space bears the same number. */
  readonly generation: number
}

/** What a member says of itself. Ordered by (incarnation, version). */
export interface MemberRecord {
  readonly incarnation: number
  readonly version: number
  readonly name: string
  /** Multiaddrs as bytes. */
  readonly addresses: readonly Uint8Array[]
  readonly tags: Readonly<Record<string, string>>
  readonly spaces: readonly SpaceGeneration[]
  readonly leaving: boolean
  /** When it said goodbye, by its own clock; 0 while it has not. */
  readonly leftEpochMs: number
  readonly attention: Attention
}

export type FactBody =
  | { readonly type: 'record'; readonly record: MemberRecord }
  | { readonly type: 'heartbeat'; readonly incarnation: number; readonly sequence: number }
  | {
      readonly type: 'suspicion'
      readonly subject: string
      readonly incarnation: number
      readonly refused: boolean
      /** When it was claimed, by the author's clock. */
      readonly epochMs: number
    }

/** A fact before its author signed it. */
export type Draft = FactBody & { readonly author: string; readonly payload: Uint8Array }

export type SignedFact = Draft & { readonly signature: Uint8Array }

const attentionStates = ['full', 'hidden', 'frozen'] as const

/** @param author the id of the member that will sign. */
export function draftFact(author: string, body: FactBody): Draft {
  return { ...body, author, payload: encodeBody(body) }
}

function encodeBody(body: FactBody): Uint8Array {
  switch (body.type) {
    case 'record':
      return encodeRecord(body.record)
    case 'heartbeat':
      return encodeHeartbeat(body.incarnation, body.sequence)
    case 'suspicion':
      return messages.Suspicion.encode({
        subject: keyFromMemberId(body.subject) ?? new Uint8Array(),
        incarnation: body.incarnation,
        refused: body.refused,
        epochMs: body.epochMs,
      })
  }
}

/** The payload of a heartbeat: the same bytes for the same numbers, so it need not travel with its signature. */
export function encodeHeartbeat(incarnation: number, sequence: number): Uint8Array {
  return messages.Heartbeat.encode({ incarnation, sequence })
}

function encodeRecord(record: MemberRecord): Uint8Array {
  return messages.MemberRecord.encode({
    incarnation: record.incarnation,
    version: record.version,
    name: record.name,
    addresses: record.addresses as Uint8Array<ArrayBuffer>[],
    tags: Object.entries(record.tags).map(([key, value]) => ({ key, value })),
    spaces: record.spaces.map(({ space, generation }) => ({ space: bytesOfSpace(space), generation })),
    leaving: record.leaving,
    leftEpochMs: record.leftEpochMs,
    attention: attentionStates.indexOf(record.attention.state),
    attentionLeaseMs: record.attention.leaseMs,
  })
}

export function factToMessage(fact: SignedFact): Partial<messages.SignedFact> {
  const author = keyFromMemberId(fact.author) ?? new Uint8Array()
  const payload = fact.payload as Uint8Array<ArrayBuffer>
  return { author, signature: fact.signature as Uint8Array<ArrayBuffer>, [fact.type]: payload }
}

/** Undefined: a kind of fact that a later version knows. Skipped, the rest of the message stands. */
export function factFromMessage(message: messages.SignedFact): Result<SignedFact | undefined, DecodeFailure> {
  const author = memberIdFromKey(message.author)
  if (author === undefined) return failed('invalid', 'an author is a key of 32 bytes')
  if (message.signature.length !== 64) return failed('invalid', 'a signature has 64 bytes')
  const present = (['record', 'heartbeat', 'suspicion'] as const).filter(type => message[type] !== undefined)
  const type = present[0]
  if (present.length > 1) return failed('invalid', 'a fact has exactly one payload')
  const view = type && message[type]
  if (type === undefined || view === undefined) return ok(undefined)
  if (view.length > limits.maxPayloadBytes) return failed('too-large', `a payload of ${view.length} bytes`)
  // Copied: a view would keep the whole frame that it came in.
  const payload = view.slice()
  const body = decodeBody(type, payload)
  if (!body.ok) return body
  return ok({ ...body.value, author, payload, signature: message.signature.slice() })
}

/** @throws whatever protons throws on bytes that are no protobuf: `codec.ts` catches it. */
function decodeBody(type: FactBody['type'], payload: Uint8Array): Result<FactBody, DecodeFailure> {
  switch (type) {
    case 'record':
      return decodeRecord(payload)
    case 'heartbeat': {
      const { incarnation, sequence } = messages.Heartbeat.decode(payload)
      if (!isCount(incarnation) || !isCount(sequence))
        return failed('invalid', 'a heartbeat counts in whole numbers')
      // Relayed without its payload it would not verify, and the relay be blamed.
      const isCanonical = equalBytes(payload, encodeHeartbeat(incarnation, sequence))
      return isCanonical
        ? ok({ type, incarnation, sequence })
        : failed('invalid', 'a heartbeat has no other fields')
    }
    case 'suspicion': {
      const { subject: key, incarnation, refused, epochMs } = messages.Suspicion.decode(payload)
      const subject = memberIdFromKey(key)
      if (subject === undefined) return failed('invalid', 'a subject is a key of 32 bytes')
      if (!isCount(incarnation) || !isCount(epochMs))
        return failed('invalid', 'an incarnation and a date are whole numbers')
      return ok({ type, subject, incarnation, refused, epochMs })
    }
  }
}

function decodeRecord(payload: Uint8Array): Result<FactBody, DecodeFailure> {
  const message = messages.MemberRecord.decode(payload, {
    limits: { addresses: limits.maxAddresses, tags: limits.maxTags, spaces: limits.maxSpaces },
  })
  const { incarnation, version, addresses, leaving, leftEpochMs } = message
  if (!isCount(incarnation) || !isCount(version) || !isCount(leftEpochMs))
    return failed('invalid', 'a record counts in whole numbers')
  if (message.spaces.some(({ space, generation }) => space.length !== spaceTagBytes || !isCount(generation)))
    return failed('invalid', `a space entry is a tag of ${spaceTagBytes} bytes and a whole number`)
  const spaces = message.spaces.map(({ space, generation }) => ({ space: spaceFromBytes(space), generation }))
  const state = attentionStates[message.attention] ?? 'full'
  const leaseMs = Math.min(message.attentionLeaseMs, limits.maxAttentionLeaseMs)
  const tags = Object.fromEntries(
    message.tags.map(({ key, value }) => [receivedText(key), receivedText(value)]),
  )
  const record = {
    incarnation,
    version,
    name: receivedText(message.name),
    addresses,
    tags,
    spaces,
    leaving,
    leftEpochMs,
    attention: { state, leaseMs },
  }
  const excess = recordExcess(record)
  return excess === undefined ? ok({ type: 'record', record }) : failed('too-large', excess)
}

/** Which limit a record breaks, in words, or undefined if none: the same check for one's own and for foreign ones. */
export function recordExcess(record: MemberRecord): string | undefined {
  if (byteLength(record.name) > limits.maxNameBytes) return `a name over ${limits.maxNameBytes} bytes`
  if (record.addresses.length > limits.maxAddresses) return `more than ${limits.maxAddresses} addresses`
  if (record.addresses.some(address => address.length > limits.maxAddressBytes))
    return `an address over ${limits.maxAddressBytes} bytes`
  const tags = Object.entries(record.tags)
  if (tags.length > limits.maxTags) return `more than ${limits.maxTags} tags`
  for (const [key, value] of tags) {
    if (byteLength(key) > limits.maxTagKeyBytes) return `a tag key over ${limits.maxTagKeyBytes} bytes`
    if (byteLength(value) > limits.maxTagValueBytes)
      return `a tag value over ${limits.maxTagValueBytes} bytes`
  }
  if (record.spaces.length > limits.maxSpaces) return `more than ${limits.maxSpaces} rooms and shared configs`
  return undefined
}
