/** What an app sees and does while its document enters an epoch. */
import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { mulberry32 } from '../../../../../../test/helpers/mulberry32.ts'
import { textOf } from '../../../../../../test/helpers/text-of.ts'
import { reportAppError } from '../../../../src/runtime/app-calls.ts'
import { DocumentDigest } from '../../../../src/spaces/documents/document-digest.ts'
import { DocumentSync } from '../../../../src/spaces/documents/document-sync.ts'
import { firstEpoch, nextEpoch } from '../../../../src/spaces/documents/epochs/epoch.ts'
import { randomEdit } from '../document-edits.ts'

interface Replica {
  readonly doc: Y.Doc
  readonly sync: DocumentSync
}

/** Draws a client id for each epoch, as a provider does. */
function replica(client: number, { gc = true } = {}): Replica {
  const doc = new Y.Doc({ gc })
  doc.clientID = client
  const replaced = () => {
    doc.clientID += 100
  }
  const sync = new DocumentSync({
    name: '',
    doc,
    origin: 'sync',
    reportError: reportAppError,
    lineage: { epoch: firstEpoch },
    replaced,
  })
  return { doc, sync }
}

const copyAll = (from: Replica, to: Replica): void =>
  Y.applyUpdate(to.doc, Y.encodeStateAsUpdate(from.doc, Y.encodeStateVector(to.doc)))

/** `late` enters the epoch that `holder` begins now. */
function follow(holder: Replica, late: Replica): void {
  const base = Y.encodeStateAsUpdate(holder.doc)
  holder.sync.epochs.begin()
  const { current } = holder.sync.epochs
  expect(current && late.sync.epochs.enterEpoch(current, [base])).toBe(true)
}

/** The replica leaves its own epoch, and enters another one with the same parent. */
function change(late: Replica, text: string): void {
  const other = new Y.Doc()
  other.getText('text').insert(0, text)
  const epoch = nextEpoch(firstEpoch, new DocumentDigest(other).hash())
  expect(late.sync.epochs.enterEpoch(epoch, [Y.encodeStateAsUpdate(other)])).toBe(true)
}

function pair(): { holder: Replica; late: Replica } {
  const [holder, late] = [replica(1), replica(2)]
  holder.doc.getText('text').insert(0, 'start')
  copyAll(holder, late)
  return { holder, late }
}

/** The parts of a type are consistent with each other, and with a new document of the same content. */
function expectSound({ doc, sync }: Replica): void {
  const [text, log] = [doc.getText('text'), doc.getArray('log')]
  expect(text.length).toBe(text.toString().length)
  expect(log.length).toBe(log.toArray().length)
  expect(sync.hash()).toEqual(new DocumentDigest(doc).hash())
  const copy = new Y.Doc()
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc))
  expect(copy.getText('text').toString()).toBe(text.toString())
  expect(copy.getArray('log').toArray()).toEqual(log.toArray())
}

