// @ts-nocheck: generated from messages.proto; protons does not write strict TypeScript.
import { decodeMessage, encodeMessage, MaxLengthError, message } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface SignedFact {
  author: Uint8Array<ArrayBuffer>
  record?: Uint8Array<ArrayBuffer>
  heartbeat?: Uint8Array<ArrayBuffer>
  suspicion?: Uint8Array<ArrayBuffer>
  introduction?: Uint8Array<ArrayBuffer>
  revocation?: Uint8Array<ArrayBuffer>
  keyring?: Uint8Array<ArrayBuffer>
  signature: Uint8Array<ArrayBuffer>
}

export namespace SignedFact {
  let _codec: Codec<SignedFact>

  export const codec = (): Codec<SignedFact> => {
    if (_codec == null) {
      _codec = message<SignedFact>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.author != null && obj.author.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.author)
        }

        if (obj.record != null) {
          w.uint32(18)
          w.bytes(obj.record)
        }

        if (obj.heartbeat != null) {
          w.uint32(26)
          w.bytes(obj.heartbeat)
        }

        if (obj.suspicion != null) {
          w.uint32(34)
          w.bytes(obj.suspicion)
        }

        if (obj.introduction != null) {
          w.uint32(42)
          w.bytes(obj.introduction)
        }

        if (obj.revocation != null) {
          w.uint32(74)
          w.bytes(obj.revocation)
        }

        if (obj.keyring != null) {
          w.uint32(82)
          w.bytes(obj.keyring)
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
              obj.record = reader.bytes()
              break
            }
            case 3: {
              obj.heartbeat = reader.bytes()
              break
            }
            case 4: {
              obj.suspicion = reader.bytes()
              break
            }
            case 5: {
              obj.introduction = reader.bytes()
              break
            }
            case 9: {
              obj.revocation = reader.bytes()
              break
            }
            case 10: {
              obj.keyring = reader.bytes()
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

  export function encode (obj: Partial<SignedFact>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SignedFact.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SignedFact>): SignedFact {
    return decodeMessage(buf, SignedFact.codec(), opts)
  }
}

export interface Tag {
  key: string
  value: string
}

export namespace Tag {
  let _codec: Codec<Tag>

  export const codec = (): Codec<Tag> => {
    if (_codec == null) {
      _codec = message<Tag>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.key != null && obj.key !== '')) {
          w.uint32(10)
          w.string(obj.key)
        }

        if ((obj.value != null && obj.value !== '')) {
          w.uint32(18)
          w.string(obj.value)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          key: '',
          value: ''
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
              obj.value = reader.string()
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

  export function encode (obj: Partial<Tag>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Tag.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Tag>): Tag {
    return decodeMessage(buf, Tag.codec(), opts)
  }
}

export interface SpaceGeneration {
  space: Uint8Array<ArrayBuffer>
  generation: number
}

export namespace SpaceGeneration {
  let _codec: Codec<SpaceGeneration>

  export const codec = (): Codec<SpaceGeneration> => {
    if (_codec == null) {
      _codec = message<SpaceGeneration>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.space != null && obj.space.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.space)
        }

        if ((obj.generation != null && obj.generation !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.generation)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          space: uint8ArrayAlloc(0),
          generation: 0
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
              obj.generation = reader.uint64Number()
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

  export function encode (obj: Partial<SpaceGeneration>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SpaceGeneration.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SpaceGeneration>): SpaceGeneration {
    return decodeMessage(buf, SpaceGeneration.codec(), opts)
  }
}

export interface MemberRecord {
  incarnation: number
  version: number
  name: string
  addresses: Uint8Array<ArrayBuffer>[]
  tags: Tag[]
  spaces: SpaceGeneration[]
  leaving: boolean
  attention: number
  attentionLeaseMs: number
  leftEpochMs: number
  ephemeral: boolean
  grants?: Uint8Array<ArrayBuffer>
  returnsWithinMs: number
}

export namespace MemberRecord {
  let _codec: Codec<MemberRecord>

