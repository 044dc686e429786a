/**
 * Codec: encodes and decodes rumors, probe frames and sync frames.
 *
 * Decoding never throws and enforces the limits for any bytes. Decoded messages have a valid form; their signatures are
 * not verified yet.
 */
import type { ProbeMessage } from '@hearsay/failure-detector'
import { isCount } from './checks.ts'
import { decodeFact, type SignedFact } from './fact.ts'
import { decodeFacts, encodeEnvelope } from './fact-envelope.ts'
import { bitmapOf, decodeBucketHashes, decodeBuckets, hashBytes, prefixBytes, prefixOf } from './hashes.ts'
import {
  decodeHeartbeatList,
  decodeHeartbeatRequest,
  encodeHeartbeatList,
  encodeHeartbeatRequest,
  type HeartbeatList,
  type HeartbeatRequest,
  type IndexedHeartbeat,
} from './heartbeat-list.ts'
import * as limits from './limits.ts'
import { keyFromMemberId, memberIdFromKey } from './member-id.ts'
import * as messages from './messages.ts'
import { type DecodeFailure, decodeAll, failed, guarded, ok, type Result } from './result.ts'

/** One member's row in a digest. */
export interface DigestRow {
  /** The first 8 bytes of the member's key, as eight characters of code 0–255. */
  readonly prefix: string
  readonly incarnation: number
  readonly version: number
  readonly heartbeatSequence: number
  /** The summary of the suspicions of this incarnation, 16 bytes; empty if there are none. */
  readonly suspicions: Uint8Array
}

export interface Digest {
  /** Which of the 256 buckets the digest covers; undefined: all. */
  readonly buckets: ReadonlySet<number> | undefined
  readonly rows: readonly DigestRow[]
  /** Requests the receiver's digest of the same buckets. */
  readonly mutual: boolean
}

/** A heartbeat without author and incarnation: the index identifies the row of the table that contains both. */
export interface FreshHeartbeat extends IndexedHeartbeat {
  readonly signature: Uint8Array
}

/** One step of a sync. An absent field was not sent. */
export interface SyncMessage {
  readonly offer: boolean
  /** 16 bytes. */
  readonly tableHash: Uint8Array | undefined
  readonly heartbeats: HeartbeatList | undefined
  readonly freshHeartbeats: readonly FreshHeartbeat[]
  readonly requestedHeartbeats: HeartbeatRequest | undefined
  /** The sender has all heartbeats that arrived at the receiver up to this count; 0: the sender is sure of none. */
  readonly receivedUpTo: number | undefined
  /** 256 × 16 bytes. */
  readonly bucketHashes: Uint8Array | undefined
  readonly digest: Digest | undefined
  readonly facts: readonly SignedFact[]
  /** The sender left something out that did not fit. */
  readonly more: boolean
  /** The sender closes the connection next, because it no longer needs the connection. */
  readonly releasing: boolean
  /** 16 bytes: the hash of the sender's policy facts. Empty: the sender has none and asks for the receiver's. */
  readonly policyHash: Uint8Array | undefined
}

const emptyMessage: SyncMessage = {
  offer: false,
  tableHash: undefined,
  heartbeats: undefined,
  freshHeartbeats: [],
  requestedHeartbeats: undefined,
  receivedUpTo: undefined,
  bucketHashes: undefined,
  digest: undefined,
  facts: [],
  more: false,
  releasing: false,
  policyHash: undefined,
}

/** A sync message in which every field that is not given is absent. */
export function syncMessage(fields: Partial<SyncMessage>): SyncMessage {
  return { ...emptyMessage, ...fields }
}

/** The data of one gossipsub message. */
export function encodeRumors(facts: readonly SignedFact[]): Uint8Array {
  return messages.Rumors.encode({ facts: facts.map(encodeEnvelope) })
}

/** The facts of one gossipsub message, at most `limits.maxRumorBytes` long. Facts of unknown kinds are left out. */
export function decodeRumors(bytes: Uint8Array): Result<SignedFact[], DecodeFailure> {
  return guarded<SignedFact[]>(bytes, limits.maxRumorBytes, () => {
    const { facts } = messages.Rumors.decode(bytes, { limits: { facts: limits.maxFactsPerMessage } })
    return decodeFacts(facts, decodeFact)
  })
}

export function encodeProbe(message: ProbeMessage): Uint8Array {
  switch (message.type) {
    case 'ping': {
      const { seq, suspected } = message
      return messages.ProbeFrame.encode(suspected === undefined ? { ping: seq } : { ping: seq, suspected })
    }
    case 'ack':
      return messages.ProbeFrame.encode({ ack: message.seq })
    case 'ping-request': {
      const subject = keyFromMemberId(message.subject) ?? new Uint8Array()
      return messages.ProbeFrame.encode({ pingRequest: message.seq, subject })
    }
    case 'nack':
      return messages.ProbeFrame.encode({ nack: message.seq })
  }
}

/** The message of a frame; undefined for a further hello, which the receiver ignores. */
export function decodeProbe(bytes: Uint8Array): Result<ProbeMessage | undefined, DecodeFailure> {
  return guarded<ProbeMessage | undefined>(bytes, limits.maxFrameBytes, () => {
    const { hello, ping, ack, pingRequest, nack, subject: key, suspected } = messages.ProbeFrame.decode(bytes)
    if (hello) return ok(undefined)
    if ([ping, ack, pingRequest, nack].filter(isCount).length !== 1)
      return failed('invalid', 'a probe frame has exactly one field')
    if (isCount(ping)) {
      if (suspected !== undefined && !isCount(suspected))
        return failed('invalid', 'an incarnation is a whole number')
      return ok({ type: 'ping', seq: ping, ...(suspected !== undefined && { suspected }) })
    }
    if (isCount(ack)) return ok({ type: 'ack', seq: ack })
    if (isCount(nack)) return ok({ type: 'nack', seq: nack })
    const subject = key && memberIdFromKey(key)
    if (subject === undefined || !isCount(pingRequest))
      return failed('invalid', 'a ping request names its subject')
    return ok({ type: 'ping-request', seq: pingRequest, subject })
  })
}

