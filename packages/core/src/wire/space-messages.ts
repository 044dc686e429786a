// @ts-nocheck: generated from space-messages.proto; protons does not write strict TypeScript.
import { decodeMessage, encodeMessage, MaxLengthError, message } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface SpaceFact {
  author: Uint8Array<ArrayBuffer>
  field?: Uint8Array<ArrayBuffer>
  entry?: Uint8Array<ArrayBuffer>
  update?: Uint8Array<ArrayBuffer>
  event?: Uint8Array<ArrayBuffer>
  change?: Uint8Array<ArrayBuffer>
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

        if (obj.change != null) {
          w.uint32(50)
          w.bytes(obj.change)
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
            case 6: {
              obj.change = reader.bytes()
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
      })
    }

    return _codec
  }

  export function encode (obj: Partial<SpaceFact>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpaceFact.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceFact>): SpaceFact {
    return decodeMessage(buf, SpaceFact.codec(), opts)
  }
}

export interface PresenceField {
  generation: number
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

        if ((obj.generation != null && obj.generation !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.generation)
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
          generation: 0,
          version: 0,
          name: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.generation = reader.uint64Number()
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
      })
    }

    return _codec
  }

  export function encode (obj: Partial<PresenceField>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, PresenceField.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<PresenceField>): PresenceField {
    return decodeMessage(buf, PresenceField.codec(), opts)
  }
}

export interface ConfigEntry {
  key: string
  json?: string
  epochMs: number
  count: number
  replaces?: ReplacedEntry
  grants?: Uint8Array<ArrayBuffer>
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

        if (obj.grants != null) {
          w.uint32(50)
          w.bytes(obj.grants)
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
            case 6: {
              obj.grants = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      })
    }

    return _codec
  }

  export function encode (obj: Partial<ConfigEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ConfigEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ConfigEntry>): ConfigEntry {
    return decodeMessage(buf, ConfigEntry.codec(), opts)
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
      })
    }

    return _codec
  }

  export function encode (obj: Partial<ReplacedEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ReplacedEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ReplacedEntry>): ReplacedEntry {
    return decodeMessage(buf, ReplacedEntry.codec(), opts)
  }
}

export interface Epoch {
  number: number
  id: Uint8Array<ArrayBuffer>
}

export namespace Epoch {
  let _codec: Codec<Epoch>

  export const codec = (): Codec<Epoch> => {
    if (_codec == null) {
      _codec = message<Epoch>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.number != null && obj.number !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.number)
        }

        if ((obj.id != null && obj.id.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.id)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          number: 0,
          id: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.number = reader.uint64Number()
              break
            }
            case 2: {
              obj.id = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      })
    }

    return _codec
  }

  export function encode (obj: Partial<Epoch>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Epoch.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Epoch>): Epoch {
    return decodeMessage(buf, Epoch.codec(), opts)
  }
}

export interface DocumentUpdate {
  document: string
  update: Uint8Array<ArrayBuffer>
  epoch?: Epoch
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

        if (obj.epoch != null) {
          w.uint32(26)
          Epoch.codec().encode(obj.epoch, w)
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
            case 3: {
              obj.epoch = Epoch.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.epoch
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
      })
    }

    return _codec
  }

  export function encode (obj: Partial<DocumentUpdate>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DocumentUpdate.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentUpdate>): DocumentUpdate {
    return decodeMessage(buf, DocumentUpdate.codec(), opts)
  }
}

export interface DocumentChange {
  document: string
  content: Uint8Array<ArrayBuffer>
  epochMs: number
  checkpoint: boolean
  part?: ChangePart
  replaces: Uint8Array<ArrayBuffer>
  grants?: Uint8Array<ArrayBuffer>
}

export namespace DocumentChange {
  let _codec: Codec<DocumentChange>

  export const codec = (): Codec<DocumentChange> => {
    if (_codec == null) {
      _codec = message<DocumentChange>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.document != null && obj.document !== '')) {
          w.uint32(10)
          w.string(obj.document)
        }

        if ((obj.content != null && obj.content.byteLength > 0)) {
          w.uint32(18)
          w.bytes(obj.content)
        }

        if ((obj.epochMs != null && obj.epochMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.epochMs)
        }

        if ((obj.checkpoint != null && obj.checkpoint !== false)) {
          w.uint32(32)
          w.bool(obj.checkpoint)
        }

        if (obj.part != null) {
          w.uint32(42)
          ChangePart.codec().encode(obj.part, w)
        }

        if ((obj.replaces != null && obj.replaces.byteLength > 0)) {
          w.uint32(50)
          w.bytes(obj.replaces)
        }

