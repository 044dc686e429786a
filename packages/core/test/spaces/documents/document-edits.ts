/** Document edits: random changes of a Yjs document, of all kinds that apps make. */
import * as Y from 'yjs'

type Random = () => number

const below = (random: Random, count: number): number => Math.floor(random() * count)
const word = (random: Random): string =>
  random()
    .toString(36)
    .slice(2, 3 + below(random, 9))

const edits: readonly ((doc: Y.Doc, random: Random) => void)[] = [
  (doc, random) => {
    const text = doc.getText('text')
    text.insert(below(random, text.length + 1), word(random))
  },
  (doc, random) => {
    const text = doc.getText('text')
    const at = below(random, text.length + 1)
    text.delete(at, below(random, text.length - at + 1))
  },
  (doc, random) => {
    const text = doc.getText('text')
    const at = below(random, text.length + 1)
    text.format(at, below(random, text.length - at + 1), { bold: random() < 0.5 || null })
  },
  (doc, random) =>
    doc.getMap('map').set(`k${below(random, 5)}`, { value: random(), list: [1, null, word(random)] }),
  (doc, random) => doc.getMap('map').delete(`k${below(random, 5)}`),
  (doc, random) => {
    const list = doc.getArray('list')
    list.insert(below(random, list.length + 1), [word(random), below(random, 9), new Uint8Array(3)])
  },
  (doc, random) => {
    const list = doc.getArray('list')
    const at = below(random, list.length + 1)
    list.delete(at, below(random, list.length - at + 1))
  },
  (doc, random) => {
    const inner = new Y.Map()
    inner.set('nested', new Y.Text(word(random)))
    doc.getArray('list').push([inner])
  },
  (doc, random) => {
    const xml = doc.getXmlFragment('xml')
    const element = new Y.XmlElement('p')
    element.setAttribute('class', word(random))
    xml.insert(below(random, xml.length + 1), [element, new Y.XmlText(word(random))])
  },
  (doc, random) => doc.getText('text').insertEmbed(0, { image: word(random) }),
]

/** One change, or several in one transaction. */
export function randomEdit(doc: Y.Doc, random: Random): void {
  const edit = () => edits[below(random, edits.length)]?.(doc, random)
  if (random() < 0.8) edit()
  else
    doc.transact(() => {
      for (let i = 0; i < 4; i++) edit()
    })
}
