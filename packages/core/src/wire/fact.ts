/**
 * Fact: a statement, signed by its author, about a member (a record, a heartbeat, a suspicion or an introduction) or about
 * the cluster (a policy fact: a revocation or a keyring).
 *
 * A decoded fact includes its encoded payload: the signature covers these bytes, so members relay them bit for bit,
 * unknown fields included. Decoded facts are within the limits; their signatures are not verified yet (`signing.ts`).
 */
import { isCount } from './checks.ts'
import { decodeEnvelope } from './fact-envelope.ts'
import { equalBytes } from './hashes.ts'
import * as limits from './limits.ts'
import { keyFromMemberId, memberIdFromKey } from './member-id.ts'
import * as messages from './messages.ts'
import { recordExcess } from './record-limits.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'
import { bytesOfSpace, spaceFromBytes, spaceTagBytes } from './tags.ts'
import { receivedText } from './text.ts'

/**
 * How promptly a member answers: a hidden or frozen browser tab answers late, and a member that is asleep cannot be reached.
 * Members of earlier versions read `asleep` as `full`.
 */
export interface Attention {
  readonly state: 'full' | 'hidden' | 'frozen' | 'asleep'
  /**
   * The attention lease: for how long after receipt others tolerate late answers, in milliseconds. With `full`, the author is a
   * hidden page, and the user sees it in another page; 0: it answers promptly.
   */
  readonly leaseMs: number
}

/** A member's membership of a space: a room or a shared config. */
export interface SpaceGeneration {
  /** The space tag. */
  readonly space: string
  /**
   * Grows each time the member enters the space, also across restarts. The member's facts in the space carry the same number.
   */
  readonly generation: number
}

/** A member's description of itself. Records are ordered by (incarnation, version). */
export interface MemberRecord {
  readonly incarnation: number
  readonly version: number
  readonly name: string
  /** Multiaddrs as bytes. */
  readonly addresses: readonly Uint8Array[]
  readonly tags: Readonly<Record<string, string>>
  readonly spaces: readonly SpaceGeneration[]
  readonly leaving: boolean
  /** When the member left, by its own clock; 0 while `leaving` is false. */
  readonly leftEpochMs: number
  readonly attention: Attention
  /**
   * For how long others await this member after its connection has closed, because another process then continues it; 0: not
   * at all.
   */
  readonly returnsWithinMs: number
  /** Other members forget this member soon after it has left. */
  readonly ephemeral: boolean
  /** The encoded grants that make the author a member of a cluster with an authority. Not decoded here. */
  readonly grants?: Uint8Array
}

/** The decoded content of a fact. */
export type FactBody =
  | { readonly type: 'record'; readonly record: MemberRecord }
  | { readonly type: 'heartbeat'; readonly incarnation: number; readonly sequence: number }
  | {
      readonly type: 'suspicion'
      readonly subject: string
      readonly incarnation: number
      /** The subject's address refused the observer's connection; false: the subject did not answer. */
      readonly refused: boolean
      /** When the author claimed it, by the author's clock. */
      readonly epochMs: number
    }
  /** The author is connected to the subject in this incarnation, so the subject exists. */
  | {
      readonly type: 'introduction'
      readonly subject: string
      readonly incarnation: number
    }
  | PolicyBody

/** The decoded content of a policy fact. */
export type PolicyBody =
  /** The subject, and all members whose grants contain its key, are no longer in the cluster. */
  | {
      readonly type: 'revocation'
      /** The id of the key of an invitation or of a member. */
      readonly subject: string
      readonly untilEpochMs: number
      /** When the author wrote it, by its own clock. */
      readonly epochMs: number
      /** The encoded chain of the author's grants; empty if the authority is the author. */
      readonly grants: Uint8Array
    }
  /** The keys of the cluster. */
  | {
      readonly type: 'keyring'
      /** When it was written, in epoch milliseconds; greater than that of the keyring that it replaces. */
      readonly version: number
      /** The same content, sealed for each key that opens it. */
      readonly boxes: readonly Uint8Array[]
    }

/** A fact before its author signed it. */
export type Draft = FactBody & { readonly author: string; readonly payload: Uint8Array }

/** A fact with its Ed25519 signature of 64 bytes. */
export type SignedFact = Draft & { readonly signature: Uint8Array }

/** A fact about the cluster. */
export type PolicyFact = SignedFact & { readonly type: PolicyBody['type'] }

export function isPolicyFact(fact: SignedFact): fact is PolicyFact {
  return fact.type === 'revocation' || fact.type === 'keyring'
}

const attentionStates = ['full', 'hidden', 'frozen', 'asleep'] as const

/** The member that a fact is about. */
export function subjectOf(fact: Draft): string {
  return fact.type === 'suspicion' || fact.type === 'introduction' ? fact.subject : fact.author
}

/** Encodes the payload of a fact. @param author the id of the member that will sign */
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
      return messages.Suspicion.encode({ ...body, subject: keyOf(body.subject) })
    case 'introduction':
      return messages.Introduction.encode({ ...body, subject: keyOf(body.subject) })
    case 'revocation':
      return messages.Revocation.encode({
        ...body,
        subject: keyOf(body.subject),
        grants: body.grants as Uint8Array<ArrayBuffer>,
      })
    case 'keyring':
      return messages.Keyring.encode({ ...body, boxes: body.boxes as Uint8Array<ArrayBuffer>[] })
  }
}

const keyOf = (memberId: string): Uint8Array<ArrayBuffer> => keyFromMemberId(memberId) ?? new Uint8Array()