        if (obj.grants != null) {
          w.uint32(58)
          w.bytes(obj.grants)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          document: '',
          content: uint8ArrayAlloc(0),
          epochMs: 0,
          checkpoint: false,
          replaces: uint8ArrayAlloc(0)
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
              obj.content = reader.bytes()
              break
            }
            case 3: {
              obj.epochMs = reader.uint64Number()
              break
            }
            case 4: {
              obj.checkpoint = reader.bool()
              break
            }
            case 5: {
              obj.part = ChangePart.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.part
              })
              break
            }
            case 6: {
              obj.replaces = reader.bytes()
              break
            }
            case 7: {
              obj.grants = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      })
    }

    return _codec
  }

  export function encode (obj: Partial<DocumentChange>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DocumentChange.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentChange>): DocumentChange {
    return decodeMessage(buf, DocumentChange.codec(), opts)
  }
}

export interface ChangePart {
  update: Uint8Array<ArrayBuffer>
  index: number
  count: number
}

export namespace ChangePart {
  let _codec: Codec<ChangePart>

  export const codec = (): Codec<ChangePart> => {
    if (_codec == null) {
      _codec = message<ChangePart>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.update != null && obj.update.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.update)
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(16)
          w.uint32(obj.index)
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
          update: uint8ArrayAlloc(0),
          index: 0,
          count: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.update = reader.bytes()
              break
            }
            case 2: {
              obj.index = reader.uint32()
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
      })
    }

    return _codec
  }

  export function encode (obj: Partial<ChangePart>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ChangePart.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ChangePart>): ChangePart {
    return decodeMessage(buf, ChangePart.codec(), opts)
  }
}

export interface Event {
  generation: number
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

        if ((obj.generation != null && obj.generation !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.generation)
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
          generation: 0,
          number: 0,
          json: ''
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.generation = reader.uint64Number()
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
      })
    }

    return _codec
  }

  export function encode (obj: Partial<Event>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Event.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Event>): Event {
    return decodeMessage(buf, Event.codec(), opts)
  }
}

export interface SpaceRumors {
  facts: SpaceFact[]
  sealed?: Uint8Array<ArrayBuffer>
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

        if (obj.sealed != null) {
          w.uint32(122)
          w.bytes(obj.sealed)
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
            case 15: {
              obj.sealed = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      })
    }

    return _codec
  }

  export function encode (obj: Partial<SpaceRumors>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpaceRumors.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceRumors>): SpaceRumors {
    return decodeMessage(buf, SpaceRumors.codec(), opts)
  }
}

export interface StoredIds {
  buckets?: Uint8Array<ArrayBuffer>
  ids: Uint8Array<ArrayBuffer>
  mutual: boolean
}

export namespace StoredIds {
  let _codec: Codec<StoredIds>

  export const codec = (): Codec<StoredIds> => {
    if (_codec == null) {
      _codec = message<StoredIds>((obj, w, opts = {}) => {
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
      })
    }

    return _codec
  }

  export function encode (obj: Partial<StoredIds>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, StoredIds.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<StoredIds>): StoredIds {
    return decodeMessage(buf, StoredIds.codec(), opts)
  }
}

export interface Piece {
  transfer: number
  index: number
  content: Uint8Array<ArrayBuffer>
  endOfUpdate: boolean
  last: boolean
  answer: boolean
  synced: boolean
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

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.index)
        }

        if ((obj.content != null && obj.content.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.content)
        }

        if ((obj.endOfUpdate != null && obj.endOfUpdate !== false)) {
          w.uint32(32)
          w.bool(obj.endOfUpdate)
        }

        if ((obj.last != null && obj.last !== false)) {
          w.uint32(40)
          w.bool(obj.last)
        }

        if ((obj.answer != null && obj.answer !== false)) {
          w.uint32(48)
          w.bool(obj.answer)
        }

        if ((obj.synced != null && obj.synced !== false)) {
          w.uint32(56)
          w.bool(obj.synced)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          transfer: 0,
          index: 0,
          content: uint8ArrayAlloc(0),
          endOfUpdate: false,
          last: false,
          answer: false,
          synced: false
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
              obj.index = reader.uint64Number()
              break
            }
            case 3: {
              obj.content = reader.bytes()
              break
            }
            case 4: {
              obj.endOfUpdate = reader.bool()
              break
            }
            case 5: {
              obj.last = reader.bool()
              break
            }
            case 6: {
              obj.answer = reader.bool()
              break
            }
            case 7: {
              obj.synced = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      })
    }

    return _codec
  }

  export function encode (obj: Partial<Piece>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Piece.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Piece>): Piece {
    return decodeMessage(buf, Piece.codec(), opts)
  }
}

