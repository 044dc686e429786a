import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { documentChunks } from '../src/rooms/document-chunks.ts'
import { isUpdate } from '../src/spaces/document-sync.ts'
import { mulberry32 } from './mulberry32.ts'

/** A document of several authors, with insertions, deletions, formats and nested types. */
function randomDocument(seed: number, edits: number): Y.Doc {
  const random = mulberry32(seed)
  const docs = [1, 2, 3].map(client => {
    const doc = new Y.Doc()
    doc.clientID = client
    return doc
  })
  const pick = (count: number) => Math.floor(random() * count)
  for (let edit = 0; edit < edits; edit++) {
    const doc = docs[pick(3)] ?? new Y.Doc()
    const text = doc.getText('text')
    const at = pick(text.length + 1)
    if (random() < 0.5) text.insert(at, 'x'.repeat(1 + pick(20)), random() < 0.2 ? { bold: true } : undefined)
    else if (text.length > at) text.delete(at, Math.min(text.length - at, 1 + pick(10)))
    doc.getMap('map').set(`key ${pick(5)}`, edit)
    doc.getArray('array').push([new Y.Map([['edit', edit]])])
    if (random() < 0.1) for (const other of docs) Y.applyUpdate(other, Y.encodeStateAsUpdate(doc))
  }
  const whole = new Y.Doc()
  for (const doc of docs) Y.applyUpdate(whole, Y.encodeStateAsUpdate(doc))
  return whole
}

const merged = (chunks: readonly Uint8Array[]): Y.Doc => {
  const doc = new Y.Doc()
  Y.applyUpdate(doc, Y.mergeUpdates([...chunks]))
  return doc
}

describe('chunks of a document', () => {
  it('make it again, all that is inserted and all that is deleted', () => {
    fc.assert(
      fc.property(fc.nat(), seed => {
        const doc = randomDocument(seed, 60)
        const chunks = [...documentChunks(doc)]
        expect(chunks.every(chunk => isUpdate(chunk))).toBe(true)
        expect(Y.encodeSnapshot(Y.snapshot(merged(chunks)))).toEqual(Y.encodeSnapshot(Y.snapshot(doc)))
        expect(Y.encodeStateAsUpdate(merged(chunks))).toEqual(Y.encodeStateAsUpdate(doc))
      }),
      { numRuns: 50 },
    )
  })

  it('are several of a large document, none over a megabyte', () => {
    const doc = new Y.Doc()
    for (let i = 0; i < 40_000; i++) doc.getMap('map').set(`${i}`, `${i} `.repeat(20))
    const chunks = [...documentChunks(doc)]
    expect(chunks.length).toBeGreaterThan(5)
    for (const chunk of chunks) expect(chunk.length).toBeLessThan(1_048_576)
    expect(Y.encodeStateAsUpdate(merged(chunks))).toEqual(Y.encodeStateAsUpdate(doc))
  })

  it('together with the changes made between them make the document as it is then', () => {
    const doc = new Y.Doc()
    const text = doc.getText('text')
    for (let i = 0; i < 60_000; i++) text.insert(0, `${i},`)
    const updates: Uint8Array[] = []
    doc.on('update', update => updates.push(update))
    const chunks: Uint8Array[] = []
    for (const chunk of documentChunks(doc)) {
      chunks.push(chunk)
      text.delete(text.length / 2, 1_000)
      text.insert(10, 'between')
    }
    expect(chunks.length).toBeGreaterThan(2)
    expect(
      merged([...chunks, ...updates])
        .getText('text')
        .toString(),
    ).toBe(text.toString())
  })

  it('can be merged with later updates, whichever ids the authors have', () => {
    const first = randomDocument(1, 60)
    const text = first.getText('text')
    first.clientID = 4_000_000_000
    text.insert(3, 'a')
    const second = new Y.Doc()
    second.clientID = 2_000_000_000
    Y.applyUpdate(second, Y.encodeStateAsUpdate(first))
    second.getText('text').insert(2, 'b')
    const third = new Y.Doc()
    third.clientID = 3_000_000_000
    Y.applyUpdate(third, Y.encodeStateAsUpdate(second))
    third.getText('text').insert(1, 'c')
    const chunks = [...documentChunks(third)]
    const updates: Uint8Array[] = []
    third.on('update', update => updates.push(update))
    for (let i = 0; i < 5; i++) third.getText('text').insert(i, 'd')
    expect(
      merged([...chunks, ...updates])
        .getText('text')
        .toString(),
    ).toBe(third.getText('text').toString())
  })

  it('are none of an empty document', () => {
    expect([...documentChunks(new Y.Doc())]).toEqual([])
  })
})
