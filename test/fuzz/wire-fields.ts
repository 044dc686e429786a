/** Wire fields: the fields of a protobuf message as a list that can be changed and written again, valid or not. */
import { join, varint } from '../../packages/core/test/wire/codec-helpers.ts'

/** A field as it is on the wire: its tag, and its content without the length. */
export interface WireField {
  readonly number: number
  readonly wireType: number
  /** The bytes after the tag. In a field of wire type 2: the bytes after the length. */
  readonly content: Uint8Array
}

/** The fields of a message; undefined if the bytes are not a whole number of fields. */
export function fieldsOf(bytes: Uint8Array): WireField[] | undefined {
  const fields: WireField[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at)
    if (!tag || tag.value < 8) return undefined
    const [number, wireType] = [Math.floor(tag.value / 8), tag.value % 8]
    const extent = extentOf(bytes, tag.end, wireType)
    if (!extent || extent.end > bytes.length) return undefined
    fields.push({ number, wireType, content: bytes.subarray(extent.start, extent.end) })
    at = extent.end
  }
  return fields
}

export function messageOf(fields: readonly WireField[]): Uint8Array {
  return join(
    ...fields.map(({ number, wireType, content }) =>
      join(
        Uint8Array.from(varint(number * 8 + wireType)),
        Uint8Array.from(wireType === 2 ? varint(content.length) : []),
        content,
      ),
    ),
  )
}

function extentOf(
  bytes: Uint8Array,
  start: number,
  wireType: number,
): { start: number; end: number } | undefined {
  switch (wireType) {
    case 0: {
      const value = readVarint(bytes, start)
      return value && { start, end: value.end }
    }
    case 1:
      return { start, end: start + 8 }
    case 2: {
      const length = readVarint(bytes, start)
      return length && { start: length.end, end: length.end + length.value }
    }
    case 5:
      return { start, end: start + 4 }
    default:
      return undefined
  }
}

function readVarint(bytes: Uint8Array, start: number): { value: number; end: number } | undefined {
  let value = 0
  for (let at = start; at < Math.min(bytes.length, start + 8); at++) {
    const byte = bytes[at] ?? 0
    value += (byte & 127) * 2 ** (7 * (at - start))
    if (byte < 128) return { value, end: at + 1 }
  }
  return undefined
}
