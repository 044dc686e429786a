import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { checkpointContent, contains, contentOf } from '../../src/signed-documents/update-content.ts'

function docOf(clientID: number): Y.Doc {
  const doc = new Y.Doc()
  doc.clientID = clientID
  return doc
}

/** The update of the changes that `act` makes. */
function updateOf(doc: Y.Doc, act: (text: Y.Text) => void): Uint8Array {
  const before = Y.encodeStateVector(doc)
  const updates: Uint8Array[] = []
  const collect = (update: Uint8Array) => updates.push(update)
  doc.on('update', collect)
  act(doc.getText())
  doc.off('update', collect)
  return updates.length > 0 ? Y.mergeUpdates(updates) : Y.encodeStateAsUpdate(doc, before)
}

const wholeOf = (doc: Y.Doc) => checkpointContent(Y.encodeStateAsUpdate(doc))

describe('the content of a checkpoint', () => {
  it('contains every update of the document, insertions and deletions, and no later one', () => {
    const doc = docOf(1)
    const updates = [
      updateOf(doc, text => text.insert(0, 'hello')),
      updateOf(doc, text => text.delete(1, 2)),
      updateOf(doc, text => text.insert(2, 'x')),
    ]
    const checkpoint = wholeOf(doc)
    const later = [updateOf(doc, text => text.insert(0, 'later')), updateOf(doc, text => text.delete(0, 1))]
    for (const update of updates) expect(contains(checkpoint, contentOf(update))).toBe(true)
    for (const update of later) expect(contains(checkpoint, contentOf(update))).toBe(false)
  })

  it('lacks a deletion of content that it contains', () => {
    const doc = docOf(1)
    updateOf(doc, text => text.insert(0, 'hello'))
    const checkpoint = wholeOf(doc)
    const deletion = updateOf(doc, text => text.delete(1, 1))
    expect(contains(checkpoint, contentOf(deletion))).toBe(false)
    expect(contains(wholeOf(doc), contentOf(deletion))).toBe(true)
  })

  it('lacks the content of another client', () => {
    const [first, second] = [docOf(1), docOf(2)]
    updateOf(first, text => text.insert(0, 'one'))
    const foreign = updateOf(second, text => text.insert(0, 'two'))
    expect(contains(wholeOf(first), contentOf(foreign))).toBe(false)
  })

  it('does not contain what comes after a gap', () => {
    const doc = docOf(1)
    updateOf(doc, text => text.insert(0, 'a'))
    const second = updateOf(doc, text => text.insert(1, 'b'))
    const afterGap = updateOf(doc, text => text.insert(2, 'c'))
    const checkpoint = checkpointContent(Y.mergeUpdates([afterGap]))
    expect(contains(checkpoint, contentOf(second))).toBe(false)
    expect(contains(checkpoint, contentOf(afterGap))).toBe(false)
  })

  it('joins deletions that touch', () => {
    const doc = docOf(1)
    updateOf(doc, text => text.insert(0, 'abcdef'))
    const deletions = [4, 2, 0].map(at => updateOf(doc, text => text.delete(at, 2)))
    const checkpoint = checkpointContent(Y.mergeUpdates([Y.encodeStateAsUpdate(doc), ...deletions]))
    for (const deletion of deletions) expect(contains(checkpoint, contentOf(deletion))).toBe(true)
  })
})
