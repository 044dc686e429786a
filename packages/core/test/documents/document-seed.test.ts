import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { type Seed, seedUpdate } from '../../src/documents/document-seed.ts'
import { randomEdit } from '../spaces/documents/document-edits.ts'

const seeds: Record<string, Seed> = {
  'a text': doc => doc.getText('text').insert(0, '# Title\n'),
  'a formatted text': doc => {
    doc.getText('text').insert(0, 'bold', { bold: true })
    doc.getText('text').insertEmbed(2, { image: 'x' })
  },
  'a map': doc => {
    doc.getMap('map').set('a', 1)
    doc.getMap('map').set('a', { b: [null, 'c'] })
  },
  'nested types': doc => {
    const list = new Y.Array()
    const inner = new Y.Map()
    doc.getMap('map').set('list', list)
    list.push([inner, 1])
    inner.set('text', new Y.Text('deep'))
    list.insert(1, [new Y.Text('between')])
  },
  elements: doc => {
    const element = new Y.XmlElement('p')
    element.setAttribute('class', 'x')
    doc.getXmlFragment('xml').insert(0, [element, new Y.XmlText('tail')])
    element.insert(0, [new Y.XmlText('inner')])
  },
  'deleted content': doc => {
    doc.getText('text').insert(0, 'abcdef')
    doc.getText('text').delete(1, 3)
    doc.getMap('map').set('gone', 1)
    doc.getMap('map').delete('gone')
  },
  'several transactions': doc => {
    for (let i = 0; i < 5; i++) doc.transact(() => doc.getText('text').insert(i, `${i}`))
  },
}

const contentOf = (doc: Y.Doc): unknown => [
  doc.getText('text').toDelta(),
  doc.getMap('map').toJSON(),
  doc.getXmlFragment('xml').toJSON(),
  doc.getArray('list').toJSON(),
]

function docOf(...updates: Uint8Array[]): Y.Doc {
  const doc = new Y.Doc()
  for (const update of updates) Y.applyUpdate(doc, update)
  return doc
}

describe.each(Object.entries(seeds))('a seed of %s', (_, seed) => {
  it('makes what it writes, and nothing stays pending', () => {
    const direct = new Y.Doc()
    seed(direct)
    const seeded = docOf(seedUpdate(seed))
    expect(contentOf(seeded)).toEqual(contentOf(direct))
    expect([seeded.store.pendingStructs, seeded.store.pendingDs]).toEqual([null, null])
  })

  it('makes its content once if two members run it', () => {
    const [first, second] = [docOf(seedUpdate(seed)), docOf(seedUpdate(seed))]
    const once = contentOf(first)
    Y.applyUpdate(first, Y.encodeStateAsUpdate(second))
    Y.applyUpdate(second, Y.encodeStateAsUpdate(first))
    expect([contentOf(first), contentOf(second)]).toEqual([once, once])
    expect(Y.encodeStateAsUpdate(first)).toEqual(Y.encodeStateAsUpdate(second))
  })

  it('is the base of later changes on both sides', () => {
    const [first, second] = [docOf(seedUpdate(seed)), docOf(seedUpdate(seed))]
    const random = mulberry32(4)
    for (let i = 0; i < 20; i++) for (const doc of [first, second]) randomEdit(doc, random)
    for (let round = 0; round < 3; round++) {
      Y.applyUpdate(first, Y.encodeStateAsUpdate(second, Y.encodeStateVector(first)))
      Y.applyUpdate(second, Y.encodeStateAsUpdate(first, Y.encodeStateVector(second)))
    }
    expect(contentOf(first)).toEqual(contentOf(second))
  })
})

describe('seeds', () => {
  it('that differ both stay, in the same order on all replicas', () => {
    const updates = Object.values(seeds).map(seedUpdate)
    const [forward, backward] = [docOf(...updates), docOf(...updates.toReversed())]
    expect(contentOf(forward)).toEqual(contentOf(backward))
    for (const text of ['# Title\n', 'acb'.slice(0, 1), '01234'])
      expect(forward.getText('text').toString()).toContain(text)
  })

  it('that differ in one character have different clients', () => {
    const clientsOf = (text: string) => [
      ...docOf(seedUpdate(doc => doc.getText('text').insert(0, text))).store.clients.keys(),
    ]
    expect(clientsOf('a')).not.toEqual(clientsOf('b'))
    expect(clientsOf('a')).toEqual(clientsOf('a'))
    for (const client of clientsOf('a')) expect(Number.isSafeInteger(client) && client > 0).toBe(true)
  })

  it('that set the same client id have different clients', () => {
    const seedOf = (text: string) =>
      seedUpdate(doc => {
        doc.clientID = 7
        doc.getText('text').insert(0, text)
      })
    const [forward, backward] = [docOf(seedOf('a'), seedOf('b')), docOf(seedOf('b'), seedOf('a'))]
    expect(forward.getText('text').length).toBe(2)
    expect(contentOf(forward)).toEqual(contentOf(backward))
  })

  it('of random edits merge into one, too', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const write: Seed = doc => {
        const random = mulberry32(seed)
        for (let i = 0; i < 30; i++) randomEdit(doc, random)
      }
      const both = docOf(seedUpdate(write), seedUpdate(write))
      const direct = new Y.Doc()
      direct.clientID = 0
      write(direct)
      expect(contentOf(both), `seed ${seed}`).toEqual(contentOf(direct))
    }
  })

  it('that write nothing change nothing', () => {
    const doc = docOf(seedUpdate(() => {}))
    expect(doc.store.clients.size).toBe(0)
  })

  it('that throw add nothing of what they wrote', () => {
    const broken: Seed = doc => {
      doc.getText('text').insert(0, 'half')
      throw new Error('broken')
    }
    expect(() => seedUpdate(broken)).toThrow('broken')
  })
})
