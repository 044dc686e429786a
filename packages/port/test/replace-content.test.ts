import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { replaceContent } from '../src/mirrored/replace-content.ts'

/** A document with texts, lists, maps and elements, some of them nested and some deleted. */
function written(): Y.Doc {
  const doc = new Y.Doc()
  doc.getText('text').insert(0, 'hello wonderful world')
  doc.getText('text').delete(6, 10)
  doc.getMap('map').set('list', Y.Array.from([1, 2, 3]))
  doc.getMap('map').set('gone', 1)
  doc.getMap('map').delete('gone')
  const paragraph = new Y.XmlElement('p')
  doc.getXmlFragment('xml').insert(0, [paragraph])
  paragraph.insert(0, [new Y.XmlText('a paragraph')])
  return doc
}

const contentOf = (doc: Y.Doc) => ({
  text: doc.getText('text').toString(),
  map: doc.getMap('map').toJSON(),
  xml: doc.getXmlFragment('xml').toString(),
})

describe('replacing the content of a document', () => {
  it('shows the other replica, has its ids alone, and lets later changes reach it', () => {
    const [before, other] = [written(), written()]
    other.getText('text').insert(0, 'again: ')
    const former = new Set(before.store.clients.keys())
    replaceContent(before, Y.encodeStateAsUpdate(other), 'provider')
    expect(contentOf(before)).toEqual(contentOf(other))
    expect(Y.encodeStateVector(before)).toEqual(Y.encodeStateVector(other))
    expect(former.has(before.clientID)).toBe(false)
    const updates: Uint8Array[] = []
    before.on('update', update => updates.push(update))
    before.getText('text').insert(6, ' and')
    before.getMap('map').set('new', true)
    for (const type of before.getXmlFragment('xml').toArray())
      if (type instanceof Y.XmlElement) type.setAttribute('a', 'b')
    for (const update of updates) Y.applyUpdate(other, update)
    expect(other.store.pendingStructs).toBeNull()
    expect(contentOf(other)).toEqual(contentOf(before))
  })

  it('notifies observers of what disappears and what appears, with the given origin', () => {
    const [before, other] = [written(), written()]
    const seen: unknown[] = []
    before.getText('text').observe((event, { origin }) => seen.push([origin, event.target.toString()]))
    replaceContent(before, Y.encodeStateAsUpdate(other), 'provider')
    expect(seen).toEqual([
      ['provider', ''],
      ['provider', 'hello world'],
    ])
  })
})
