// @ts-nocheck: generated from keyring-messages.proto; protons does not write strict TypeScript.
import { decodeMessage, encodeMessage, MaxLengthError, message } from 'protons-runtime'
import { alloc as uint8ArrayAlloc } from 'uint8arrays/alloc'
import type { Codec, DecodeOptions } from 'protons-runtime'
import type { Uint8ArrayList } from 'uint8arraylist'

export interface KeyringContent {
  keys: KeyringEntry[]
  removed: Uint8Array<ArrayBuffer>[]
  topics: Uint8Array<ArrayBuffer>
}

export namespace KeyringContent {
  let _codec: Codec<KeyringContent>

  export const codec = (): Codec<KeyringContent> => {
    if (_codec == null) {
      _codec = message<KeyringContent>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if (obj.keys != null && obj.keys.length > 0) {
          for (const value of obj.keys) {
            w.uint32(10)
            KeyringEntry.codec().encode(value, w)
          }
        }

        if (obj.removed != null && obj.removed.length > 0) {
          for (const value of obj.removed) {
            w.uint32(18)
            w.bytes(value)
          }
        }

        if ((obj.topics != null && obj.topics.byteLength > 0)) {
          w.uint32(26)
          w.bytes(obj.topics)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          keys: [],
          removed: [],
          topics: uint8ArrayAlloc(0)
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              if (opts.limits?.keys != null && obj.keys.length === opts.limits.keys) {
                throw new MaxLengthError('Decode error - repeated field "keys" had too many elements')
              }

              obj.keys.push(KeyringEntry.codec().decode(reader, reader.uint32(), {
                limits: opts.limits?.keys$
              }))
              break
            }
            case 2: {
              if (opts.limits?.removed != null && obj.removed.length === opts.limits.removed) {
                throw new MaxLengthError('Decode error - repeated field "removed" had too many elements')
              }

              obj.removed.push(reader.bytes())
              break
            }
            case 3: {
              obj.topics = reader.bytes()
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

  export function encode (obj: Partial<KeyringContent>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, KeyringContent.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeyringContent>): KeyringContent {
    return decodeMessage(buf, KeyringContent.codec(), opts)
  }
}

export interface KeyringEntry {
  key: Uint8Array<ArrayBuffer>
  addedEpochMs: number
}

export namespace KeyringEntry {
  let _codec: Codec<KeyringEntry>

  export const codec = (): Codec<KeyringEntry> => {
    if (_codec == null) {
      _codec = message<KeyringEntry>((obj, w, opts = {}) => {
        if (opts.lengthDelimited !== false) {
          w.fork()
        }

        if ((obj.key != null && obj.key.byteLength > 0)) {
          w.uint32(10)
          w.bytes(obj.key)
        }

        if ((obj.addedEpochMs != null && obj.addedEpochMs !== 0)) {
          w.uint32(16)
          w.uint64Number(obj.addedEpochMs)
        }

        if (opts.lengthDelimited !== false) {
          w.ldelim()
        }
      }, (reader, length, opts = {}) => {
        const obj: any = {
          key: uint8ArrayAlloc(0),
          addedEpochMs: 0
        }

        const end = length == null ? reader.len : reader.pos + length

        while (reader.pos < end) {
          const tag = reader.uint32()

          switch (tag >>> 3) {
            case 1: {
              obj.key = reader.bytes()
              break
            }
            case 2: {
              obj.addedEpochMs = reader.uint64Number()
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

  export function encode (obj: Partial<KeyringEntry>): Uint8Array<ArrayBuffer> {
    return encodeMessage(obj, KeyringEntry.codec())
  }

  export function decode (buf: Uint8Array | Uint8ArrayList, opts?: DecodeOptions<KeyringEntry>): KeyringEntry {
    return decodeMessage(buf, KeyringEntry.codec(), opts)
  }
}
