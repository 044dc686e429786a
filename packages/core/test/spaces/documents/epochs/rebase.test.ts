import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../../../test/helpers/mulberry32.ts'
import { throwError } from '../../../../src/spaces/documents/apply-update.ts'
import { DocumentDigest } from '../../../../src/spaces/documents/document-digest.ts'
import { compactBase, rebase, undoEpoch } from '../../../../src/spaces/documents/epochs/rebase.ts'
import { randomEdit } from '../document-edits.ts'

const epoch = { id: new Uint8Array(16).fill(7), client: 2 ** 48 + 12 }
const other = { id: new Uint8Array(16).fill(8), client: 2 ** 48 + 13 }
const digestOf = (doc: Y.Doc): string => new DocumentDigest(doc).hash().join()

const copyAll = (from: Y.Doc, to: Y.Doc): void =>
  Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)))

function copyOf(doc: Y.Doc, clientID: number): Y.Doc {
  const copy = new Y.Doc()
  // Request the root types from the copy, as an app would.
  for (const [name, type] of doc.share) copy.get(name, type.constructor as typeof Y.Map)
  copyAll(doc, copy)
  copy.clientID = clientID
  return copy
}

function contentOf(doc: Y.Doc): unknown {
  return {
    text: doc.getText('text').toDelta(),
    map: doc.getMap('map').toJSON(),
    list: doc.getArray('list').toJSON(),
    xml: doc.getXmlFragment('xml').toString(),
  }
}

/** Members that write and synchronise at random, from one state. */
function drift(docs: readonly Y.Doc[], steps: number, random: () => number): void {
  for (let step = 0; step < steps; step++) {
    const one = docs[Math.floor(random() * docs.length)]
    const another = docs[Math.floor(random() * docs.length)]
    if (!one || !another) continue
    if (random() < 0.8) randomEdit(one, random)
    else if (one !== another) copyAll(one, another)
  }
}

function agree(docs: readonly Y.Doc[]): void {
  for (let round = 0; round < 2; round++)
    for (const from of docs) for (const to of docs) if (from !== to) copyAll(from, to)
}

/** A document of many clients, with gaps of deleted content. */
function written(clients: number, random: () => number): Y.Doc {
  const doc = new Y.Doc()
  for (let client = 1; client <= clients; client++) {
    doc.clientID = client
    randomEdit(doc, random)
  }
  return doc
}

describe('an epoch of a document', () => {
  it('leaves one client, the same content, and equal replicas', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = mulberry32(seed)
      const start = written(20, random)
      const docs = [1_001, 1_002, 1_003].map(client => copyOf(start, client))
      agree(docs)
      drift(docs, 40, random)
      agree(docs)
      const before = docs.map(contentOf)
      for (const doc of docs) compactBase(doc, epoch)
      expect(docs.map(contentOf)).toEqual(before)
      for (const doc of docs) expect([...doc.store.clients.keys()]).toEqual([epoch.client])
      expect(new Set(docs.map(digestOf)).size).toBe(1)
      const newcomer = copyOf(docs[0] ?? new Y.Doc(), 1_004)
      expect(contentOf(newcomer)).toEqual(before[0])
      expect(digestOf(newcomer)).toBe(docs[1] && digestOf(docs[1]))
      drift([...docs, newcomer], 60, random)
      agree([...docs, newcomer])
      for (const doc of docs) expect(contentOf(doc)).toEqual(contentOf(newcomer))
      expect(new Set([...docs, newcomer].map(digestOf)).size).toBe(1)
    }
  })

  it('calls no observer', () => {
    const doc = written(50, mulberry32(3))
    let events = 0
    doc.getText('text').observeDeep(() => (events += 1))
    doc.getMap('map').observeDeep(() => (events += 1))
    doc.on('update', () => (events += 1))
    compactBase(doc, epoch)
    expect(events).toBe(0)
  })

  it('keeps later content of the replicas, once, and makes them equal', () => {
    for (let seed = 1; seed <= 120; seed++) {
      const random = mulberry32(seed)
      const [holder, ...late] = [1_001, 1_002, 1_003, 1_004].map(client =>
        copyOf(written(12, mulberry32(seed)), client),
      ) as [Y.Doc, ...Y.Doc[]]
      drift([holder, ...late], 30, random)
      const bases = [copyOf(holder, 1), ...late]
      drift(late, 20, random)
      const base = copyOf(bases[0] ?? holder, 1)
      // The content that each replica would have without an epoch.
      const expected = [holder, ...late].map((doc, i) => copyOf(doc, 2_000 + i))
      agree(expected)
      compactBase(holder, epoch)
      drift([holder], 5, mulberry32(0))
      for (const doc of late) {
        const mine = copyOf(doc, 1)
        copyAll(base, mine)
        rebase({ doc, base, epoch, origin: 'epoch', compacted: () => {}, reportError: throwError })
        expect(wordsOf(doc), `seed ${seed}`).toEqual(wordsOf(mine))
      }
      agree([holder, ...late])
      const all = [holder, ...late]
      for (const doc of all) expect(contentOf(doc), `seed ${seed}`).toEqual(contentOf(holder))
      expect(new Set(all.map(digestOf)).size, `seed ${seed}`).toBe(1)
    }
  })

  it('emits a change from the former content to the new content', () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = mulberry32(seed)
      const base = written(12, random)
      const doc = copyOf(base, 1_001)
      drift([base], 10, random)
      drift([doc], 10, random)
      const shown = new Y.Doc()
      shown.getText('text').applyDelta(doc.getText('text').toDelta())
      doc.getText('text').observe(event => shown.getText('text').applyDelta(event.delta))
      rebase({ doc, base, epoch, origin: 'epoch', compacted: () => {}, reportError: throwError })
      expect(shown.getText('text').toString(), `seed ${seed}`).toBe(doc.getText('text').toString())
    }
  })

  it('can be undone: of two concurrent epochs, one side goes back and enters the other', () => {
    for (let seed = 1; seed <= 80; seed++) {
      const random = mulberry32(seed)
      const start = written(12, random)
      const [left, right] = [copyOf(start, 1_001), copyOf(start, 1_002)] as [Y.Doc, Y.Doc]
      drift([left], 10, random)
      drift([right], 10, random)
      const [leftBase, rightBase] = [copyOf(left, 1), copyOf(right, 1)] as [Y.Doc, Y.Doc]
      compactBase(left, epoch)
      compactBase(right, other)
      drift([left], 10, random)
      const rightBefore = copyOf(right, 1_002)
      drift([rightBefore], 10, random)
      const back = copyOf(undoEpoch({ doc: rightBefore, base: rightBase, epoch: other }), 1_002)
      expect(wordsOf(back), `seed ${seed}`).toEqual(wordsOf(rightBefore))
      rebase({
        doc: back,
        base: leftBase,
        epoch,
        origin: 'epoch',
        compacted: () => {},
        reportError: throwError,
      })
      agree([left, back])
      expect(contentOf(left), `seed ${seed}`).toEqual(contentOf(back))
      expect(digestOf(left), `seed ${seed}`).toBe(digestOf(back))
    }
  })
})

/** Every character of the text and every value of the list, sorted. */
function wordsOf(doc: Y.Doc): unknown {
  return {
    text: [...doc.getText('text').toString()].sort().join(''),
    list: doc
      .getArray('list')
      .toArray()
      .map(each => JSON.stringify(each))
      .sort(),
    keys: [...doc.getMap('map').keys()].sort(),
  }
}
