/** Wire fields: the fields of a protobuf message as a list, and fields that can be written, valid or not. */
import { varint } from '../../packages/core/test/wire/codec-helpers.ts'

/** A field as it is on the wire: its tag, and its content without the length. */
export interface WireField {
  readonly number: number
  readonly wireType: number
  /** The bytes after the tag. In a field of wire type 2: the bytes after the length. */
  readonly content: Uint8Array
}

/** A field of a message, and where its bytes are in the message. */
export interface PlacedField extends WireField {
  readonly start: number
  readonly end: number
}

/** The fields of a message; undefined if the bytes are not a whole number of fields. */
export function fieldsOf(bytes: Uint8Array): PlacedField[] | undefined {
  const fields: PlacedField[] = []
  for (let at = 0; at < bytes.length; ) {
    const tag = readVarint(bytes, at)
    if (!tag || tag.value < 8) return undefined
    const [number, wireType] = [Math.floor(tag.value / 8), tag.value % 8]
    const extent = extentOf(bytes, tag.end, wireType)
    if (!extent || extent.end > bytes.length) return undefined
    const content = bytes.subarray(extent.start, extent.end)
    fields.push({ number, wireType, content, start: at, end: extent.end })
    at = extent.end
  }
  return fields
}

export function fieldBytes({ number, wireType, content }: WireField): Uint8Array {
  const length = wireType === 2 ? varint(content.length) : []
  return joined([varint(number * 8 + wireType), length, content])
}

export function joined(parts: readonly (Uint8Array | readonly number[])[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
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