describe('an app whose document enters an epoch', () => {
  it('may write in its observers: nothing is lost', () => {
    const { holder, late } = pair()
    late.doc.getText('text').insert(0, 'late ')
    let count = 0
    late.doc.getText('text').observe(() => {
      count += 1
      late.doc.getArray('log').push([`change ${count}`])
    })
    follow(holder, late)
    expect(textOf(late)).toBe('late start')
    expect(count).toBeGreaterThan(0)
    expect(late.doc.getArray('log').toArray()).toEqual(
      Array.from({ length: count }, (_, i) => `change ${i + 1}`),
    )
    expectSound(late)
    copyAll(late, holder)
    expect(holder.doc.getArray('log').length).toBe(count)
    expectSound(holder)
  })

  it('may write in its observers while the replica leaves its epoch, and while it is superseded', () => {
    for (const leave of [
      (late: Replica) => change(late, 'other '),
      ({ sync }: Replica) => sync.epochs.discardReplica(),
    ]) {
      const { late } = pair()
      late.sync.epochs.begin()
      late.doc.getText('text').insert(0, 'late ')
      let count = 0
      late.doc.getText('text').observe(() => {
        count += 1
        late.doc.getArray('log').push([`change ${count}`])
      })
      leave(late)
      expect(late.doc.getArray('log').length).toBe(count)
      expectSound(late)
      late.doc.getText('text').insert(0, 'on ')
      expectSound(late)
    }
  })

  it('may throw in its observers', async () => {
    const { holder, late } = pair()
    late.doc.getText('text').insert(0, 'late ')
    const thrown: unknown[] = []
    const listeners = process.listeners('uncaughtException')
    process.removeAllListeners('uncaughtException')
    process.on('uncaughtException', error => thrown.push(error))
    try {
      late.doc.getText('text').observe(() => {
        throw new Error('an app')
      })
      follow(holder, late)
      await turn()
    } finally {
      process.removeAllListeners('uncaughtException')
      for (const listener of listeners) process.on('uncaughtException', listener)
    }
    expect(thrown.length).toBe(2)
    expect(textOf(late)).toBe('late start')
    expectSound(late)
  })

  it('undoes only what it wrote since', () => {
    const { holder, late } = pair()
    const undo = new Y.UndoManager(late.doc.getText('text'), { captureTimeout: 0 })
    late.doc.getText('text').insert(0, 'late ')
    late.doc.getText('text').delete(0, 2)
    late.doc.getText('text').insert(3, 'more ')
    copyAll(late, holder)
    follow(holder, late)
    const before = textOf(late)
    late.doc.getText('text').insert(0, 'since ')
    undo.undo()
    expect(textOf(late)).toBe(before)
    for (let i = 0; i < 5; i++) undo.undo()
    expect(textOf(late)).toBe(before)
    for (let i = 0; i < 5; i++) undo.redo()
    expect(textOf(late)).toBe(`since ${before}`)
    expectSound(late)
  })

  it('undoes at random without an error, and stays equal to the others', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = mulberry32(seed)
      const [holder, late] = [replica(1), replica(2, { gc: seed % 2 === 0 })]
      const types = (['text', 'map', 'list', 'xml'] as const).map(name =>
        name === 'text'
          ? late.doc.getText(name)
          : name === 'map'
            ? late.doc.getMap(name)
            : name === 'list'
              ? late.doc.getArray(name)
              : late.doc.getXmlFragment(name),
      )
      const undo = new Y.UndoManager(types, { captureTimeout: 0 })
      const play = (steps: number) => {
        for (let step = 0; step < steps; step++) {
          const chance = random()
          if (chance < 0.3) undo.undo()
          else if (chance < 0.4) undo.redo()
          else if (chance < 0.8) randomEdit(late.doc, random)
          else randomEdit(holder.doc, random)
          if (chance > 0.9)
            for (const way of [0, 1])
              copyAll(...((way ? [late, holder] : [holder, late]) as [Replica, Replica]))
        }
      }
      play(40)
      copyAll(holder, late)
      follow(holder, late)
      play(40)
      for (let i = 0; i < 3; i++) undo.undo()
      copyAll(holder, late)
      copyAll(late, holder)
      expect(late.sync.hash(), `seed ${seed}`).toEqual(holder.sync.hash())
      expect(late.sync.hash()).toEqual(new DocumentDigest(late.doc).hash())
      expect(late.doc.getText('text').toDelta()).toEqual(holder.doc.getText('text').toDelta())
    }
  })

  it('finds nothing at a former relative position, and the right position at a later one', () => {
    const { holder, late } = pair()
    late.doc.getText('text').insert(0, 'late ')
    const text = late.doc.getText('text')
    const before = Y.createRelativePositionFromTypeIndex(text, 2)
    follow(holder, late)
    text.insert(0, 'since ')
    expect(Y.createAbsolutePositionFromRelativePosition(before, late.doc)?.index ?? null).toBe(null)
    const after = Y.createRelativePositionFromTypeIndex(text, 8)
    text.insert(0, 'x')
    expect(Y.createAbsolutePositionFromRelativePosition(after, late.doc)?.index).toBe(9)
  })

  it('keeps sub-documents, and gets those beyond the epoch again', () => {
    const { holder, late } = pair()
    const kept = new Y.Doc({ guid: 'kept' })
    holder.doc.getMap('docs').set('kept', kept)
    copyAll(holder, late)
    const own = late.doc.getMap('docs').get('kept')
    late.doc.getMap('docs').set('late', new Y.Doc({ guid: 'late' }))
    follow(holder, late)
    expect(late.doc.getMap('docs').get('kept')).toBe(own)
    expect(holder.doc.getMap('docs').get('kept')).toBe(kept)
    expect([...late.doc.getSubdocGuids()].sort()).toEqual(['kept', 'late'])
    copyAll(late, holder)
    expect((holder.doc.getMap('docs').get('late') as Y.Doc).guid).toBe('late')
  })

  it('may keep deleted content: a document without garbage collection becomes equal to one with it', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = mulberry32(seed)
      const [holder, late] = [replica(1), replica(2, { gc: false })]
      for (let edit = 0; edit < 30; edit++) {
        randomEdit(random() < 0.5 ? holder.doc : late.doc, random)
        if (random() < 0.2) copyAll(holder, late)
      }
      if (seed % 2 === 0) follow(holder, late)
      else {
        copyAll(holder, late)
        follow(late, holder)
      }
      copyAll(holder, late)
      copyAll(late, holder)
      expect(late.sync.hash(), `seed ${seed}`).toEqual(holder.sync.hash())
      expect(late.doc.getText('text').toDelta()).toEqual(holder.doc.getText('text').toDelta())
    }
  })
})
