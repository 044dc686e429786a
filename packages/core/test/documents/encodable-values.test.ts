import { afterEach, expect, it, vi } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { InvalidValueError } from '../../src/api/errors.ts'
import { openTransaction } from '../../src/documents/document-changes.ts'
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

/** The content as the app reads it and as another replica reads it. */
function contents(doc: Y.Doc): unknown[] {
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  return [doc, copy].map(each => [
    each.getMap('m').toJSON(),
    each.getArray('a').toJSON(),
    each.getText('t').toDelta(),
    each.getXmlFragment('x').toString(),
  ])
}

const [high, low, replaced] = ['\ud83d', '\ude00', '\ufffd']

it.each<[what: string, write: (doc: Y.Doc) => void, result: unknown]>([
  ['a text', doc => doc.getText('t').insert(0, `a${high}`), [{ insert: `a${replaced}` }]],
  ['a value', doc => doc.getMap('m').set('k', [{ [high]: low }]), { k: [{ [replaced]: replaced }] }],
  ['a key', doc => doc.getMap('m').set(high, 1), { [replaced]: 1 }],
  [
    'an attribute',
    doc => doc.getText('t').insert(0, 'x', { [high]: 1 }),
    [{ insert: 'x', attributes: { [replaced]: 1 } }],
  ],
  [
    'an element',
    doc => doc.getXmlFragment('x').push([new Y.XmlElement(high)]),
    `<${replaced}></${replaced}>`,
  ],
])('half of a surrogate pair in %s becomes U+FFFD, as other members read it', (_, write, result) => {
  const { doc, errors } = documentAndErrors()
  write(doc)
  expect(errors).toEqual([
    new InvalidValueError(
      'the document has U+FFFD in place of half of a surrogate pair: cut texts at whole characters',
    ),
  ])
  const [own, copied] = contents(doc)
  expect(own).toContainEqual(result)
  expect(own).toEqual(copied)
})

it('copies what other members read of an object, and nothing else', () => {
  const { doc, errors } = documentAndErrors()
  const hole: unknown[] = [1]
  hole[2] = { n: 1.5, off: false, none: null, left: undefined, bytes: Uint8Array.of(1, 2) }
  const value = { [Symbol('own')]: 1, list: hole, inner: { [Symbol('inner')]: 2, text: 'x' } }
  doc.getMap('m').set('k', value)
  const [own, copied] = contents(doc)
  expect(own).toEqual(copied)
  const read = doc.getMap('m').get('k') as typeof value
  expect(Reflect.ownKeys(read)).toEqual(['list', 'inner'])
  expect(Reflect.ownKeys(read.inner)).toEqual(['text'])
  hole.push('later')
  value.inner.text = 'y'
  expect(contents(doc)).toEqual([own, copied])
  expect(errors).toEqual([])
})

it('replaces half of a surrogate pair in the id of a subdocument', () => {
  const { doc } = documentAndErrors()
  const copy = new Y.Doc()
  doc.getMap('m').set('d', new Y.Doc({ guid: high, meta: { at: low } }))
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  const ids = [doc, copy].map(each => [...each.getSubdocs()].map(({ guid }) => guid))
  expect(ids).toEqual([[replaced], [replaced]])
})

it('does not join halves of surrogate pairs that were inserted one after the other', () => {
  const { doc } = documentAndErrors()
  const replica = new Y.Doc()
  doc.on('update', update => Y.applyUpdate(replica, update))
  const text = doc.getText('t')
  for (const half of [high, low]) text.insert(text.length, half)
  expect(text.toString()).toBe(replica.getText('t').toString())
  doc.transact(() => {
    for (const half of [high, low]) text.insert(text.length, half)
  })
  expect(text.toString()).toBe(replaced.repeat(4))
  expect(replica.getText('t').toString()).toBe(text.toString())
})

