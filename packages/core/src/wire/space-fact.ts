/**
 * Space fact: a statement in a space, signed by its author: a presence field, a config entry, a document update, an
 * event, or a change of a document with writers.
 *
 * As with facts about members, a decoded fact includes its encoded payload, which members relay bit for bit. Decoded
 * facts are within the limits; their signatures are not verified yet.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { byteLength, isCount } from './checks.ts'
import { decodeEpoch, type EpochName, encodeEpoch } from './epoch-name.ts'
import { decodeEnvelope } from './fact-envelope.ts'
import { type Json, parseJson } from './json.ts'
import * as limits from './limits.ts'
import { type DecodeFailure, failed, ok, type Result } from './result.ts'
import * as messages from './space-messages.ts'
import { receivedText } from './text.ts'

/** The decoded content of a space fact. */
export type SpaceFactBody =
  /** One field of the author's presence; without a value the field is removed. Ordered by (generation, version). */
  | {
      readonly type: 'field'
      readonly generation: number
      readonly version: number
      readonly name: string
      readonly value: Json | undefined
    }
  /** One entry of a shared config; without a value the key is deleted. Ordered by (epochMs, count, author). */
  | {
      readonly type: 'entry'
      readonly key: string
      readonly value: Json | undefined
      readonly epochMs: number
      readonly count: number
      /** Undefined: the author stored no entry of this key. */
      readonly replaces: ReplacedEntry | undefined
      /** The encoded grants of the author; undefined: the cluster has no authority. */
      readonly grants?: Uint8Array | undefined
    }
  /** An update of a document, in Yjs' encoding, version 1. */
  | {
      readonly type: 'update'
      readonly document: string
      readonly update: Uint8Array
      /** The epoch to which the update applies; undefined: any epoch. */
      readonly epoch?: EpochName | undefined
    }
  /** An event for the members that are in the room. `number` counts up within each generation. */
  | { readonly type: 'event'; readonly generation: number; readonly number: number; readonly value: Json }
  /** A change of a document with writers: an update in Yjs' encoding, version 1, or one part of it. */
  | {
      readonly type: 'change'
      readonly document: string
      readonly content: Uint8Array
      readonly epochMs: number
      /** The update is the whole document. */
      readonly isCheckpoint: boolean
      /** Undefined: `content` is the whole update. */
      readonly part: ChangePart | undefined
      /** Ids of updates in several parts that the checkpoint replaces, as 32 hexadecimal digits. */
      readonly replaces: readonly string[]
      /** The encoded grants of the author; undefined: the cluster has no authority. */
      readonly grants?: Uint8Array | undefined
    }

/** Which part of an update the content of a change is. */
export interface ChangePart {
  /** The id of the update: the first 16 bytes of its SHA-256 hash, as 32 hexadecimal digits. */
  readonly update: string
  /** From 0. */
  readonly index: number
  /** At least 2. */
  readonly count: number
}

/** A space fact before its author signed it. */
export type SpaceDraft = SpaceFactBody & { readonly author: string; readonly payload: Uint8Array }

/** A space fact with its Ed25519 signature of 64 bytes. */
export type SpaceFact = SpaceDraft & { readonly signature: Uint8Array }

export type FieldFact = SpaceFact & { readonly type: 'field' }
export type EntryFact = SpaceFact & { readonly type: 'entry' }
export type UpdateFact = SpaceFact & { readonly type: 'update' }
export type EventFact = SpaceFact & { readonly type: 'event' }
export type ChangeFact = SpaceFact & { readonly type: 'change' }

export const replacesBytes = 8
/** Bytes of the id of an update in several parts. */
export const updateIdBytes = 16

/** Identifies the earlier entry of the same key that the author of a new entry replaced. */
export interface ReplacedEntry {
  /** The first 8 bytes of its id. */
  readonly id: Uint8Array
  readonly epochMs: number
  readonly count: number
}

/** Encodes the payload of a space fact. @param author the id of the member that will sign */
export function draftSpaceFact(author: string, body: SpaceFactBody): SpaceDraft {
  return { ...body, author, payload: encodeBody(body) }
}

function encodeBody(body: SpaceFactBody): Uint8Array {
  switch (body.type) {
    case 'field': {
      const { generation, version, name, value } = body
      return messages.PresenceField.encode({ generation, version, name, ...jsonOf(value) })
    }
    case 'entry': {
      const { key, value, epochMs, count, replaces, grants } = body
      return messages.ConfigEntry.encode({
        key,
        epochMs,
        count,
        ...jsonOf(value),
        ...(replaces && { replaces: { ...replaces, id: replaces.id as Uint8Array<ArrayBuffer> } }),
        ...(grants && { grants: grants as Uint8Array<ArrayBuffer> }),
      })
    }
    case 'update':
      return messages.DocumentUpdate.encode({
        document: body.document,
        update: body.update as Uint8Array<ArrayBuffer>,
        ...(body.epoch && { epoch: encodeEpoch(body.epoch) }),
      })
    case 'event':
      return messages.Event.encode({
        generation: body.generation,
        number: body.number,
        json: JSON.stringify(body.value),
      })
    case 'change': {
      const { document, content, epochMs, isCheckpoint, part, replaces, grants } = body
      return messages.DocumentChange.encode({
        document,
        content: content as Uint8Array<ArrayBuffer>,
        epochMs,
        checkpoint: isCheckpoint,
        ...(part && { part: { ...part, update: fromString(part.update, 'base16') } }),
        replaces: fromString(replaces.join(''), 'base16'),
        ...(grants && { grants: grants as Uint8Array<ArrayBuffer> }),
      })
    }
  }
}

