import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../../test/helpers/mulberry32.ts'
import { size } from '../../../../../test/helpers/size.ts'
import { updateChunks } from '../../../src/spaces/documents/update-chunks.ts'
import { randomEdit } from './document-edits.ts'
import { chainedClients, drawClients, manyClients } from './past-clients.ts'

const stateOf = (doc: Y.Doc): string => Y.encodeSnapshot(Y.snapshot(doc)).join()

const since = (doc: Y.Doc): Map<number, number> => Y.decodeStateVector(Y.encodeStateVector(doc))

/** Some replicas that edit at random and synchronise now and then. */
function editedDocs(seed: number, edits: number): Y.Doc[] {
  const random = mulberry32(seed)
  const docs = Array.from({ length: 4 }, (_, i) => {
    const doc = new Y.Doc()
    doc.clientID = [5, 90, 17, 3_000_000_000][i] ?? 1
    return doc
  })
  for (let i = 0; i < edits; i++) {
    const [one, other] = [docs[Math.floor(random() * 4)], docs[Math.floor(random() * 4)]]
    if (!one || !other) continue
    randomEdit(one, random)
    if (random() < 0.3) Y.applyUpdate(other, Y.encodeStateAsUpdate(one, Y.encodeStateVector(other)))
  }
  for (const doc of docs.slice(1)) Y.applyUpdate(docs[0] ?? doc, Y.encodeStateAsUpdate(doc))
  return docs
}

describe('update chunks', () => {
  it('make an equal document, and each depends only on earlier chunks', () => {
    for (let seed = 1; seed <= size({ usual: 20, long: 60 }); seed++) {
      const [doc, ...others] = editedDocs(seed, 120)
      if (!doc) throw new Error('four documents')
      for (const target of [new Y.Doc(), ...others]) {
        for (const chunk of updateChunks(doc, { since: since(target), maxBytes: 200 })) {
          Y.applyUpdate(target, chunk)
          expect(target.store.pendingStructs).toBeNull()
        }
        expect(target.store.pendingDs).toBeNull()
        // A replica that applies a change to formatted text may delete a mark that has become redundant.
        Y.applyUpdate(doc, Y.encodeStateAsUpdate(target, Y.encodeStateVector(doc)))
        Y.applyUpdate(target, Y.encodeStateAsUpdate(doc, Y.encodeStateVector(target)))
        expect(target.getText('text').toDelta()).toEqual(doc.getText('text').toDelta())
        expect(target.getMap('map').toJSON()).toEqual(doc.getMap('map').toJSON())
        expect(stateOf(target)).toBe(stateOf(doc))
      }
    }
  })

  it('cut a long text, never within a character', () => {
    const doc = new Y.Doc()
    doc.getText('text').insert(0, '😀a'.repeat(100_000))
    const target = new Y.Doc()
    let longest = 0
    for (const chunk of updateChunks(doc, { since: new Map(), maxBytes: 1_000 })) {
      longest = Math.max(longest, chunk.length)
      Y.applyUpdate(target, chunk)
    }
    expect(longest).toBeLessThan(1_200)
    expect(target.getText('text').toString()).toBe(doc.getText('text').toString())
  })

  it('double in size if they may grow', () => {
    const doc = new Y.Doc()
    doc.getText('text').insert(0, 'x'.repeat(10_000))
    const chunks = [...updateChunks(doc, { since: new Map(), maxBytes: 1_000, growTo: 3_000 })]
    expect(chunks.map(({ length }) => Math.floor(length / 1_000))).toEqual([1, 2, 3, 3, 1])
    const target = new Y.Doc()
    for (const chunk of chunks) Y.applyUpdate(target, chunk)
    expect(target.getText('text').toString()).toBe(doc.getText('text').toString())
  })

  it('cut a long list', () => {
    const doc = new Y.Doc()
    doc.getArray('list').push(Array.from({ length: 100_000 }, (_, i) => i))
    const chunks = [...updateChunks(doc, { since: new Map(), maxBytes: 1_000 })]
    expect(Math.max(...chunks.map(({ length }) => length))).toBeLessThan(3_000)
    const target = new Y.Doc()
    for (const chunk of chunks) Y.applyUpdate(target, chunk)
    expect(target.getArray('list').toArray()).toEqual(doc.getArray('list').toArray())
  })

  it('are correct even if the document changes between two of them', () => {
    for (let seed = 1; seed <= size({ usual: 15, long: 40 }); seed++) {
      const random = mulberry32(seed)
      const [doc] = editedDocs(seed, 80)
      if (!doc) throw new Error('four documents')
      const target = new Y.Doc()
      for (const chunk of updateChunks(doc, { since: new Map(), maxBytes: 150 })) {
        Y.applyUpdate(target, chunk)
        randomEdit(doc, random)
      }
      for (const chunk of updateChunks(doc, { since: since(target), maxBytes: 150 }))
        Y.applyUpdate(target, chunk)
      expect(stateOf(target)).toBe(stateOf(doc))
      expect(target.getText('text').toDelta()).toEqual(doc.getText('text').toDelta())
    }
  })

  it('contain only some clients, and only up to a state, if requested', () => {
    const [doc] = editedDocs(3, 100)
    if (!doc) throw new Error('four documents')
    const all = since(doc)
    const client = [...all.keys()][0] ?? 0
    const chunks = updateChunks(doc, {
      since: new Map(),
      until: new Map([[client, 3]]),
      includes: each => each === client,
      deletions: new Map(),
      maxBytes: 100,
    })
    const merged = Y.mergeUpdates([...chunks])
    expect([...Y.parseUpdateMeta(merged).to]).toEqual([[client, 3]])
    expect(Y.decodeUpdate(merged).ds.clients.size).toBe(0)
  })

  it('can be merged into one update, as a store does', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const [doc] = editedDocs(seed, 150)
      if (!doc) throw new Error('four documents')
      const target = new Y.Doc()
      Y.applyUpdate(target, Y.mergeUpdates([...updateChunks(doc, { since: new Map(), maxBytes: 300 })]))
      expect(stateOf(target)).toBe(stateOf(doc))
    }
  })

  it('are few bytes longer than one update', () => {
    const [doc] = editedDocs(11, 400)
    if (!doc) throw new Error('four documents')
    const chunks = [...updateChunks(doc, { since: new Map(), maxBytes: 65_536 })]
    const bytes = chunks.reduce((sum, { length }) => sum + length, 0)
    expect(bytes).toBeLessThan(1.05 * Y.encodeStateAsUpdate(doc).length)
  })

  it.each([
    ['keys of a map', manyClients],
    ['characters of a text', chainedClients],
  ])('grow with the clients of the receiving document: %s', (_, make) => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, make(drawClients(100_000)))
    const structsOf = (options: Partial<Parameters<typeof updateChunks>[1]>): number[] =>
      [...updateChunks(doc, { since: new Map(), maxBytes: 524_288, ...options })].map(
        chunk => Y.decodeUpdate(chunk).structs.length,
      )
    expect(Math.max(...structsOf({}))).toBe(4_096)
    const growing = structsOf({ receiverClients: 0 })
    expect(growing[0]).toBe(1_024)
    let clients = 0
    for (const structs of growing) {
      expect(structs).toBeLessThanOrEqual(Math.max(1_024, clients / 8 + 1))
      clients += structs
    }
    expect([clients, growing.length]).toEqual([100_000, 30])
    expect(structsOf({ receiverClients: 200_000 }).length).toBe(4)
    // Never more than a receiver accepts.
    expect(Math.max(...structsOf({ receiverClients: 100_000_000 }))).toBeLessThanOrEqual(131_072)
  })
})
