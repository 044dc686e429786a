// @ts-nocheck: generated from space-messages.proto; protons does not write strict TypeScript.
import { decodeMessage, encodeMessage, MaxLengthError, message, streamMessage } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface SpaceFact {
  author: Uint8Array<ArrayBuffer>
  field?: Uint8Array<ArrayBuffer>
  entry?: Uint8Array<ArrayBuffer>
  update?: Uint8Array<ArrayBuffer>
  event?: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export namespace SpaceFact {
  let _codec: Codec<SpaceFact>

  export const codec = (): Codec<SpaceFact> => {
    if (_codec == null) {
      _codec = message<SpaceFact>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.author != null && obj.author.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.author)
        }

        if (obj.field != null) {
          w.uint32(18)
          w.bytes(obj.field)
        }

        if (obj.entry != null) {
          w.uint32(26)
          w.bytes(obj.entry)
        }

        if (obj.update != null) {
          w.uint32(34)
          w.bytes(obj.update)
        }

        if (obj.event != null) {
          w.uint32(42)
          w.bytes(obj.event)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(122)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          author: uint8ArrayAlloc(0),
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.author = reader.bytes()
              break
            }
            case 2: {
              obj.field = reader.bytes()
              break
            }
            case 3: {
              obj.entry = reader.bytes()
              break
            }
            case 4: {
              obj.update = reader.bytes()
              break
            }
            case 5: {
              obj.event = reader.bytes()
              break
            }
            case 15: {
              obj.signature = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.author`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.field`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.entry`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.update`,
                value: reader.bytes()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.event`,
                value: reader.bytes()
              }
              break
            }
            case 15: {
              yield {
                field: `${prefix}.signature`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SpaceFactAuthorFieldEvent {
    field: '$.author'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpaceFactFieldFieldEvent {
    field: '$.field'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpaceFactEntryFieldEvent {
    field: '$.entry'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpaceFactUpdateFieldEvent {
    field: '$.update'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpaceFactEventFieldEvent {
    field: '$.event'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpaceFactSignatureFieldEvent {
    field: '$.signature'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<SpaceFact>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpaceFact.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceFact>): SpaceFact {
    return decodeMessage(buf, SpaceFact.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceFact>): Generator<SpaceFactAuthorFieldEvent | SpaceFactFieldFieldEvent | SpaceFactEntryFieldEvent | SpaceFactUpdateFieldEvent | SpaceFactEventFieldEvent | SpaceFactSignatureFieldEvent> {
    return streamMessage(buf, SpaceFact.codec(), opts)
  }
}

export interface PresenceField {
  entered: number
  version: number
  name: string
  json?: string
}

export namespace PresenceField {
  let _codec: Codec<PresenceField>

  export const codec = (): Codec<PresenceField> => {
    if (_codec == null) {
      _codec = message<PresenceField>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.entered != null && obj.entered !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.entered)
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.version)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(26)
          w.string(obj.name)
        }

        if (obj.json != null) {
          w.uint32(34)
          w.string(obj.json)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          entered: 0,
          version: 0,
          name: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.entered = reader.uint64Number()
              break
            }
            case 2: {
              obj.version = reader.uint64Number()
              break
            }
            case 3: {
              obj.name = reader.string()
              break
            }
            case 4: {
              obj.json = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.entered`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.version`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.name`,
                value: reader.string()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.json`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PresenceFieldEnteredFieldEvent {
    field: '$.entered'
    value: number
  }

  export interface PresenceFieldVersionFieldEvent {
    field: '$.version'
    value: number
  }

  export interface PresenceFieldNameFieldEvent {
    field: '$.name'
    value: string
  }

  export interface PresenceFieldJsonFieldEvent {
    field: '$.json'
    value: string
  }

  export function encode (obj: Partial<PresenceField>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PresenceField.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PresenceField>): PresenceField {
    return decodeMessage(buf, PresenceField.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PresenceField>): Generator<PresenceFieldEnteredFieldEvent | PresenceFieldVersionFieldEvent | PresenceFieldNameFieldEvent | PresenceFieldJsonFieldEvent> {
    return streamMessage(buf, PresenceField.codec(), opts)
  }
}

export interface ConfigEntry {
  key: string
  json?: string
  epochMs: number
  count: number
  replaces?: ReplacedEntry
}

export namespace ConfigEntry {
  let _codec: Codec<ConfigEntry>

  export const codec = (): Codec<ConfigEntry> => {
    if (_codec == null) {
      _codec = message<ConfigEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.key != null && obj.key !== '')) {
          w.uint32(10)
          w.string(obj.key)
        }

        if (obj.json != null) {
          w.uint32(18)
          w.string(obj.json)
        }

        if ((obj.epochMs != null && obj.epochMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.epochMs)
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(32)
          w.uint32(obj.count)
        }

        if (obj.replaces != null) {
          w.uint32(42)
          ReplacedEntry.codec().encode(obj.replaces, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          key: '',
          epochMs: 0,
          count: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.key = reader.string()
              break
            }
            case 2: {
              obj.json = reader.string()
              break
            }
            case 3: {
              obj.epochMs = reader.uint64Number()
              break
            }
            case 4: {
              obj.count = reader.uint32()
              break
            }
            case 5: {
              obj.replaces = ReplacedEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.replaces
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.key`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.json`,
                value: reader.string()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.epochMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.count`,
                value: reader.uint32()
              }
              break
            }
            case 5: {
              yield * ReplacedEntry.codec().stream(reader, reader.uint32(), `${prefix}.replaces`, {
                limits: opts.limits?.replaces
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ConfigEntryKeyFieldEvent {
    field: '$.key'
    value: string
  }

  export interface ConfigEntryJsonFieldEvent {
    field: '$.json'
    value: string
  }

  export interface ConfigEntryEpochMsFieldEvent {
    field: '$.epochMs'
    value: number
  }

  export interface ConfigEntryCountFieldEvent {
    field: '$.count'
    value: number
  }

  export interface ConfigEntryReplacesIdFieldEvent {
    field: '$.replaces.id'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ConfigEntryReplacesEpochMsFieldEvent {
    field: '$.replaces.epochMs'
    value: number
  }

  export interface ConfigEntryReplacesCountFieldEvent {
    field: '$.replaces.count'
    value: number
  }

  export function encode (obj: Partial<ConfigEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ConfigEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConfigEntry>): ConfigEntry {
    return decodeMessage(buf, ConfigEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConfigEntry>): Generator<ConfigEntryKeyFieldEvent | ConfigEntryJsonFieldEvent | ConfigEntryEpochMsFieldEvent | ConfigEntryCountFieldEvent | ConfigEntryReplacesIdFieldEvent | ConfigEntryReplacesEpochMsFieldEvent | ConfigEntryReplacesCountFieldEvent> {
    return streamMessage(buf, ConfigEntry.codec(), opts)
  }
}

export interface ReplacedEntry {
  id: Uint8Array<ArrayBuffer>
  epochMs: number
  count: number
}

export namespace ReplacedEntry {
  let _codec: Codec<ReplacedEntry>

  export const codec = (): Codec<ReplacedEntry> => {
    if (_codec == null) {
      _codec = message<ReplacedEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.id)
        }

        if ((obj.epochMs != null && obj.epochMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.epochMs)
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(24)
          w.uint32(obj.count)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          id: uint8ArrayAlloc(0),
          epochMs: 0,
          count: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.id = reader.bytes()
              break
            }
            case 2: {
              obj.epochMs = reader.uint64Number()
              break
            }
            case 3: {
              obj.count = reader.uint32()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.id`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.epochMs`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.count`,
                value: reader.uint32()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface ReplacedEntryIdFieldEvent {
    field: '$.id'
    value: Uint8Array<ArrayBuffer>
  }

  export interface ReplacedEntryEpochMsFieldEvent {
    field: '$.epochMs'
    value: number
  }

  export interface ReplacedEntryCountFieldEvent {
    field: '$.count'
    value: number
  }

  export function encode (obj: Partial<ReplacedEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplacedEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplacedEntry>): ReplacedEntry {
    return decodeMessage(buf, ReplacedEntry.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplacedEntry>): Generator<ReplacedEntryIdFieldEvent | ReplacedEntryEpochMsFieldEvent | ReplacedEntryCountFieldEvent> {
    return streamMessage(buf, ReplacedEntry.codec(), opts)
  }
}

export interface DocumentUpdate {
  document: string
  update: Uint8Array<ArrayBuffer>
}

export namespace DocumentUpdate {
  let _codec: Codec<DocumentUpdate>

  export const codec = (): Codec<DocumentUpdate> => {
    if (_codec == null) {
      _codec = message<DocumentUpdate>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.document != null && obj.document !== '')) {
          w.uint32(10)
          w.string(obj.document)
        }

        if ((obj.update != null && obj.update.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.update)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          document: '',
          update: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.document = reader.string()
              break
            }
            case 2: {
              obj.update = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.document`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.update`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface DocumentUpdateDocumentFieldEvent {
    field: '$.document'
    value: string
  }

  export interface DocumentUpdateUpdateFieldEvent {
    field: '$.update'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<DocumentUpdate>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DocumentUpdate.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentUpdate>): DocumentUpdate {
    return decodeMessage(buf, DocumentUpdate.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentUpdate>): Generator<DocumentUpdateDocumentFieldEvent | DocumentUpdateUpdateFieldEvent> {
    return streamMessage(buf, DocumentUpdate.codec(), opts)
  }
}

export interface Event {
  entered: number
  number: number
  json: string
}

export namespace Event {
  let _codec: Codec<Event>

  export const codec = (): Codec<Event> => {
    if (_codec == null) {
      _codec = message<Event>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.entered != null && obj.entered !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.entered)
        }

        if ((obj.number != null && obj.number !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.number)
        }

        if ((obj.json != null && obj.json !== '')) {
          w.uint32(26)
          w.string(obj.json)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          entered: 0,
          number: 0,
          json: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.entered = reader.uint64Number()
              break
            }
            case 2: {
              obj.number = reader.uint64Number()
              break
            }
            case 3: {
              obj.json = reader.string()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.entered`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.number`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.json`,
                value: reader.string()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface EventEnteredFieldEvent {
    field: '$.entered'
    value: number
  }

  export interface EventNumberFieldEvent {
    field: '$.number'
    value: number
  }

  export interface EventJsonFieldEvent {
    field: '$.json'
    value: string
  }

  export function encode (obj: Partial<Event>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Event.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Event>): Event {
    return decodeMessage(buf, Event.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Event>): Generator<EventEnteredFieldEvent | EventNumberFieldEvent | EventJsonFieldEvent> {
    return streamMessage(buf, Event.codec(), opts)
  }
}

export interface SpaceRumors {
  facts: SpaceFact[]
}

export namespace SpaceRumors {
  let _codec: Codec<SpaceRumors>

  export const codec = (): Codec<SpaceRumors> => {
    if (_codec == null) {
      _codec = message<SpaceRumors>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.facts != null && obj.facts.length > 0) {
          for (const value of obj.facts) {
            w.uint32(10)
            SpaceFact.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          facts: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.facts != null && obj.facts.length === opts.limits.facts) {
                throw new MaxLengthError('Decode error - repeated field "facts" had too many elements')
              }

              obj.facts.push(SpaceFact.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.facts$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          facts: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.facts != null && obj.facts === opts.limits.facts) {
                throw new MaxLengthError('Streaming decode error - repeated field "facts" had too many elements')
              }

              for (const evt of SpaceFact.codec().stream(reader, reader.uint32(), `${prefix}.facts[]`, {
                limits: opts.limits?.facts$
              })) {
                yield {
                  ...evt,
                  index: obj.facts
                }
              }

              obj.facts++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SpaceRumorsFactsAuthorFieldEvent {
    field: '$.facts[].author'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceRumorsFactsFieldFieldEvent {
    field: '$.facts[].field'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceRumorsFactsEntryFieldEvent {
    field: '$.facts[].entry'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceRumorsFactsUpdateFieldEvent {
    field: '$.facts[].update'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceRumorsFactsEventFieldEvent {
    field: '$.facts[].event'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceRumorsFactsSignatureFieldEvent {
    field: '$.facts[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export function encode (obj: Partial<SpaceRumors>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpaceRumors.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceRumors>): SpaceRumors {
    return decodeMessage(buf, SpaceRumors.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceRumors>): Generator<SpaceRumorsFactsAuthorFieldEvent | SpaceRumorsFactsFieldFieldEvent | SpaceRumorsFactsEntryFieldEvent | SpaceRumorsFactsUpdateFieldEvent | SpaceRumorsFactsEventFieldEvent | SpaceRumorsFactsSignatureFieldEvent> {
    return streamMessage(buf, SpaceRumors.codec(), opts)
  }
}

export interface Held {
  buckets?: Uint8Array<ArrayBuffer>
  ids: Uint8Array<ArrayBuffer>
  mutual: boolean
}

export namespace Held {
  let _codec: Codec<Held>

  export const codec = (): Codec<Held> => {
    if (_codec == null) {
      _codec = message<Held>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.buckets != null) {
          w.uint32(10)
          w.bytes(obj.buckets)
        }

        if ((obj.ids != null && obj.ids.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.ids)
        }

        if ((obj.mutual != null && obj.mutual !== false)) {
          w.uint32(24)
          w.bool(obj.mutual)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          ids: uint8ArrayAlloc(0),
          mutual: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.buckets = reader.bytes()
              break
            }
            case 2: {
              obj.ids = reader.bytes()
              break
            }
            case 3: {
              obj.mutual = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.buckets`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.ids`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.mutual`,
                value: reader.bool()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface HeldBucketsFieldEvent {
    field: '$.buckets'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HeldIdsFieldEvent {
    field: '$.ids'
    value: Uint8Array<ArrayBuffer>
  }

  export interface HeldMutualFieldEvent {
    field: '$.mutual'
    value: boolean
  }

  export function encode (obj: Partial<Held>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Held.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Held>): Held {
    return decodeMessage(buf, Held.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Held>): Generator<HeldBucketsFieldEvent | HeldIdsFieldEvent | HeldMutualFieldEvent> {
    return streamMessage(buf, Held.codec(), opts)
  }
}

export interface Piece {
  transfer: number
  offset: number
  total: number
  content: Uint8Array<ArrayBuffer>
}

export namespace Piece {
  let _codec: Codec<Piece>

  export const codec = (): Codec<Piece> => {
    if (_codec == null) {
      _codec = message<Piece>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.transfer != null && obj.transfer !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.transfer)
        }

        if ((obj.offset != null && obj.offset !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.offset)
        }

        if ((obj.total != null && obj.total !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.total)
        }

        if ((obj.content != null && obj.content.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.content)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          transfer: 0,
          offset: 0,
          total: 0,
          content: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.transfer = reader.uint64Number()
              break
            }
            case 2: {
              obj.offset = reader.uint64Number()
              break
            }
            case 3: {
              obj.total = reader.uint64Number()
              break
            }
            case 4: {
              obj.content = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.transfer`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.offset`,
                value: reader.uint64Number()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.total`,
                value: reader.uint64Number()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.content`,
                value: reader.bytes()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface PieceTransferFieldEvent {
    field: '$.transfer'
    value: number
  }

  export interface PieceOffsetFieldEvent {
    field: '$.offset'
    value: number
  }

  export interface PieceTotalFieldEvent {
    field: '$.total'
    value: number
  }

  export interface PieceContentFieldEvent {
    field: '$.content'
    value: Uint8Array<ArrayBuffer>
  }

  export function encode (obj: Partial<Piece>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Piece.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Piece>): Piece {
    return decodeMessage(buf, Piece.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Piece>): Generator<PieceTransferFieldEvent | PieceOffsetFieldEvent | PieceTotalFieldEvent | PieceContentFieldEvent> {
    return streamMessage(buf, Piece.codec(), opts)
  }
}

export interface Wanted {
  transfer: number
  offset: number
}

export namespace Wanted {
  let _codec: Codec<Wanted>

  export const codec = (): Codec<Wanted> => {
    if (_codec == null) {
      _codec = message<Wanted>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.transfer != null && obj.transfer !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.transfer)
        }

        if ((obj.offset != null && obj.offset !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.offset)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          transfer: 0,
          offset: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.transfer = reader.uint64Number()
              break
            }
            case 2: {
              obj.offset = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.transfer`,
                value: reader.uint64Number()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.offset`,
                value: reader.uint64Number()
              }
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface WantedTransferFieldEvent {
    field: '$.transfer'
    value: number
  }

  export interface WantedOffsetFieldEvent {
    field: '$.offset'
    value: number
  }

  export function encode (obj: Partial<Wanted>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Wanted.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Wanted>): Wanted {
    return decodeMessage(buf, Wanted.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Wanted>): Generator<WantedTransferFieldEvent | WantedOffsetFieldEvent> {
    return streamMessage(buf, Wanted.codec(), opts)
  }
}

export interface DocumentStep {
  document: string
  hash?: Uint8Array<ArrayBuffer>
  stateVector?: Uint8Array<ArrayBuffer>
  mutual: boolean
  update?: Uint8Array<ArrayBuffer>
  piece?: Piece
  wanted?: Wanted
}

export namespace DocumentStep {
  let _codec: Codec<DocumentStep>

  export const codec = (): Codec<DocumentStep> => {
    if (_codec == null) {
      _codec = message<DocumentStep>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.document != null && obj.document !== '')) {
          w.uint32(10)
          w.string(obj.document)
        }

        if (obj.hash != null) {
          w.uint32(18)
          w.bytes(obj.hash)
        }

        if (obj.stateVector != null) {
          w.uint32(26)
          w.bytes(obj.stateVector)
        }

        if ((obj.mutual != null && obj.mutual !== false)) {
          w.uint32(32)
          w.bool(obj.mutual)
        }

        if (obj.update != null) {
          w.uint32(42)
          w.bytes(obj.update)
        }

        if (obj.piece != null) {
          w.uint32(50)
          Piece.codec().encode(obj.piece, w)
        }

        if (obj.wanted != null) {
          w.uint32(58)
          Wanted.codec().encode(obj.wanted, w)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          document: '',
          mutual: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.document = reader.string()
              break
            }
            case 2: {
              obj.hash = reader.bytes()
              break
            }
            case 3: {
              obj.stateVector = reader.bytes()
              break
            }
            case 4: {
              obj.mutual = reader.bool()
              break
            }
            case 5: {
              obj.update = reader.bytes()
              break
            }
            case 6: {
              obj.piece = Piece.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.piece
              })
              break
            }
            case 7: {
              obj.wanted = Wanted.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.wanted
              })
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.document`,
                value: reader.string()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.hash`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.stateVector`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield {
                field: `${prefix}.mutual`,
                value: reader.bool()
              }
              break
            }
            case 5: {
              yield {
                field: `${prefix}.update`,
                value: reader.bytes()
              }
              break
            }
            case 6: {
              yield * Piece.codec().stream(reader, reader.uint32(), `${prefix}.piece`, {
                limits: opts.limits?.piece
              })

              break
            }
            case 7: {
              yield * Wanted.codec().stream(reader, reader.uint32(), `${prefix}.wanted`, {
                limits: opts.limits?.wanted
              })

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface DocumentStepDocumentFieldEvent {
    field: '$.document'
    value: string
  }

  export interface DocumentStepHashFieldEvent {
    field: '$.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DocumentStepStateVectorFieldEvent {
    field: '$.stateVector'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DocumentStepMutualFieldEvent {
    field: '$.mutual'
    value: boolean
  }

  export interface DocumentStepUpdateFieldEvent {
    field: '$.update'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DocumentStepPieceTransferFieldEvent {
    field: '$.piece.transfer'
    value: number
  }

  export interface DocumentStepPieceOffsetFieldEvent {
    field: '$.piece.offset'
    value: number
  }

  export interface DocumentStepPieceTotalFieldEvent {
    field: '$.piece.total'
    value: number
  }

  export interface DocumentStepPieceContentFieldEvent {
    field: '$.piece.content'
    value: Uint8Array<ArrayBuffer>
  }

  export interface DocumentStepWantedTransferFieldEvent {
    field: '$.wanted.transfer'
    value: number
  }

  export interface DocumentStepWantedOffsetFieldEvent {
    field: '$.wanted.offset'
    value: number
  }

  export function encode (obj: Partial<DocumentStep>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DocumentStep.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentStep>): DocumentStep {
    return decodeMessage(buf, DocumentStep.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentStep>): Generator<DocumentStepDocumentFieldEvent | DocumentStepHashFieldEvent | DocumentStepStateVectorFieldEvent | DocumentStepMutualFieldEvent | DocumentStepUpdateFieldEvent | DocumentStepPieceTransferFieldEvent | DocumentStepPieceOffsetFieldEvent | DocumentStepPieceTotalFieldEvent | DocumentStepPieceContentFieldEvent | DocumentStepWantedTransferFieldEvent | DocumentStepWantedOffsetFieldEvent> {
    return streamMessage(buf, DocumentStep.codec(), opts)
  }
}

export interface SpaceStep {
  space: Uint8Array<ArrayBuffer>
  hash?: Uint8Array<ArrayBuffer>
  bucketHashes?: Uint8Array<ArrayBuffer>
  held?: Held
  facts: SpaceFact[]
  more: boolean
  documents: DocumentStep[]
}

export namespace SpaceStep {
  let _codec: Codec<SpaceStep>

  export const codec = (): Codec<SpaceStep> => {
    if (_codec == null) {
      _codec = message<SpaceStep>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.space != null && obj.space.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.space)
        }

        if (obj.hash != null) {
          w.uint32(18)
          w.bytes(obj.hash)
        }

        if (obj.bucketHashes != null) {
          w.uint32(26)
          w.bytes(obj.bucketHashes)
        }

        if (obj.held != null) {
          w.uint32(34)
          Held.codec().encode(obj.held, w)
        }

        if (obj.facts != null && obj.facts.length > 0) {
          for (const value of obj.facts) {
            w.uint32(42)
            SpaceFact.codec().encode(value, w)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(48)
          w.bool(obj.more)
        }

        if (obj.documents != null && obj.documents.length > 0) {
          for (const value of obj.documents) {
            w.uint32(58)
            DocumentStep.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          space: uint8ArrayAlloc(0),
          facts: [],
          more: false,
          documents: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.space = reader.bytes()
              break
            }
            case 2: {
              obj.hash = reader.bytes()
              break
            }
            case 3: {
              obj.bucketHashes = reader.bytes()
              break
            }
            case 4: {
              obj.held = Held.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.held
              })
              break
            }
            case 5: {
              if (opts.limits?.facts != null && obj.facts.length === opts.limits.facts) {
                throw new MaxLengthError('Decode error - repeated field "facts" had too many elements')
              }

              obj.facts.push(SpaceFact.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.facts$
              }))
              break
            }
            case 6: {
              obj.more = reader.bool()
              break
            }
            case 7: {
              if (opts.limits?.documents != null && obj.documents.length === opts.limits.documents) {
                throw new MaxLengthError('Decode error - repeated field "documents" had too many elements')
              }

              obj.documents.push(DocumentStep.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.documents$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          facts: 0,
          documents: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              yield {
                field: `${prefix}.space`,
                value: reader.bytes()
              }
              break
            }
            case 2: {
              yield {
                field: `${prefix}.hash`,
                value: reader.bytes()
              }
              break
            }
            case 3: {
              yield {
                field: `${prefix}.bucketHashes`,
                value: reader.bytes()
              }
              break
            }
            case 4: {
              yield * Held.codec().stream(reader, reader.uint32(), `${prefix}.held`, {
                limits: opts.limits?.held
              })

              break
            }
            case 5: {
              if (opts.limits?.facts != null && obj.facts === opts.limits.facts) {
                throw new MaxLengthError('Streaming decode error - repeated field "facts" had too many elements')
              }

              for (const evt of SpaceFact.codec().stream(reader, reader.uint32(), `${prefix}.facts[]`, {
                limits: opts.limits?.facts$
              })) {
                yield {
                  ...evt,
                  index: obj.facts
                }
              }

              obj.facts++

              break
            }
            case 6: {
              yield {
                field: `${prefix}.more`,
                value: reader.bool()
              }
              break
            }
            case 7: {
              if (opts.limits?.documents != null && obj.documents === opts.limits.documents) {
                throw new MaxLengthError('Streaming decode error - repeated field "documents" had too many elements')
              }

              for (const evt of DocumentStep.codec().stream(reader, reader.uint32(), `${prefix}.documents[]`, {
                limits: opts.limits?.documents$
              })) {
                yield {
                  ...evt,
                  index: obj.documents
                }
              }

              obj.documents++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SpaceStepSpaceFieldEvent {
    field: '$.space'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpaceStepHashFieldEvent {
    field: '$.hash'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpaceStepBucketHashesFieldEvent {
    field: '$.bucketHashes'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpaceStepHeldBucketsFieldEvent {
    field: '$.held.buckets'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpaceStepHeldIdsFieldEvent {
    field: '$.held.ids'
    value: Uint8Array<ArrayBuffer>
  }

  export interface SpaceStepHeldMutualFieldEvent {
    field: '$.held.mutual'
    value: boolean
  }

  export interface SpaceStepFactsAuthorFieldEvent {
    field: '$.facts[].author'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceStepFactsFieldFieldEvent {
    field: '$.facts[].field'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceStepFactsEntryFieldEvent {
    field: '$.facts[].entry'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceStepFactsUpdateFieldEvent {
    field: '$.facts[].update'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceStepFactsEventFieldEvent {
    field: '$.facts[].event'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceStepFactsSignatureFieldEvent {
    field: '$.facts[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceStepMoreFieldEvent {
    field: '$.more'
    value: boolean
  }

  export interface SpaceStepDocumentsDocumentFieldEvent {
    field: '$.documents[].document'
    value: string
    index: number
  }

  export interface SpaceStepDocumentsHashFieldEvent {
    field: '$.documents[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceStepDocumentsStateVectorFieldEvent {
    field: '$.documents[].stateVector'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceStepDocumentsMutualFieldEvent {
    field: '$.documents[].mutual'
    value: boolean
    index: number
  }

  export interface SpaceStepDocumentsUpdateFieldEvent {
    field: '$.documents[].update'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceStepDocumentsPieceTransferFieldEvent {
    field: '$.documents[].piece.transfer'
    value: number
    index: number
  }

  export interface SpaceStepDocumentsPieceOffsetFieldEvent {
    field: '$.documents[].piece.offset'
    value: number
    index: number
  }

  export interface SpaceStepDocumentsPieceTotalFieldEvent {
    field: '$.documents[].piece.total'
    value: number
    index: number
  }

  export interface SpaceStepDocumentsPieceContentFieldEvent {
    field: '$.documents[].piece.content'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceStepDocumentsWantedTransferFieldEvent {
    field: '$.documents[].wanted.transfer'
    value: number
    index: number
  }

  export interface SpaceStepDocumentsWantedOffsetFieldEvent {
    field: '$.documents[].wanted.offset'
    value: number
    index: number
  }

  export function encode (obj: Partial<SpaceStep>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpaceStep.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceStep>): SpaceStep {
    return decodeMessage(buf, SpaceStep.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceStep>): Generator<SpaceStepSpaceFieldEvent | SpaceStepHashFieldEvent | SpaceStepBucketHashesFieldEvent | SpaceStepHeldBucketsFieldEvent | SpaceStepHeldIdsFieldEvent | SpaceStepHeldMutualFieldEvent | SpaceStepFactsAuthorFieldEvent | SpaceStepFactsFieldFieldEvent | SpaceStepFactsEntryFieldEvent | SpaceStepFactsUpdateFieldEvent | SpaceStepFactsEventFieldEvent | SpaceStepFactsSignatureFieldEvent | SpaceStepMoreFieldEvent | SpaceStepDocumentsDocumentFieldEvent | SpaceStepDocumentsHashFieldEvent | SpaceStepDocumentsStateVectorFieldEvent | SpaceStepDocumentsMutualFieldEvent | SpaceStepDocumentsUpdateFieldEvent | SpaceStepDocumentsPieceTransferFieldEvent | SpaceStepDocumentsPieceOffsetFieldEvent | SpaceStepDocumentsPieceTotalFieldEvent | SpaceStepDocumentsPieceContentFieldEvent | SpaceStepDocumentsWantedTransferFieldEvent | SpaceStepDocumentsWantedOffsetFieldEvent> {
    return streamMessage(buf, SpaceStep.codec(), opts)
  }
}

export interface SpaceFrame {
  steps: SpaceStep[]
}

export namespace SpaceFrame {
  let _codec: Codec<SpaceFrame>

  export const codec = (): Codec<SpaceFrame> => {
    if (_codec == null) {
      _codec = message<SpaceFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.steps != null && obj.steps.length > 0) {
          for (const value of obj.steps) {
            w.uint32(18)
            SpaceStep.codec().encode(value, w)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          steps: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 2: {
              if (opts.limits?.steps != null && obj.steps.length === opts.limits.steps) {
                throw new MaxLengthError('Decode error - repeated field "steps" had too many elements')
              }

              obj.steps.push(SpaceStep.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.steps$
              }))
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      }, function * (reader, length, prefix, opts = {}) {
        const obj = {
          steps: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 2: {
              if (opts.limits?.steps != null && obj.steps === opts.limits.steps) {
                throw new MaxLengthError('Streaming decode error - repeated field "steps" had too many elements')
              }

              for (const evt of SpaceStep.codec().stream(reader, reader.uint32(), `${prefix}.steps[]`, {
                limits: opts.limits?.steps$
              })) {
                yield {
                  ...evt,
                  index: obj.steps
                }
              }

              obj.steps++

              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }
      })
    }

    return _codec
  }

  export interface SpaceFrameStepsSpaceFieldEvent {
    field: '$.steps[].space'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsHashFieldEvent {
    field: '$.steps[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsBucketHashesFieldEvent {
    field: '$.steps[].bucketHashes'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsHeldBucketsFieldEvent {
    field: '$.steps[].held.buckets'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsHeldIdsFieldEvent {
    field: '$.steps[].held.ids'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsHeldMutualFieldEvent {
    field: '$.steps[].held.mutual'
    value: boolean
    index: number
  }

  export interface SpaceFrameStepsFactsAuthorFieldEvent {
    field: '$.steps[].facts[].author'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsFactsFieldFieldEvent {
    field: '$.steps[].facts[].field'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsFactsEntryFieldEvent {
    field: '$.steps[].facts[].entry'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsFactsUpdateFieldEvent {
    field: '$.steps[].facts[].update'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsFactsEventFieldEvent {
    field: '$.steps[].facts[].event'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsFactsSignatureFieldEvent {
    field: '$.steps[].facts[].signature'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsMoreFieldEvent {
    field: '$.steps[].more'
    value: boolean
    index: number
  }

  export interface SpaceFrameStepsDocumentsDocumentFieldEvent {
    field: '$.steps[].documents[].document'
    value: string
    index: number
  }

  export interface SpaceFrameStepsDocumentsHashFieldEvent {
    field: '$.steps[].documents[].hash'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsDocumentsStateVectorFieldEvent {
    field: '$.steps[].documents[].stateVector'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsDocumentsMutualFieldEvent {
    field: '$.steps[].documents[].mutual'
    value: boolean
    index: number
  }

  export interface SpaceFrameStepsDocumentsUpdateFieldEvent {
    field: '$.steps[].documents[].update'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsDocumentsPieceTransferFieldEvent {
    field: '$.steps[].documents[].piece.transfer'
    value: number
    index: number
  }

  export interface SpaceFrameStepsDocumentsPieceOffsetFieldEvent {
    field: '$.steps[].documents[].piece.offset'
    value: number
    index: number
  }

  export interface SpaceFrameStepsDocumentsPieceTotalFieldEvent {
    field: '$.steps[].documents[].piece.total'
    value: number
    index: number
  }

  export interface SpaceFrameStepsDocumentsPieceContentFieldEvent {
    field: '$.steps[].documents[].piece.content'
    value: Uint8Array<ArrayBuffer>
    index: number
  }

  export interface SpaceFrameStepsDocumentsWantedTransferFieldEvent {
    field: '$.steps[].documents[].wanted.transfer'
    value: number
    index: number
  }

  export interface SpaceFrameStepsDocumentsWantedOffsetFieldEvent {
    field: '$.steps[].documents[].wanted.offset'
    value: number
    index: number
  }

  export function encode (obj: Partial<SpaceFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpaceFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceFrame>): SpaceFrame {
    return decodeMessage(buf, SpaceFrame.codec(), opts)
  }

  export function stream (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceFrame>): Generator<SpaceFrameStepsSpaceFieldEvent | SpaceFrameStepsHashFieldEvent | SpaceFrameStepsBucketHashesFieldEvent | SpaceFrameStepsHeldBucketsFieldEvent | SpaceFrameStepsHeldIdsFieldEvent | SpaceFrameStepsHeldMutualFieldEvent | SpaceFrameStepsFactsAuthorFieldEvent | SpaceFrameStepsFactsFieldFieldEvent | SpaceFrameStepsFactsEntryFieldEvent | SpaceFrameStepsFactsUpdateFieldEvent | SpaceFrameStepsFactsEventFieldEvent | SpaceFrameStepsFactsSignatureFieldEvent | SpaceFrameStepsMoreFieldEvent | SpaceFrameStepsDocumentsDocumentFieldEvent | SpaceFrameStepsDocumentsHashFieldEvent | SpaceFrameStepsDocumentsStateVectorFieldEvent | SpaceFrameStepsDocumentsMutualFieldEvent | SpaceFrameStepsDocumentsUpdateFieldEvent | SpaceFrameStepsDocumentsPieceTransferFieldEvent | SpaceFrameStepsDocumentsPieceOffsetFieldEvent | SpaceFrameStepsDocumentsPieceTotalFieldEvent | SpaceFrameStepsDocumentsPieceContentFieldEvent | SpaceFrameStepsDocumentsWantedTransferFieldEvent | SpaceFrameStepsDocumentsWantedOffsetFieldEvent> {
    return streamMessage(buf, SpaceFrame.codec(), opts)
  }
}