  export const codec = (): Codec<MemberRecord> => {
    if (_codec == null) {
      _codec = message<MemberRecord>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.incarnation != null && obj.incarnation !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.incarnation)
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.version)
        }

        if ((obj.name != null && obj.name !== '')) {
          w.uint32(26)
          w.string(obj.name)
        }

        if (obj.addresses != null && obj.addresses.length > 0) {
          for (const value of obj.addresses) {
            w.uint32(34)
            w.bytes(value)
          }
        }

        if (obj.tags != null && obj.tags.length > 0) {
          for (const value of obj.tags) {
            w.uint32(42)
            Tag.codec().encode(value, w)
          }
        }

        if (obj.spaces != null && obj.spaces.length > 0) {
          for (const value of obj.spaces) {
            w.uint32(50)
            SpaceGeneration.codec().encode(value, w)
          }
        }

        if ((obj.leaving != null && obj.leaving !== false)) {
          w.uint32(56)
          w.bool(obj.leaving)
        }

        if ((obj.attention != null && obj.attention !== 0)) {
          w.uint32(64)
          w.uint32(obj.attention)
        }

        if ((obj.attentionLeaseMs != null && obj.attentionLeaseMs !== 0)) {
          w.uint32(72)
          w.uint32(obj.attentionLeaseMs)
        }

        if ((obj.leftEpochMs != null && obj.leftEpochMs !== 0)) {
          w.uint32(80)
          w.uint64Number(obj.leftEpochMs)
        }

        if ((obj.ephemeral != null && obj.ephemeral !== false)) {
          w.uint32(88)
          w.bool(obj.ephemeral)
        }

        if (obj.grants != null) {
          w.uint32(98)
          w.bytes(obj.grants)
        }

        if ((obj.returnsWithinMs != null && obj.returnsWithinMs !== 0)) {
          w.uint32(104)
          w.uint32(obj.returnsWithinMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          incarnation: 0,
          version: 0,
          name: '',
          addresses: [],
          tags: [],
          spaces: [],
          leaving: false,
          attention: 0,
          attentionLeaseMs: 0,
          leftEpochMs: 0,
          ephemeral: false,
          returnsWithinMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.incarnation = reader.uint64Number()
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
              if (opts.limits?.addresses != null && obj.addresses.length === opts.limits.addresses) {
                throw new MaxLengthError('Decode error - repeated field "addresses" had too many elements')
              }

              obj.addresses.push(reader.bytes())
              break
            }
            case 5: {
              if (opts.limits?.tags != null && obj.tags.length === opts.limits.tags) {
                throw new MaxLengthError('Decode error - repeated field "tags" had too many elements')
              }

              obj.tags.push(Tag.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.tags$
              }))
              break
            }
            case 6: {
              if (opts.limits?.spaces != null && obj.spaces.length === opts.limits.spaces) {
                throw new MaxLengthError('Decode error - repeated field "spaces" had too many elements')
              }

              obj.spaces.push(SpaceGeneration.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.spaces$
              }))
              break
            }
            case 7: {
              obj.leaving = reader.bool()
              break
            }
            case 8: {
              obj.attention = reader.uint32()
              break
            }
            case 9: {
              obj.attentionLeaseMs = reader.uint32()
              break
            }
            case 10: {
              obj.leftEpochMs = reader.uint64Number()
              break
            }
            case 11: {
              obj.ephemeral = reader.bool()
              break
            }
            case 12: {
              obj.grants = reader.bytes()
              break
            }
            case 13: {
              obj.returnsWithinMs = reader.uint32()
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

  export function encode (obj: Partial<MemberRecord>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, MemberRecord.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<MemberRecord>): MemberRecord {
    return decodeMessage(buf, MemberRecord.codec(), opts)
  }
}

export interface Heartbeat {
  incarnation: number
  sequence: number
}

export namespace Heartbeat {
  let _codec: Codec<Heartbeat>