function jsonOf(value: Json | undefined): { json?: string } {
  return value === undefined ? {} : { json: JSON.stringify(value) }
}

const kinds = ['field', 'entry', 'update', 'event', 'change'] as const

/** The decoded fact; undefined for a kind of fact of a later version. */
export function decodeSpaceFact(message: messages.SpaceFact): Result<SpaceFact | undefined, DecodeFailure> {
  return decodeEnvelope<SpaceFactBody>(message, kinds, decodeBody)
}

/** @throws the errors of protons on bytes that are not a protobuf message; `space-codec.ts` catches them. */
function decodeBody(type: SpaceFactBody['type'], payload: Uint8Array): Result<SpaceFactBody, DecodeFailure> {
  switch (type) {
    case 'field': {
      const { generation, version, name, json } = messages.PresenceField.decode(payload)
      if (!isCount(generation) || !isCount(version)) return failed('invalid', 'a field has whole numbers ≥ 0')
      if (byteLength(name) > limits.maxFieldNameBytes)
        return failed('too-large', `a field name over ${limits.maxFieldNameBytes} bytes`)
      if (json !== undefined && byteLength(json) > limits.maxPresenceBytes)
        return failed('too-large', `a field over ${limits.maxPresenceBytes} bytes`)
      const value = readValue(json)
      return value.ok
        ? ok({ type, generation, version, name: receivedText(name), value: value.value })
        : value
    }
    case 'entry': {
      const { key, json, epochMs, count, replaces, grants } = messages.ConfigEntry.decode(payload)
      if (!isCount(epochMs)) return failed('invalid', 'the time of an entry is whole and ≥ 0')
      if (byteLength(key) > limits.maxConfigKeyBytes)
        return failed('too-large', `a key over ${limits.maxConfigKeyBytes} bytes`)
      if (json !== undefined && byteLength(json) > limits.maxConfigValueBytes)
        return failed('too-large', `a value over ${limits.maxConfigValueBytes} bytes`)
      if (replaces && (replaces.id.length !== replacesBytes || !isCount(replaces.epochMs)))
        return failed(
          'invalid',
          `a replaced entry has an id of ${replacesBytes} bytes and a time that is whole and ≥ 0`,
        )
      const value = readValue(json)
      return value.ok
        ? ok({
            type,
            key: receivedText(key),
            value: value.value,
            epochMs,
            count,
            replaces,
            ...(grants && { grants }),
          })
        : value
    }
    case 'update': {
      const { document, update, epoch: message } = messages.DocumentUpdate.decode(payload)
      if (byteLength(document) > limits.maxDocumentNameBytes)
        return failed('too-large', `a document name over ${limits.maxDocumentNameBytes} bytes`)
      const epoch = decodeEpoch(message)
      return epoch.ok ? ok({ type, document: receivedText(document), update, epoch: epoch.value }) : epoch
    }
    case 'event': {
      const { generation, number, json } = messages.Event.decode(payload)
      if (!isCount(generation) || !isCount(number)) return failed('invalid', 'an event has whole numbers ≥ 0')
      const value = parseJson(json)
      return value === undefined
        ? failed('invalid', 'a value is JSON')
        : ok({ type, generation, number, value })
    }
    case 'change':
      return decodeChange(messages.DocumentChange.decode(payload))
  }
}

function decodeChange({
  document,
  content,
  epochMs,
  checkpoint: isCheckpoint,
  part,
  replaces,
  grants,
}: messages.DocumentChange): Result<SpaceFactBody, DecodeFailure> {
  if (byteLength(document) > limits.maxDocumentNameBytes)
    return failed('too-large', `a document name over ${limits.maxDocumentNameBytes} bytes`)
  if (!isCount(epochMs)) return failed('invalid', 'the time of a change is whole and ≥ 0')
  if (content.length === 0 || content.length > limits.maxChangeBytes)
    return failed('invalid', `a change has 1 to ${limits.maxChangeBytes} bytes`)
  if (part && !isPart(part))
    return failed('invalid', `a part has an id of ${updateIdBytes} bytes and an index below its count`)
  const isFirst = isCheckpoint && (part?.index ?? 0) === 0
  if (replaces.length % updateIdBytes !== 0 || (replaces.length > 0 && !isFirst))
    return failed('invalid', 'only the first part of a checkpoint replaces updates')
  if (replaces.length > limits.maxReplacedUpdates * updateIdBytes)
    return failed('too-large', `more than ${limits.maxReplacedUpdates} replaced updates`)
  const ids: string[] = []
  for (let at = 0; at < replaces.length; at += updateIdBytes)
    ids.push(toText(replaces.subarray(at, at + updateIdBytes), 'base16'))
  const named = part && { ...part, update: toText(part.update, 'base16') }
  return ok({
    type: 'change',
    document: receivedText(document),
    content,
    epochMs,
    isCheckpoint,
    part: named,
    replaces: ids,
    ...(grants && { grants }),
  })
}

function isPart({ update, index, count }: messages.ChangePart): boolean {
  return update.length === updateIdBytes && count >= 2 && count <= limits.maxChangeParts && index < count
}

function readValue(json: string | undefined): Result<Json | undefined, DecodeFailure> {
  if (json === undefined) return ok(undefined)
  const value = parseJson(json)
  return value === undefined ? failed('invalid', 'a value is JSON') : ok(value)
}