it('keeps the last of several entries whose keys become equal, in every replica', () => {
  const { doc } = documentAndErrors()
  const replica = new Y.Doc()
  doc.on('update', update => Y.applyUpdate(replica, update))
  const map = doc.getMap('m')
  const seen: unknown[] = []
  map.observe(({ keysChanged }) => seen.push([...keysChanged]))
  const check = (value: unknown) => {
    expect(map.toJSON()).toEqual(value === undefined ? {} : { [replaced]: value })
    expect(replica.getMap('m').toJSON()).toEqual(map.toJSON())
    expect([...contents(doc)].map(each => (each as unknown[])[0])).toEqual([map.toJSON(), map.toJSON()])
  }
  map.set(replaced, 0)
  map.set(high, 1)
  check(1)
  map.set(low, 2)
  check(2)
  map.set(high, new Y.Map([['x', 3]]))
  check({ x: 3 })
  doc.transact(() => {
    map.set(high, 4)
    map.set(high, 5)
    map.set(low, 6)
  })
  check(6)
  doc.transact(() => {
    map.set(low, 7)
    map.delete(low)
  })
  check(undefined)
  map.set(replaced, 8)
  check(8)
  doc.transact(() => {
    map.set(high, 9)
    map.set(replaced, 10)
    map.set(low, 11)
    map.set(replaced, 12)
    map.delete(low)
  })
  check(12)
  expect(seen).toEqual(Array.from({ length: 8 }, () => [replaced]))
})

it('leaves all replicas equal, whatever keys and texts their apps write', () => {
  vi.stubGlobal('reportError', () => {})
  const random = mulberry32(1)
  const pick = <T>(each: readonly T[]) => each[Math.floor(random() * each.length)] as T
  for (let round = 0; round < 40; round++) {
    const docs = [10, 11, 12].map(clientID => {
      const doc = new Y.Doc()
      doc.clientID = clientID
      replaceUnencodable(doc)
      return doc
    })
    const write = (doc: Y.Doc) => {
      const [map, text, key] = [doc.getMap('m'), doc.getText('t'), pick([replaced, high, low, 'a'])]
      const inner = map.get(replaced)
      pick([
        () => map.set(key, random()),
        () => map.set(key, new Y.Map([[pick([high, replaced]), 1]])),
        () => map.delete(key),
        () => void (inner instanceof Y.Map && inner.set(key, random())),
        () => text.insert(Math.floor(random() * (text.length + 1)), pick([high, low, '😀'])),
        () => text.length > 0 && text.delete(0, 1),
      ])()
    }
    for (let step = 0; step < 30; step++) {
      const doc = pick(docs)
      doc.transact(() => {
        for (let writes = Math.ceil(random() * 3); writes > 0; writes--) write(doc)
      })
      if (random() < 0.3) Y.applyUpdate(pick(docs), Y.encodeStateAsUpdate(pick(docs)))
    }
    const all = [...docs, new Y.Doc()]
    const merged = Y.mergeUpdates(docs.map(each => Y.encodeStateAsUpdate(each)))
    for (const each of all) Y.applyUpdate(each, merged)
    const [first, ...others] = all.map(each => [each.getMap('m').toJSON(), each.getText('t').toString()])
    expect(others, `round ${round}`).toEqual([first, first, first])
  }
})

it('refuses a name of a shared type with half of a surrogate pair', () => {
  const { doc } = documentAndErrors()
  expect(() => doc.getText(high)).toThrow(InvalidValueError)
  expect([...doc.share.keys()]).toEqual([])
  expect(doc.getText('t')).toBe(doc.get('t', Y.Text))
})

it.each([
  ['a date', new Date(0), {}],
  ['a map', { a: new Map([[1, 2]]) }, { a: {} }],
  ['a function', [() => 1, 2], [undefined, 2]],
])('gives the writer what other members read: %s', (_, value, result) => {
  const { doc, errors } = documentAndErrors()
  doc.getMap('m').set('k', value)
  expect(doc.getMap('m').toJSON()).toEqual({ k: result })
  const [own, copied] = contents(doc)
  expect(own).toEqual(copied)
  expect(errors).toEqual([expect.any(InvalidValueError)])
})

it('does not change the document when the app changes a value that it wrote', () => {
  const { doc, errors } = documentAndErrors()
  const [value, bytes, embed] = [{ list: [1] }, Uint8Array.of(1), { list: [1] }]
  doc.getMap('m').set('k', value)
  doc.getArray('a').push([value, bytes])
  doc.getText('t').insertEmbed(0, embed)
  const [before] = contents(doc)
  value.list.push(2)
  embed.list.push(2)
  bytes[0] = 2
  expect(contents(doc)).toEqual([before, before])
  expect(errors).toEqual([])
})

it('replaces the value in an open transaction before its changes are encoded', () => {
  const { doc, errors } = documentAndErrors()
  doc.transact(() => {
    doc.getMap('m').set('k', cyclic)
    doc.getMap('m').set(high, 1)
    openTransaction(doc)
    expect(doc.getMap('m').toJSON()).toEqual({ k: null, [replaced]: 1 })
  })
  expect(errors).toHaveLength(1)
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