export interface Ack {
  transfer: number
  count: number
}

export namespace Ack {
  let _codec: Codec<Ack>

  export const codec = (): Codec<Ack> => {
    if (_codec == null) {
      _codec = message<Ack>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.transfer != null && obj.transfer !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.transfer)
        }

        if ((obj.count != null && obj.count !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.count)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          transfer: 0,
          count: 0
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
              obj.count = reader.uint64Number()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      })
    }

    return _codec
  }

  export function encode (obj: Partial<Ack>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Ack.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Ack>): Ack {
    return decodeMessage(buf, Ack.codec(), opts)
  }
}

export interface DocumentStep {
  document: string
  hash?: Uint8Array<ArrayBuffer>
  stateVector?: Uint8Array<ArrayBuffer>
  mutual: boolean
  buckets?: Uint8Array<ArrayBuffer>
  bucketHashes?: Uint8Array<ArrayBuffer>
  synced: boolean
  piece?: Piece
  ack?: Ack
  carry: boolean
  epoch?: Epoch
  past: boolean
  noPast: boolean
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

        if (obj.buckets != null) {
          w.uint32(42)
          w.bytes(obj.buckets)
        }

        if (obj.bucketHashes != null) {
          w.uint32(50)
          w.bytes(obj.bucketHashes)
        }

        if ((obj.synced != null && obj.synced !== false)) {
          w.uint32(56)
          w.bool(obj.synced)
        }

        if (obj.piece != null) {
          w.uint32(66)
          Piece.codec().encode(obj.piece, w)
        }

        if (obj.ack != null) {
          w.uint32(74)
          Ack.codec().encode(obj.ack, w)
        }

        if ((obj.carry != null && obj.carry !== false)) {
          w.uint32(80)
          w.bool(obj.carry)
        }

        if (obj.epoch != null) {
          w.uint32(90)
          Epoch.codec().encode(obj.epoch, w)
        }

        if ((obj.past != null && obj.past !== false)) {
          w.uint32(96)
          w.bool(obj.past)
        }

        if ((obj.noPast != null && obj.noPast !== false)) {
          w.uint32(104)
          w.bool(obj.noPast)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          document: '',
          mutual: false,
          synced: false,
          carry: false,
          past: false,
          noPast: false
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
              obj.buckets = reader.bytes()
              break
            }
            case 6: {
              obj.bucketHashes = reader.bytes()
              break
            }
            case 7: {
              obj.synced = reader.bool()
              break
            }
            case 8: {
              obj.piece = Piece.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.piece
              })
              break
            }
            case 9: {
              obj.ack = Ack.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.ack
              })
              break
            }
            case 10: {
              obj.carry = reader.bool()
              break
            }
            case 11: {
              obj.epoch = Epoch.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.epoch
              })
              break
            }
            case 12: {
              obj.past = reader.bool()
              break
            }
            case 13: {
              obj.noPast = reader.bool()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      })
    }

    return _codec
  }

  export function encode (obj: Partial<DocumentStep>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DocumentStep.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DocumentStep>): DocumentStep {
    return decodeMessage(buf, DocumentStep.codec(), opts)
  }
}

export interface SpaceStep {
  space: Uint8Array<ArrayBuffer>
  hash?: Uint8Array<ArrayBuffer>
  bucketHashes?: Uint8Array<ArrayBuffer>
  storedIds?: StoredIds
  facts: SpaceFact[]
  more: boolean
  documents: DocumentStep[]
  sealed?: Uint8Array<ArrayBuffer>
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

        if (obj.storedIds != null) {
          w.uint32(34)
          StoredIds.codec().encode(obj.storedIds, w)
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

        if (obj.sealed != null) {
          w.uint32(122)
          w.bytes(obj.sealed)
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
              obj.storedIds = StoredIds.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.storedIds
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
            case 15: {
              obj.sealed = reader.bytes()
              break
            }
            default: {
              reader.skipType(tag & 7)
              break
            }
          }
        }

        return obj
      })
    }

    return _codec
  }

  export function encode (obj: Partial<SpaceStep>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpaceStep.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceStep>): SpaceStep {
    return decodeMessage(buf, SpaceStep.codec(), opts)
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
      })
    }

    return _codec
  }

  export function encode (obj: Partial<SpaceFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpaceFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceFrame>): SpaceFrame {
    return decodeMessage(buf, SpaceFrame.codec(), opts)
  }
}
