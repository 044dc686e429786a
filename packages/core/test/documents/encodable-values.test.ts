import { afterEach, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { InvalidValueError } from '../../src/api/errors.ts'
import { replaceUnencodable } from '../../src/documents/encodable-values.ts'

afterEach(() => void vi.unstubAllGlobals())

const cyclic: { self?: unknown } = {}
cyclic.self = [cyclic]
let deep: unknown = 1
for (let depth = 0; depth < 20_000; depth++) deep = [deep]
const untyped = (value: unknown) => value as never

function documentAndErrors(): { doc: Y.Doc; errors: unknown[] } {
  const doc = new Y.Doc()
  const errors: unknown[] = []
  vi.stubGlobal('reportError', (error: unknown) => errors.push(error))
  replaceUnencodable(doc)
  return { doc, errors }
}

it.each<[what: string, write: (doc: Y.Doc) => void, result: unknown]>([
  ['an object that contains itself', doc => doc.getMap('m').set('k', cyclic), { k: null }],
  ['a value that is nested too deeply', doc => doc.getMap('m').set('k', deep), { k: null }],
  ['a bigint of more than 64 bits', doc => doc.getMap('m').set('k', [2n ** 64n]), { k: null }],
  [
    "a key '__proto__'",
    doc => doc.getMap('m').set('k', JSON.parse('{ "a": { "__proto__": {} } }')),
    { k: null },
  ],
  ['an element of a list', doc => doc.getArray('a').push([1, cyclic, 2]), [1, null, 2]],
  [
    'an attribute that is undefined',
    doc => doc.getText('t').insert(0, 'x', { bold: untyped(undefined) }),
    [{ insert: 'x' }],
  ],
  [
    'an attribute that is no JSON',
    doc => doc.getText('t').insert(0, 'x', { link: untyped(1n) }),
    [{ insert: 'x' }],
  ],
  ['an embed that is no JSON', doc => doc.getText('t').insertEmbed(0, cyclic), [{ insert: null }]],
])('%s becomes null, and the document can be encoded', (_, write, result) => {
  const { doc, errors } = documentAndErrors()
  const contents = (of: Y.Doc) => [
    of.getMap('m').toJSON(),
    of.getArray('a').toJSON(),
    of.getText('t').toDelta(),
  ]
  write(doc)
  expect(errors).toEqual([expect.any(InvalidValueError)])
  expect(contents(doc)).toContainEqual(result)
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  expect(contents(copy)).toEqual(contents(doc))
})

it('leaves all other values as they are', () => {
  const { doc, errors } = documentAndErrors()
  const shared = { x: 1 }
  const values = [null, -1, 0.5, 'x', true, 2n ** 62n, Uint8Array.of(1), [shared, shared], { a: [{}] }]
  doc.getArray('a').push([values])
  doc.getText('t').insert(0, 'x', { bold: true, italic: null })
  doc.getMap('m').set('n', new Y.Map([['k', shared]]))
  expect(doc.getArray('a').toArray()).toEqual([values])
  expect(errors).toEqual([])
})

it('replaces the value before an observer of the document sees it', () => {
  const { doc } = documentAndErrors()
  const seen: unknown[] = []
  doc.getMap('m').observe(({ target }) => seen.push(target.toJSON()))
  doc.getMap('m').set('k', cyclic)
  expect(seen).toEqual([{ k: null }])
})
