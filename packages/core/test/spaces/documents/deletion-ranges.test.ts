import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { deletionChunks, deletionsOf } from '../../../src/spaces/documents/deletion-ranges.ts'

/** A document in which one client deleted every second of `2 · count` characters. */
function gappyDocument(count: number): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = 1
  const text = doc.getText('text')
  text.insert(0, 'ab'.repeat(count))
  for (let at = 1; at <= count; at++) text.delete(at, 1)
  return doc
}

describe('deletion ranges', () => {
  it('join deletions that follow each other', () => {
    const doc = gappyDocument(2)
    expect([...deletionsOf(doc)]).toEqual([
      [
        1,
        [
          { clock: 1, len: 1 },
          { clock: 3, len: 1 },
        ],
      ],
    ])
    doc.getText('text').delete(0, 2)
    expect([...deletionsOf(doc)]).toEqual([[1, [{ clock: 0, len: 4 }]]])
  })

  it('leave out clients that are not included, or deleted nothing', () => {
    expect(deletionsOf(gappyDocument(2), () => false).size).toBe(0)
    const doc = new Y.Doc()
    doc.getText('text').insert(0, 'a')
    expect(deletionsOf(doc).size).toBe(0)
  })

  it.each([1, 24, 100, 10_000])('become updates of about %i bytes that delete the same', maxBytes => {
    const doc = gappyDocument(50)
    const copy = new Y.Doc()
    const whole = new Y.Doc()
    whole.clientID = 1
    whole.getText('text').insert(0, 'ab'.repeat(50))
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(whole))
    const chunks = [...deletionChunks(deletionsOf(doc), maxBytes)]
    for (const chunk of chunks) Y.applyUpdate(copy, chunk)
    expect(copy.getText('text').toString()).toBe('a'.repeat(50))
    expect(chunks.length).toBe(Math.ceil(50 / Math.max(1, Math.floor(maxBytes / 12))))
  })
})