/** The payload of a heartbeat. Equal numbers give equal bytes, so a message may carry the signature without the payload. */
export function encodeHeartbeat(incarnation: number, sequence: number): Uint8Array {
  return messages.Heartbeat.encode({ incarnation, sequence })
}

function encodeRecord(record: MemberRecord): Uint8Array {
  return messages.MemberRecord.encode({
    ...(record as MemberRecord & Pick<messages.MemberRecord, 'addresses' | 'grants'>),
    tags: Object.entries(record.tags).map(([key, value]) => ({ key, value })),
    spaces: record.spaces.map(({ space, generation }) => ({ space: bytesOfSpace(space), generation })),
    attention: attentionStates.indexOf(record.attention.state),
    attentionLeaseMs: record.attention.leaseMs,
  })
}

const kinds = ['record', 'heartbeat', 'suspicion', 'introduction', 'revocation', 'keyring'] as const

/** The decoded fact; undefined for a kind of fact of a later version. */
export function decodeFact(message: messages.SignedFact): Result<SignedFact | undefined, DecodeFailure> {
  return decodeEnvelope<FactBody>(message, kinds, decodeBody)
}

/** @throws the errors of protons on bytes that are not a protobuf message; `codec.ts` catches them. */
function decodeBody(type: FactBody['type'], payload: Uint8Array): Result<FactBody, DecodeFailure> {
  switch (type) {
    case 'record':
      return payload.length <= limits.maxRecordBytes
        ? decodeRecord(payload)
        : failed('too-large', `a record of ${payload.length} bytes`)
    case 'heartbeat': {
      const { incarnation, sequence } = messages.Heartbeat.decode(payload)
      if (!isCount(incarnation) || !isCount(sequence))
        return failed('invalid', 'a heartbeat has whole numbers ≥ 0')
      // Members relay heartbeats without payload: with other fields the signature would not verify, and the relaying
      // member would be blamed.
      const isCanonical = equalBytes(payload, encodeHeartbeat(incarnation, sequence))
      return isCanonical
        ? ok({ type, incarnation, sequence })
        : failed('invalid', 'a heartbeat has no other fields')
    }
    case 'suspicion': {
      const message = messages.Suspicion.decode(payload)
      const subject = memberIdFromKey(message.subject)
      if (subject === undefined) return failed('invalid', 'a subject is a key of 32 bytes')
      if (!isCount(message.incarnation) || !isCount(message.epochMs))
        return failed('invalid', 'a suspicion has whole numbers ≥ 0')
      return ok({ type, ...message, subject })
    }
    case 'introduction': {
      const message = messages.Introduction.decode(payload)
      const subject = memberIdFromKey(message.subject)
      if (subject === undefined) return failed('invalid', 'a subject is a key of 32 bytes')
      if (!isCount(message.incarnation)) return failed('invalid', 'an incarnation is a whole number ≥ 0')
      return ok({ type, ...message, subject })
    }
    case 'revocation':
    case 'keyring':
      return payload.length <= limits.maxPolicyBytes
        ? decodePolicy(type, payload)
        : failed('too-large', `a policy fact of ${payload.length} bytes`)
  }
}

function decodePolicy(type: PolicyBody['type'], payload: Uint8Array): Result<PolicyBody, DecodeFailure> {
  switch (type) {
    case 'revocation': {
      const message = messages.Revocation.decode(payload)
      const subject = memberIdFromKey(message.subject)
      if (subject === undefined) return failed('invalid', 'a subject is a key of 32 bytes')
      if (!isCount(message.untilEpochMs) || !isCount(message.epochMs))
        return failed('invalid', 'a revocation has whole numbers ≥ 0')
      return ok({ type, ...message, subject })
    }
    case 'keyring': {
      const { version, boxes } = messages.Keyring.decode(payload, {
        limits: { boxes: limits.maxKeyringBoxes },
      })
      return isCount(version)
        ? ok({ type, version, boxes })
        : failed('invalid', 'a keyring has a whole number ≥ 0')
    }
  }
}

function decodeRecord(payload: Uint8Array): Result<FactBody, DecodeFailure> {
  const message = messages.MemberRecord.decode(payload, {
    limits: { addresses: limits.maxAddresses, tags: limits.maxTags, spaces: limits.maxSpaces },
  })
  const { attention, attentionLeaseMs, ...fields } = message
  const { grants } = fields
  if (!isCount(fields.incarnation) || !isCount(fields.version) || !isCount(fields.leftEpochMs))
    return failed('invalid', 'a record has whole numbers ≥ 0')
  if (message.spaces.some(({ space, generation }) => space.length !== spaceTagBytes || !isCount(generation)))
    return failed('invalid', `a space has a tag of ${spaceTagBytes} bytes and a whole generation number`)
  const spaces = message.spaces.map(({ space, generation }) => ({ space: spaceFromBytes(space), generation }))
  const state = attentionStates[attention] ?? 'full'
  const leaseMs = Math.min(attentionLeaseMs, limits.maxAttentionLeaseMs)
  const returnsWithinMs = Math.min(fields.returnsWithinMs, limits.maxAttentionLeaseMs)
  const tags = Object.fromEntries(
    message.tags.map(({ key, value }) => [receivedText(key), receivedText(value)]),
  )
  const record = {
    ...fields,
    name: receivedText(fields.name),
    tags,
    spaces,
    attention: { state, leaseMs },
    returnsWithinMs,
  }
  if (grants && grants.length > limits.maxGrantsBytes)
    return failed('too-large', `grants of ${grants.length} bytes`)
  const excess = recordExcess(record)
  return excess === undefined ? ok({ type: 'record', record }) : failed('too-large', excess)
}
