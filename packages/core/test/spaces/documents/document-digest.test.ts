import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../../test/helpers/mulberry32.ts'
import {
  bucketDigestBytes,
  DocumentDigest,
  digestBuckets,
  isCollision,
} from '../../../src/spaces/documents/document-digest.ts'
import { randomEdit } from './document-edits.ts'

const digestOf = (doc: Y.Doc): DocumentDigest => {
  const digest = new DocumentDigest(doc)
  digest.hash()
  return digest
}

/** Creates replicas that receive each other's changes. Each has a digest from the start. */
function replicas(count: number): { doc: Y.Doc; digest: DocumentDigest }[] {
  return Array.from({ length: count }, (_, i) => {
    const doc = new Y.Doc()
    doc.clientID = 1_000 + i
    const digest = digestOf(doc)
    digest.hash()
    return { doc, digest }
  })
}

const copyAll = (from: Y.Doc, to: Y.Doc): void =>
  Y.applyUpdate(to, Y.encodeStateAsUpdate(from, Y.encodeStateVector(to)))

describe('the digest of a document', () => {
  it('equals the digest computed from scratch, and that of every equal replica, after random edits and merges', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = mulberry32(seed)
      const all = replicas(3)
      for (let step = 0; step < 60; step++) {
        const one = all[Math.floor(random() * 3)]
        const other = all[Math.floor(random() * 3)]
        if (!one || !other) continue
        if (random() < 0.7) randomEdit(one.doc, random)
        else if (one !== other) copyAll(one.doc, other.doc)
        expect(one.digest.hash()).toEqual(digestOf(one.doc).hash())
        expect(one.digest.liveBytes).toBe(digestOf(one.doc).liveBytes)
        expect(one.digest.bucketHashes()).toEqual(digestOf(one.doc).bucketHashes())
      }
      for (let round = 0; round < 2; round++)
        for (const { doc: from } of all) for (const { doc: to } of all) if (from !== to) copyAll(from, to)
      expect(new Set(all.map(({ digest }) => digest.hash().join())).size).toBe(1)
      expect(all[0]?.digest.hash()).toEqual(all[1]?.digest.hash())
    }
  })

  it('is correct although an observer writes during an event', () => {
    const doc = new Y.Doc()
    const digest = digestOf(doc)
    digest.hash()
    doc.getText('text').observe(event => {
      if (event.transaction.origin === 'inner') return
      doc.transact(() => doc.getText('text').insert(0, 'x'), 'inner')
      doc.transact(() => doc.getText('text').delete(0, 1), 'inner')
    })
    for (let i = 0; i < 20; i++) {
      doc.getText('text').insert(0, 'abc')
      expect(digest.hash()).toEqual(digestOf(doc).hash())
    }
  })

  it('differs after each single edit, including a deletion', () => {
    const random = mulberry32(7)
    const doc = new Y.Doc()
    const digest = digestOf(doc)
    const seen = new Set<string>()
    for (let i = 0; i < 2_000; i++) {
      const before = Y.encodeSnapshot(Y.snapshot(doc)).join()
      randomEdit(doc, random)
      const isChanged = Y.encodeSnapshot(Y.snapshot(doc)).join() !== before
      if (isChanged) expect(seen.has(digest.hash().join())).toBe(false)
      seen.add(digest.hash().join())
    }
  })

  it('distinguishes two sets of deletions of equal count and equal sum', () => {
    const hashAfter = (...deleted: number[]) => {
      const doc = new Y.Doc()
      doc.clientID = 1
      doc.getText('text').insert(0, 'abcdefghij')
      for (const at of deleted) doc.getText('text').delete(at, 1)
      return digestOf(doc).hash().join()
    }
    // Each index refers to the characters that earlier deletions left.
    expect(hashAfter(1, 3)).not.toBe(hashAfter(2, 2))
  })

  it('shows that two replicas wrote different texts under one client id', () => {
    const write = (text: string) => {
      const doc = new Y.Doc()
      doc.clientID = 7
      doc.getText('text').insert(0, text)
      return doc
    }
    const [one, other, same] = [write('aaa'), write('bbb'), write('aaa')].map(doc => digestOf(doc).hash())
    if (!one || !other || !same) throw new Error('three documents')
    expect(isCollision(one, other)).toBe(true)
    expect(isCollision(one, same)).toBe(false)
    expect(isCollision(one, digestOf(write('aaaa')).hash())).toBe(false)
  })

  it('treats half of a surrogate pair in a value like its replacement in an update', () => {
    const doc = new Y.Doc()
    doc.getMap('map').set('half', '\ud83d')
    doc.getMap('map').set('nested', { a: ['x\ude00'] })
    const element = new Y.XmlElement('p')
    element.setAttribute('title', 'cut \ud83d')
    doc.getXmlFragment('xml').push([element])
    const copy = new Y.Doc()
    copyAll(doc, copy)
    expect(digestOf(copy).hash()).toEqual(digestOf(doc).hash())
  })

  it('treats values as an update encodes them', () => {
    const doc = new Y.Doc()
    const values = [
      new Date(0),
      -0,
      undefined,
      { a: undefined, f: () => 1 },
      [1, null, 'b'],
      2 ** 40,
      1n,
      true,
    ]
    values.forEach((value, i) => {
      doc.getMap('map').set(String(i), value as never)
    })
    doc.getArray('list').push([new Uint8Array(300).fill(5), 'x'.repeat(500), 0.1])
    const copy = new Y.Doc()
    copyAll(doc, copy)
    expect(digestOf(copy).hash()).toEqual(digestOf(doc).hash())
  })

  it('identifies the buckets of the clients that differ', () => {
    const doc = new Y.Doc()
    for (let client = 1; client <= 600; client++) {
      const each = new Y.Doc()
      each.clientID = client
      each.getMap('map').set(String(client), client)
      copyAll(each, doc)
    }
    const copy = new Y.Doc()
    copyAll(doc, copy)
    const [before, digest] = [digestOf(doc).bucketHashes(), digestOf(copy)]
    copy.clientID = 300
    copy.getMap('map').set('more', 1)
    const after = digest.bucketHashes()
    const differing = Array.from({ length: digestBuckets }, (_, i) => i).filter(i => {
      const [from, to] = [i * bucketDigestBytes, (i + 1) * bucketDigestBytes]
      return before.subarray(from, to).join() !== after.subarray(from, to).join()
    })
    expect(differing).toEqual([300 % digestBuckets])
  })
})