  export const codec = (): Codec<Heartbeat> => {
    if (_codec == null) {
      _codec = message<Heartbeat>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.incarnation != null && obj.incarnation !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.incarnation)
        }

        if ((obj.sequence != null && obj.sequence !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.sequence)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          incarnation: 0,
          sequence: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.incarnation = reader.uint64Number()
              break
            }
            case 2: {
              obj.sequence = reader.uint64Number()
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

  export function encode (obj: Partial<Heartbeat>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Heartbeat.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Heartbeat>): Heartbeat {
    return decodeMessage(buf, Heartbeat.codec(), opts)
  }
}

export interface Suspicion {
  subject: Uint8Array<ArrayBuffer>
  incarnation: number
  refused: boolean
  epochMs: number
}

export namespace Suspicion {
  let _codec: Codec<Suspicion>

  export const codec = (): Codec<Suspicion> => {
    if (_codec == null) {
      _codec = message<Suspicion>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.subject != null && obj.subject.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.subject)
        }

        if ((obj.incarnation != null && obj.incarnation !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.incarnation)
        }

        if ((obj.refused != null && obj.refused !== false)) {
          w.uint32(24)
          w.bool(obj.refused)
        }

        if ((obj.epochMs != null && obj.epochMs !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.epochMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          subject: uint8ArrayAlloc(0),
          incarnation: 0,
          refused: false,
          epochMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.subject = reader.bytes()
              break
            }
            case 2: {
              obj.incarnation = reader.uint64Number()
              break
            }
            case 3: {
              obj.refused = reader.bool()
              break
            }
            case 4: {
              obj.epochMs = reader.uint64Number()
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

  export function encode (obj: Partial<Suspicion>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Suspicion.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Suspicion>): Suspicion {
    return decodeMessage(buf, Suspicion.codec(), opts)
  }
}

export interface Introduction {
  subject: Uint8Array<ArrayBuffer>
  incarnation: number
}

export namespace Introduction {
  let _codec: Codec<Introduction>

  export const codec = (): Codec<Introduction> => {
    if (_codec == null) {
      _codec = message<Introduction>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.subject != null && obj.subject.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.subject)
        }

        if ((obj.incarnation != null && obj.incarnation !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.incarnation)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          subject: uint8ArrayAlloc(0),
          incarnation: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.subject = reader.bytes()
              break
            }
            case 2: {
              obj.incarnation = reader.uint64Number()
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

  export function encode (obj: Partial<Introduction>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Introduction.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Introduction>): Introduction {
    return decodeMessage(buf, Introduction.codec(), opts)
  }
}

export interface Revocation {
  subject: Uint8Array<ArrayBuffer>
  untilEpochMs: number
  epochMs: number
  grants: Uint8Array<ArrayBuffer>
}

export namespace Revocation {
  let _codec: Codec<Revocation>

  export const codec = (): Codec<Revocation> => {
    if (_codec == null) {
      _codec = message<Revocation>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.subject != null && obj.subject.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.subject)
        }

        if ((obj.untilEpochMs != null && obj.untilEpochMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.untilEpochMs)
        }

        if ((obj.epochMs != null && obj.epochMs !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.epochMs)
        }

        if ((obj.grants != null && obj.grants.byteLength > 0)) {
          w.uint32(34)
          w.bytes(obj.grants)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          subject: uint8ArrayAlloc(0),
          untilEpochMs: 0,
          epochMs: 0,
          grants: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.subject = reader.bytes()
              break
            }
            case 2: {
              obj.untilEpochMs = reader.uint64Number()
              break
            }
            case 3: {
              obj.epochMs = reader.uint64Number()
              break
            }
            case 4: {
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

  export function encode (obj: Partial<Revocation>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Revocation.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Revocation>): Revocation {
    return decodeMessage(buf, Revocation.codec(), opts)
  }
}

export interface Keyring {
  version: number
  boxes: Uint8Array<ArrayBuffer>[]
}

export namespace Keyring {
  let _codec: Codec<Keyring>

  export const codec = (): Codec<Keyring> => {
    if (_codec == null) {
      _codec = message<Keyring>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(8)
          w.uint64Number(obj.version)
        }

        if (obj.boxes != null && obj.boxes.length > 0) {
          for (const value of obj.boxes) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          version: 0,
          boxes: []
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.version = reader.uint64Number()
              break
            }
            case 2: {
              if (opts.limits?.boxes != null && obj.boxes.length === opts.limits.boxes) {
                throw new MaxLengthError('Decode error - repeated field "boxes" had too many elements')
              }

              obj.boxes.push(reader.bytes())
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

  export function encode (obj: Partial<Keyring>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Keyring.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Keyring>): Keyring {
    return decodeMessage(buf, Keyring.codec(), opts)
  }
}

export interface Rumors {
  facts: SignedFact[]
}

export namespace Rumors {
  let _codec: Codec<Rumors>

  export const codec = (): Codec<Rumors> => {
    if (_codec == null) {
      _codec = message<Rumors>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.facts != null && obj.facts.length > 0) {
          for (const value of obj.facts) {
            w.uint32(10)
            SignedFact.codec().encode(value, w)
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

              obj.facts.push(SignedFact.codec().decode(reader, reader.uint32(), {
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
      })
    }

    return _codec
  }

  export function encode (obj: Partial<Rumors>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Rumors.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Rumors>): Rumors {
    return decodeMessage(buf, Rumors.codec(), opts)
  }
}

export interface Hello {
  cluster: Uint8Array<ArrayBuffer>
  epochMs: number
}

export namespace Hello {
  let _codec: Codec<Hello>

  export const codec = (): Codec<Hello> => {
    if (_codec == null) {
      _codec = message<Hello>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.cluster != null && obj.cluster.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.cluster)
        }

        if ((obj.epochMs != null && obj.epochMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.epochMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          cluster: uint8ArrayAlloc(0),
          epochMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.cluster = reader.bytes()
              break
            }
            case 2: {
              obj.epochMs = reader.uint64Number()
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

  export function encode (obj: Partial<Hello>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Hello.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Hello>): Hello {
    return decodeMessage(buf, Hello.codec(), opts)
  }
}

export interface ProbeFrame {
  hello?: Hello
  ping?: number
  ack?: number
  pingRequest?: number
  nack?: number
  subject?: Uint8Array<ArrayBuffer>
  suspected?: number
}

export namespace ProbeFrame {
  let _codec: Codec<ProbeFrame>

  export const codec = (): Codec<ProbeFrame> => {
    if (_codec == null) {
      _codec = message<ProbeFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.hello != null) {
          w.uint32(10)
          Hello.codec().encode(obj.hello, w)
        }

        if (obj.ping != null) {
          w.uint32(16)
          w.uint64Number(obj.ping)
        }

        if (obj.ack != null) {
          w.uint32(24)
          w.uint64Number(obj.ack)
        }

        if (obj.pingRequest != null) {
          w.uint32(32)
          w.uint64Number(obj.pingRequest)
        }

        if (obj.nack != null) {
          w.uint32(40)
          w.uint64Number(obj.nack)
        }

        if (obj.subject != null) {
          w.uint32(50)
          w.bytes(obj.subject)
        }

        if (obj.suspected != null) {
          w.uint32(56)
          w.uint64Number(obj.suspected)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {}

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.hello = Hello.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hello
              })
              break
            }
            case 2: {
              obj.ping = reader.uint64Number()
              break
            }
            case 3: {
              obj.ack = reader.uint64Number()
              break
            }
            case 4: {
              obj.pingRequest = reader.uint64Number()
              break
            }
            case 5: {
              obj.nack = reader.uint64Number()
              break
            }
            case 6: {
              obj.subject = reader.bytes()
              break
            }
            case 7: {
              obj.suspected = reader.uint64Number()
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

  export function encode (obj: Partial<ProbeFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, ProbeFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<ProbeFrame>): ProbeFrame {
    return decodeMessage(buf, ProbeFrame.codec(), opts)
  }
}

export interface DigestRow {
  idPrefix: Uint8Array<ArrayBuffer>
  incarnation: number
  version: number
  heartbeatSequence: number
  suspicions: Uint8Array<ArrayBuffer>
}

export namespace DigestRow {
  let _codec: Codec<DigestRow>

  export const codec = (): Codec<DigestRow> => {
    if (_codec == null) {
      _codec = message<DigestRow>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.idPrefix != null && obj.idPrefix.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.idPrefix)
        }

        if ((obj.incarnation != null && obj.incarnation !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.incarnation)
        }

        if ((obj.version != null && obj.version !== 0)) {
          w.uint32(24)
          w.uint64Number(obj.version)
        }

        if ((obj.heartbeatSequence != null && obj.heartbeatSequence !== 0)) {
          w.uint32(32)
          w.uint64Number(obj.heartbeatSequence)
        }

        if ((obj.suspicions != null && obj.suspicions.byteLength > 0)) {
          w.uint32(42)
          w.bytes(obj.suspicions)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          idPrefix: uint8ArrayAlloc(0),
          incarnation: 0,
          version: 0,
          heartbeatSequence: 0,
          suspicions: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.idPrefix = reader.bytes()
              break
            }
            case 2: {
              obj.incarnation = reader.uint64Number()
              break
            }
            case 3: {
              obj.version = reader.uint64Number()
              break
            }
            case 4: {
              obj.heartbeatSequence = reader.uint64Number()
              break
            }
            case 5: {
              obj.suspicions = reader.bytes()
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

  export function encode (obj: Partial<DigestRow>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, DigestRow.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<DigestRow>): DigestRow {
    return decodeMessage(buf, DigestRow.codec(), opts)
  }
}

export interface Digest {
  buckets?: Uint8Array<ArrayBuffer>
  rows: DigestRow[]
  mutual: boolean
}

export namespace Digest {
  let _codec: Codec<Digest>

  export const codec = (): Codec<Digest> => {
    if (_codec == null) {
      _codec = message<Digest>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.buckets != null) {
          w.uint32(10)
          w.bytes(obj.buckets)
        }

        if (obj.rows != null && obj.rows.length > 0) {
          for (const value of obj.rows) {
            w.uint32(18)
            DigestRow.codec().encode(value, w)
          }
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
          rows: [],
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
              if (opts.limits?.rows != null && obj.rows.length === opts.limits.rows) {
                throw new MaxLengthError('Decode error - repeated field "rows" had too many elements')
              }

              obj.rows.push(DigestRow.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.rows$
              }))
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

  export function encode (obj: Partial<Digest>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, Digest.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<Digest>): Digest {
    return decodeMessage(buf, Digest.codec(), opts)
  }
}

export interface FreshHeartbeat {
  index: number
  sequence: number
  signature: Uint8Array<ArrayBuffer>
}

export namespace FreshHeartbeat {
  let _codec: Codec<FreshHeartbeat>

  export const codec = (): Codec<FreshHeartbeat> => {
    if (_codec == null) {
      _codec = message<FreshHeartbeat>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.index != null && obj.index !== 0)) {
          w.uint32(8)
          w.uint32(obj.index)
        }

        if ((obj.sequence != null && obj.sequence !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.sequence)
        }

        if ((obj.signature != null && obj.signature.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.signature)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          index: 0,
          sequence: 0,
          signature: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.index = reader.uint32()
              break
            }
            case 2: {
              obj.sequence = reader.uint64Number()
              break
            }
            case 3: {
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

  export function encode (obj: Partial<FreshHeartbeat>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, FreshHeartbeat.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<FreshHeartbeat>): FreshHeartbeat {
    return decodeMessage(buf, FreshHeartbeat.codec(), opts)
  }
}

export interface SyncFrame {
  hello?: Hello
  offer: boolean
  tableHash?: Uint8Array<ArrayBuffer>
  heartbeats?: Uint8Array<ArrayBuffer>
  freshHeartbeats: FreshHeartbeat[]
  bucketHashes?: Uint8Array<ArrayBuffer>
  digest?: Digest
  facts: SignedFact[]
  more: boolean
  receivedUpTo?: number
  requestedHeartbeats?: Uint8Array<ArrayBuffer>
  releasing: boolean
  policyHash?: Uint8Array<ArrayBuffer>
}

export namespace SyncFrame {
  let _codec: Codec<SyncFrame>

  export const codec = (): Codec<SyncFrame> => {
    if (_codec == null) {
      _codec = message<SyncFrame>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.hello != null) {
          w.uint32(10)
          Hello.codec().encode(obj.hello, w)
        }

        if ((obj.offer != null && obj.offer !== false)) {
          w.uint32(16)
          w.bool(obj.offer)
        }

        if (obj.tableHash != null) {
          w.uint32(26)
          w.bytes(obj.tableHash)
        }

        if (obj.heartbeats != null) {
          w.uint32(34)
          w.bytes(obj.heartbeats)
        }

        if (obj.freshHeartbeats != null && obj.freshHeartbeats.length > 0) {
          for (const value of obj.freshHeartbeats) {
            w.uint32(42)
            FreshHeartbeat.codec().encode(value, w)
          }
        }

        if (obj.bucketHashes != null) {
          w.uint32(50)
          w.bytes(obj.bucketHashes)
        }

        if (obj.digest != null) {
          w.uint32(58)
          Digest.codec().encode(obj.digest, w)
        }

        if (obj.facts != null && obj.facts.length > 0) {
          for (const value of obj.facts) {
            w.uint32(66)
            SignedFact.codec().encode(value, w)
          }
        }

        if ((obj.more != null && obj.more !== false)) {
          w.uint32(72)
          w.bool(obj.more)
        }

        if (obj.receivedUpTo != null) {
          w.uint32(80)
          w.uint64Number(obj.receivedUpTo)
        }

        if (obj.requestedHeartbeats != null) {
          w.uint32(90)
          w.bytes(obj.requestedHeartbeats)
        }

        if ((obj.releasing != null && obj.releasing !== false)) {
          w.uint32(96)
          w.bool(obj.releasing)
        }

        if (obj.policyHash != null) {
          w.uint32(106)
          w.bytes(obj.policyHash)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          offer: false,
          freshHeartbeats: [],
          facts: [],
          more: false,
          releasing: false
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.hello = Hello.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.hello
              })
              break
            }
            case 2: {
              obj.offer = reader.bool()
              break
            }
            case 3: {
              obj.tableHash = reader.bytes()
              break
            }
            case 4: {
              obj.heartbeats = reader.bytes()
              break
            }
            case 5: {
              if (opts.limits?.freshHeartbeats != null && obj.freshHeartbeats.length === opts.limits.freshHeartbeats) {
                throw new MaxLengthError('Decode error - repeated field "freshHeartbeats" had too many elements')
              }

              obj.freshHeartbeats.push(FreshHeartbeat.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.freshHeartbeats$
              }))
              break
            }
            case 6: {
              obj.bucketHashes = reader.bytes()
              break
            }
            case 7: {
              obj.digest = Digest.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.digest
              })
              break
            }
            case 8: {
              if (opts.limits?.facts != null && obj.facts.length === opts.limits.facts) {
                throw new MaxLengthError('Decode error - repeated field "facts" had too many elements')
              }

              obj.facts.push(SignedFact.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.facts$
              }))
              break
            }
            case 9: {
              obj.more = reader.bool()
              break
            }
            case 10: {
              obj.receivedUpTo = reader.uint64Number()
              break
            }
            case 11: {
              obj.requestedHeartbeats = reader.bytes()
              break
            }
            case 12: {
              obj.releasing = reader.bool()
              break
            }
            case 13: {
              obj.policyHash = reader.bytes()
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

  export function encode (obj: Partial<SyncFrame>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, SyncFrame.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<SyncFrame>): SyncFrame {
    return decodeMessage(buf, SyncFrame.codec(), opts)
  }
}
