import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { DocumentChanges } from '../../src/documents/document-changes.ts'
import { randomEdit } from '../spaces/documents/document-edits.ts'

function collecting(
  doc: Y.Doc,
  isCollected: (transaction: Y.Transaction) => boolean = () => true,
): DocumentChanges {
  const changes = new DocumentChanges(doc)
  doc.on('afterAllTransactions', (_, transactions) => {
    for (const transaction of transactions) if (isCollected(transaction)) changes.collect(transaction)
  })
  return changes
}

const takeAll = (changes: DocumentChanges, maxBytes = 500): Uint8Array[] => {
  const updates = changes.take(maxBytes)
  const taken: Uint8Array[] = []
  for (let next = updates.next(); !next.done; next = updates.next()) taken.push(next.value)
  return taken
}

const stateOf = (doc: Y.Doc): string => Y.encodeSnapshot(Y.snapshot(doc)).join()

const contentOf = (doc: Y.Doc): unknown => [
  doc.getText('text').toDelta(),
  doc.getMap('map').toJSON(),
  doc.getArray('list').toJSON(),
  doc.getXmlFragment('xml').toJSON(),
]

function expectEqual(a: Y.Doc, b: Y.Doc): void {
  expect(contentOf(a)).toEqual(contentOf(b))
  expect(stateOf(a)).toBe(stateOf(b))
  expect([a.store.pendingStructs, a.store.pendingDs]).toEqual([null, null])
}

describe('the taken changes', () => {
  it('of random edits make an equal replica, however often they are taken', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = mulberry32(seed)
      const [doc, replica] = [new Y.Doc(), new Y.Doc()]
      const changes = collecting(doc)
      for (let i = 0; i < 80; i++) {
        randomEdit(doc, random)
        if (random() < 0.2) for (const update of takeAll(changes)) Y.applyUpdate(replica, update)
      }
      for (const update of takeAll(changes)) Y.applyUpdate(replica, update)
      expectEqual(replica, doc)
      expect([changes.isEmpty, takeAll(changes)]).toEqual([true, []])
    }
  })

  it('are encoded later than they were taken, while the document changes', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = mulberry32(seed)
      const [doc, replica] = [new Y.Doc(), new Y.Doc()]
      const changes = collecting(doc)
      for (let i = 0; i < 60; i++) randomEdit(doc, random)
      const taken = changes.take(200)
      for (let next = taken.next(); !next.done; next = taken.next()) {
        Y.applyUpdate(replica, next.value)
        randomEdit(doc, random)
      }
      for (const update of takeAll(changes)) Y.applyUpdate(replica, update)
      expectEqual(replica, doc)
    }
  })

  it('include those that observers make in their own transactions, and those of their observers', () => {
    const [doc, replica] = [new Y.Doc(), new Y.Doc()]
    const changes = collecting(doc)
    const [text, map, list] = [doc.getText('text'), doc.getMap('map'), doc.getArray('list')]
    text.observe(() => map.set('length', text.length))
    map.observe(() => list.push([map.get('length') ?? null]))
    doc.on('afterTransaction', ({ changed }) => {
      if (changed.has(text as Y.AbstractType<unknown> as never) && list.length > 2) list.delete(0, 1)
    })
    for (const word of ['one ', 'two ', 'three ', 'four ']) {
      text.insert(0, word)
      for (const update of takeAll(changes)) Y.applyUpdate(replica, update)
      expectEqual(replica, doc)
    }
  })

  it('leave out foreign changes, and depend on them', () => {
    for (let seed = 1; seed <= 30; seed++) {
      const random = mulberry32(seed)
      const [doc, other, replica] = [new Y.Doc(), new Y.Doc(), new Y.Doc()]
      const local = collecting(doc, ({ origin }) => origin !== 'remote')
      for (let i = 0; i < 40; i++) {
        randomEdit(other, random)
        Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)), 'remote')
        randomEdit(doc, random)
      }
      const taken = takeAll(local)
      for (const update of taken)
        expect(Y.decodeUpdate(update).structs.every(({ id }) => id.client === doc.clientID)).toBe(true)
      for (const update of [Y.encodeStateAsUpdate(other), ...taken]) Y.applyUpdate(replica, update)
      // The foreign content is formatted text, too: a replica may delete marks that have become redundant.
      Y.applyUpdate(replica, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(replica)))
      expect(contentOf(replica)).toEqual(contentOf(doc))
    }
  })

  it('of two added objects are those of both', () => {
    const [doc, replica] = [new Y.Doc(), new Y.Doc()]
    const [even, odd] = [0, 1].map(rest => collecting(doc, ({ origin }) => origin === rest))
    if (!even || !odd) throw new Error('two objects')
    for (let i = 0; i < 20; i++)
      doc.transact(() => {
        doc.getText('text').insert(0, `${i} `)
        if (i > 3) doc.getText('text').delete(3, 2)
      }, i % 2)
    even.add(odd)
    expect([odd.isEmpty, even.isEmpty]).toEqual([true, false])
    for (const update of takeAll(even)) Y.applyUpdate(replica, update)
    expectEqual(replica, doc)
  })

  it('are empty after a transaction that changed nothing', () => {
    const doc = new Y.Doc()
    const changes = collecting(doc)
    doc.transact(() => {})
    doc.getText('text').insert(0, '')
    expect([changes.isEmpty, takeAll(changes)]).toEqual([true, []])
  })

  it('of a deletion have its size, however long the document is', () => {
    const doc = new Y.Doc()
    doc.getText('text').insert(0, 'x'.repeat(1_000_000))
    const changes = collecting(doc)
    doc.getText('text').delete(500_000, 3)
    expect(takeAll(changes).map(({ length }) => length < 30)).toEqual([true])
  })

  it('of a long paste are updates of about the requested size', () => {
    const doc = new Y.Doc()
    const changes = collecting(doc)
    doc.getText('text').insert(0, 'x'.repeat(1_000_000))
    const lengths = takeAll(changes, 61_440).map(({ length }) => length)
    expect(lengths.length).toBeGreaterThan(10)
    expect(Math.max(...lengths)).toBeLessThan(65_536)
  })
})
