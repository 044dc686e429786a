/**
 * Yjs updates: what members write in a document, and random updates that can be read, with references in any direction,
 * empty parts, overlapping clocks and contents of all types.
 */
import fc from 'fast-check'
import * as Y from 'yjs'
import { varint } from '../../packages/core/test/wire/codec-helpers.ts'
import { joined } from './wire-fields.ts'

type Bytes = readonly number[]

/** A length; seldom 0, which Yjs does not write. */
const number = fc
  .oneof(
    { weight: 40, arbitrary: fc.integer({ min: 1, max: 4 }) },
    { weight: 2, arbitrary: fc.constantFrom(200, 2 ** 40) },
    { weight: 1, arbitrary: fc.constant(0) },
  )
  .map(varint)
const client = fc.constantFrom(1, 2, 3, 2 ** 32 - 1).map(varint)
const id = fc.tuple(client, fc.nat(8).map(varint)).map(([client, clock]): Bytes => [...client, ...clock])
const text = fc
  .oneof({ weight: 20, arbitrary: fc.constantFrom('a', 'hello', '😀', '__proto__') }, fc.constant(''))
  .map((text): Bytes => {
    const bytes = new TextEncoder().encode(text)
    return [...varint(bytes.length), ...bytes]
  })
/** Values as `lib0` encodes them: undefined, null, true, a text, an integer, an empty object and an empty list. */
const anyValue = fc.oneof(
  fc.constantFrom<Bytes>([127], [126], [120], [125, 7], [118, 0], [117, 0]),
  text.map((text): Bytes => [119, ...text]),
)
const json = fc.constantFrom<Bytes>([1, 49], [2, 123, 125], [4, 110, 117, 108, 108])
const many = (arbitrary: fc.Arbitrary<Bytes>) =>
  fc
    .oneof({ weight: 20, arbitrary: fc.array(arbitrary, { minLength: 1, maxLength: 3 }) }, fc.constant([]))
    .map((each): Bytes => [...varint(each.length), ...each.flat()])
const pair = (a: fc.Arbitrary<Bytes>, b: fc.Arbitrary<Bytes>) =>
  fc.tuple(a, b).map(([a, b]): Bytes => [...a, ...b])

/** The number of the content's type in Yjs, and the content. */
const content: fc.Arbitrary<readonly [number, Bytes]> = fc.oneof(
  number.map(length => [1, length] as const),
  many(json).map(values => [2, values] as const),
  fc.constantFrom<Bytes>([0], [2, 1, 2]).map(bytes => [3, bytes] as const),
  { weight: 4, arbitrary: text.map(text => [4, text] as const) },
  json.map(value => [5, value] as const),
  pair(text, json).map(format => [6, format] as const),
  {
    weight: 3,
    arbitrary: fc
      .oneof(
        fc.constantFrom<Bytes>([0], [1], [2], [4], [6]),
        text.map((name): Bytes => [3, ...name]),
        text.map((name): Bytes => [5, ...name]),
      )
      .map(type => [7, type] as const),
  },
  { weight: 2, arbitrary: many(anyValue).map(values => [8, values] as const) },
  pair(text, fc.constantFrom<Bytes>([118, 0])).map(doc => [9, doc] as const),
)
const item = fc
  .record({
    content,
    origin: fc.option(id, { nil: undefined }),
    rightOrigin: fc.option(id, { nil: undefined }),
    parent: fc.oneof(
      fc.constantFrom('t', 'm', 'x').map((name): Bytes => [1, 1, name.charCodeAt(0)]),
      id.map((id): Bytes => [0, ...id]),
    ),
    key: fc.option(text, { nil: undefined }),
  })
  .map(({ content: [type, bytes], origin, rightOrigin, parent, key }): Bytes => {
    const hasParent = !origin && !rightOrigin
    const info = type | (origin ? 128 : 0) | (rightOrigin ? 64 : 0) | (key ? 32 : 0)
    const place = hasParent ? [...parent, ...(key ?? [])] : [...(origin ?? []), ...(rightOrigin ?? [])]
    return [info, ...place, ...bytes]
  })
const struct = fc.oneof(
  { weight: 8, arbitrary: item },
  number.map((length): Bytes => [0, ...length]),
  number.map((length): Bytes => [10, ...length]),
)
const section = fc
  .tuple(
    client,
    fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, fc.nat(12)),
    fc.array(struct, { minLength: 1, maxLength: 6 }),
  )
  .map(
    ([client, clock, structs]): Bytes => [
      ...varint(structs.length),
      ...client,
      ...varint(clock),
      ...structs.flat(),
    ],
  )
const deletions = pair(client, many(pair(fc.nat(12).map(varint), number)))

/** Every such update can be read, and Yjs would write hardly any of them. */
export const randomUpdates: fc.Arbitrary<Uint8Array> = pair(many(section), many(deletions)).map(bytes =>
  joined([bytes]),
)

const edit = fc.record({
  at: fc.nat(20),
  text: fc.string({ unit: 'binary', maxLength: 8 }),
  length: fc.nat(4),
})

/** @param client the client id of the members that write */
export const writtenUpdates = (client: fc.Arbitrary<number>): fc.Arbitrary<Uint8Array> =>
  fc.tuple(client, fc.array(edit, { minLength: 1, maxLength: 6 })).map(([client, edits]) => {
    const doc = new Y.Doc({ guid: '' })
    doc.clientID = client
    const text = doc.getText('text')
    for (const { at, text: inserted, length } of edits) {
      text.insert(Math.min(at, text.length), inserted)
      text.delete(0, Math.min(length, text.length))
      doc.getMap('map').set(inserted, { at })
      doc.getArray('array').push([at, inserted, new Uint8Array(length)])
    }
    return Y.encodeStateAsUpdate(doc)
  })