export function encodeSync(message: SyncMessage): Uint8Array {
  const { tableHash, heartbeats, requestedHeartbeats, receivedUpTo, bucketHashes, digest, policyHash } =
    message
  return messages.SyncFrame.encode({
    offer: message.offer,
    more: message.more,
    releasing: message.releasing,
    freshHeartbeats: message.freshHeartbeats as messages.FreshHeartbeat[],
    facts: message.facts.map(encodeEnvelope),
    ...(tableHash && { tableHash: tableHash as Uint8Array<ArrayBuffer> }),
    ...(heartbeats && { heartbeats: encodeHeartbeatList(heartbeats) }),
    ...(requestedHeartbeats && { requestedHeartbeats: encodeHeartbeatRequest(requestedHeartbeats) }),
    ...(receivedUpTo !== undefined && { receivedUpTo }),
    ...(bucketHashes && { bucketHashes: bucketHashes as Uint8Array<ArrayBuffer> }),
    ...(digest && { digest: encodeDigest(digest) }),
    ...(policyHash && { policyHash: policyHash as Uint8Array<ArrayBuffer> }),
  })
}

/** The message of a frame; undefined for a further hello, which the receiver ignores. */
export function decodeSync(bytes: Uint8Array): Result<SyncMessage | undefined, DecodeFailure> {
  return guarded<SyncMessage | undefined>(bytes, limits.maxFrameBytes, () => {
    const message = messages.SyncFrame.decode(bytes, {
      limits: {
        facts: limits.maxFactsPerMessage,
        freshHeartbeats: limits.maxDigestRows,
        digest: { rows: limits.maxDigestRows },
      },
    })
    if (message.hello) return ok(undefined)
    const { offer, tableHash, freshHeartbeats, receivedUpTo, more, releasing, policyHash } = message
    if (tableHash && tableHash.length !== hashBytes) return failed('invalid', 'a table hash has 16 bytes')
    if (policyHash && policyHash.length !== 0 && policyHash.length !== hashBytes)
      return failed('invalid', 'a policy hash has 16 bytes or none')
    const bucketHashes = decodeBucketHashes(message.bucketHashes)
    if (!bucketHashes.ok) return bucketHashes
    if (
      freshHeartbeats.some(
        ({ index, sequence, signature }) => !isCount(index) || !isCount(sequence) || signature.length !== 64,
      )
    )
      return failed('invalid', 'a fresh heartbeat has index, sequence and a signature of 64 bytes')
    if (receivedUpTo !== undefined && !isCount(receivedUpTo))
      return failed('invalid', 'received_up_to is a whole number')
    const heartbeats = message.heartbeats ? decodeHeartbeatList(message.heartbeats) : ok(undefined)
    if (!heartbeats.ok) return heartbeats
    const requested = message.requestedHeartbeats
      ? decodeHeartbeatRequest(message.requestedHeartbeats)
      : ok(undefined)
    if (!requested.ok) return requested
    const digest = decodeDigest(message.digest)
    if (!digest.ok) return digest
    const facts = decodeFacts(message.facts, decodeFact)
    if (!facts.ok) return facts
    return ok({
      offer,
      tableHash,
      heartbeats: heartbeats.value,
      freshHeartbeats,
      requestedHeartbeats: requested.value,
      receivedUpTo,
      bucketHashes: bucketHashes.value,
      digest: digest.value,
      facts: facts.value,
      more,
      releasing,
      policyHash,
    })
  })
}

function encodeDigest(digest: Digest): messages.Digest {
  const { buckets, mutual } = digest
  const rows = digest.rows.map(({ prefix, suspicions, ...row }) => ({
    ...row,
    idPrefix: bytesOf(prefix),
    suspicions: suspicions as Uint8Array<ArrayBuffer>,
  }))
  if (!buckets) return { rows, mutual }
  return { buckets: bitmapOf(buckets), rows, mutual }
}

function decodeDigest(message: messages.Digest | undefined): Result<Digest | undefined, DecodeFailure> {
  if (!message) return ok(undefined)
  const buckets = decodeBuckets(message.buckets)
  if (!buckets.ok) return buckets
  const rows = decodeAll(message.rows, decodeDigestRow)
  return rows.ok ? ok({ buckets: buckets.value, rows: rows.value, mutual: message.mutual }) : rows
}

function decodeDigestRow({ idPrefix, ...row }: messages.DigestRow): Result<DigestRow, DecodeFailure> {
  const { incarnation, version, heartbeatSequence, suspicions } = row
  if (idPrefix.length !== prefixBytes) return failed('invalid', 'an id prefix has 8 bytes')
  if (!isCount(incarnation) || !isCount(version) || !isCount(heartbeatSequence))
    return failed('invalid', 'a digest row has whole numbers ≥ 0')
  if (suspicions.length !== 0 && suspicions.length !== hashBytes)
    return failed('invalid', 'a summary of suspicions has 16 bytes')
  return ok({ prefix: prefixOf(idPrefix), incarnation, version, heartbeatSequence, suspicions })
}

function bytesOf(prefix: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(prefix, character => character.charCodeAt(0))
}
