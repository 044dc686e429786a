/**
 * Mutations: changes of a valid message, most of which keep the lengths around the change right, so that the mutated bytes
 * reach the decoders of inner messages.
 */
import fc from 'fast-check'
import { varint } from '../../packages/core/test/wire/codec-helpers.ts'
import { fieldBytes, fieldsOf, joined, type WireField } from './wire-fields.ts'

/** A change of bytes without structure. */
type ByteMutation =
  | { readonly type: 'flip'; readonly at: number; readonly bit: number }
  | { readonly type: 'cut'; readonly at: number }
  | { readonly type: 'insert'; readonly at: number; readonly bytes: Uint8Array }

/** A change of one field of a message. */
type FieldMutation =
  | { readonly type: 'drop' }
  | { readonly type: 'repeat'; readonly times: number }
  | { readonly type: 'renumber'; readonly number: number }
  | { readonly type: 'retype'; readonly wireType: number }
  | { readonly type: 'length'; readonly length: number }
  | { readonly type: 'content'; readonly bytes: Uint8Array }
  | { readonly type: 'nest'; readonly depth: number }

/** `path`: where the change is. Each number selects a field of a message, and the next number a field inside of it. */
export type Mutation =
  | ByteMutation
  | { readonly type: 'field'; readonly path: readonly number[]; readonly change: FieldMutation }

const position = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
/** Numbers at the limits of the types, as varints, some of them longer than necessary or without an end. */
const extremes: readonly Uint8Array[] = [
  ...[0, 1, 127, 128, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 53 - 1].map(number => varint(number)),
  [255, 255, 255, 255, 255, 255, 255, 127],
  [255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
  [255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 1],
  [128, 128, 128, 0],
  [255],
].map(bytes => Uint8Array.from(bytes))

const content = fc.oneof(
  fc.constantFrom(...extremes),
  fc.uint8Array({ maxLength: 70 }),
  fc.string({ unit: 'binary', maxLength: 20 }).map(text => new TextEncoder().encode(text)),
  fc.constantFrom(129, 257, 300, 16_385).map(length => new Uint8Array(length).fill(97)),
  fc
    .string({ unit: fc.constantFrom('{', '}', '[', ']', '"', ':', ',', '1', '\\ud800', '__proto__') })
    .map(text => new TextEncoder().encode(text)),
)

const change: fc.Arbitrary<FieldMutation> = fc.oneof(
  fc.constant({ type: 'drop' as const }),
  fc.record({ type: fc.constant('repeat' as const), times: fc.constantFrom(1, 2, 40, 300) }),
  fc.record({
    type: fc.constant('renumber' as const),
    number: fc.oneof(fc.integer({ min: 1, max: 30 }), fc.constant(99_999)),
  }),
  fc.record({ type: fc.constant('retype' as const), wireType: fc.nat(7) }),
  fc.record({
    type: fc.constant('length' as const),
    length: fc.constantFrom(0, 1, 127, 128, 70_000, 2 ** 31, 2 ** 53),
  }),
  fc.record({ type: fc.constant('content' as const), bytes: content }),
  fc.record({ type: fc.constant('nest' as const), depth: fc.constantFrom(1, 2, 200) }),
)

const byteMutation: fc.Arbitrary<ByteMutation> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ type: fc.constant('flip' as const), at: position, bit: fc.nat(7) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('cut' as const), at: position }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('insert' as const), at: position, bytes: content }) },
)

const anyMutation: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 2, arbitrary: byteMutation },
  {
    weight: 3,
    arbitrary: fc.record({
      type: fc.constant('field' as const),
      path: fc.array(fc.nat(40), { minLength: 1, maxLength: 5 }),
      change,
    }),
  },
)

export type Format = 'protobuf' | 'other'

export const mutationOf = (format: Format): fc.Arbitrary<Mutation> =>
  format === 'protobuf' ? anyMutation : byteMutation

/** One of the originals with up to four of the changes; seldom without a change. */
export function mutated(
  originals: readonly Uint8Array[],
  mutations: readonly Mutation[],
): fc.Arbitrary<Uint8Array> {
  return fc
    .tuple(fc.constantFrom(...originals), fc.array(fc.constantFrom(...mutations), { maxLength: 4 }))
    .map(([original, mutations]) => mutations.reduce(apply, original))
}

/** Our choice: repeated fields must not make an input larger than a frame. */
const maxInputBytes = 2_097_152

function apply(bytes: Uint8Array, mutation: Mutation): Uint8Array {
  switch (mutation.type) {
    case 'flip': {
      const at = Math.floor(mutation.at * bytes.length)
      return at < bytes.length ? bytes.with(at, (bytes[at] ?? 0) ^ (1 << mutation.bit)) : bytes
    }
    case 'cut':
      return bytes.subarray(0, Math.floor(mutation.at * bytes.length))
    case 'insert': {
      const at = Math.floor(mutation.at * bytes.length)
      return joined([bytes.subarray(0, at), mutation.bytes, bytes.subarray(at)])
    }
    case 'field':
      return changeAt(bytes, mutation.path, mutation.change).subarray(0, maxInputBytes)
  }
}

function changeAt(
  bytes: Uint8Array,
  [index = 0, ...rest]: readonly number[],
  change: FieldMutation,
): Uint8Array {
  const fields = fieldsOf(bytes)
  const at = fields?.length ? index % fields.length : 0
  const field = fields?.[at]
  if (!fields || !field) return bytes
  const isMessage = rest.length > 0 && field.wireType === 2 && fieldsOf(field.content)?.length
  const replacement = isMessage
    ? fieldBytes({ ...field, content: changeAt(field.content, rest, change) })
    : changed(field, change)
  return joined([bytes.subarray(0, field.start), replacement, bytes.subarray(field.end)])
}

function changed(field: WireField, change: FieldMutation): Uint8Array {
  switch (change.type) {
    case 'drop':
      return new Uint8Array()
    case 'repeat': {
      const encoded = fieldBytes(field)
      const times = Math.min(change.times, Math.floor(maxInputBytes / (encoded.length + 1)))
      return joined(Array.from({ length: times + 1 }, () => encoded))
    }
    case 'renumber':
      return fieldBytes({ ...field, number: change.number })
    case 'retype':
      return fieldBytes({ ...field, wireType: change.wireType })
    case 'length':
      return joined([varint(field.number * 8 + 2), varint(change.length), field.content])
    case 'content':
      return fieldBytes({ ...field, content: change.bytes })
    case 'nest': {
      let content = field.content
      for (let depth = 0; depth < change.depth; depth++)
        content = fieldBytes({ ...field, wireType: 2, content })
      return fieldBytes({ ...field, wireType: 2, content })
    }
  }
}
