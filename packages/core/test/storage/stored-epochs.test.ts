import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { DocumentSync } from '../../src/spaces/documents/document-sync.ts'
import { firstEpoch } from '../../src/spaces/documents/epochs/epoch.ts'
import { datastoreKeyValues } from '../../src/storage/datastore-key-values.ts'
import type { KeyValues } from '../../src/storage/key-values.ts'
import type { StoredUpdate } from '../../src/storage/stored-epochs.ts'
import { UpdateLog } from '../../src/storage/update-log.ts'
import { WriteQueue } from '../../src/storage/write-queue.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

const prefix = '/hearsay/space/a'

interface Page {
  readonly doc: Y.Doc
  readonly sync: DocumentSync
  readonly updates: UpdateLog
  readonly clock: ManualClock
  write(text: string): void
}

interface PageOptions {
  readonly writerId?: string
  readonly client?: number
  readonly stored?: readonly StoredUpdate[]
}

/** A document that is stored as a provider stores it. */
async function page(keyValues: KeyValues, options: PageOptions = {}): Promise<Page> {
  const { writerId = 'one', client = 1_000, stored } = options
  const clock = new ManualClock()
  const queue = new WriteQueue({ keyValues, clock })
  const updates = new UpdateLog({
    queue,
    clock,
    prefix,
    writerId,
    stored: stored ?? (await keyValues.read(prefix)),
    isEphemeral: stored !== undefined,
  })
  const doc = new Y.Doc()
  doc.clientID = client
  updates.open(doc)
  let isReplaced = false
  const sync = new DocumentSync({
    name: '',
    doc,
    origin: updates,
    lineage: updates.lineage,
    epochChanged: lineage => {
      updates.replace(lineage)
      isReplaced = true
      doc.clientID += 1
    },
  })
  return {
    doc,
    sync,
    updates,
    clock,
    write(text) {
      const before = Y.encodeStateVector(doc)
      doc.getText('text').insert(0, text)
      updates.append(Y.encodeStateAsUpdate(doc, before))
      expect(isReplaced || doc.clientID === client).toBe(true)
    },
  }
}

const memory = (): KeyValues => datastoreKeyValues(new MemoryDatastore())

/** The content when the document is opened again: in the document, or handed over. */
async function reopened(keyValues: KeyValues): Promise<{ text: string; handedOver: string[] }> {
  const again = await page(keyValues, { writerId: 'later', client: 9_000 })
  await again.updates.stored()
  const handedOver = again.updates.superseded.map(update => {
    const doc = new Y.Doc()
    Y.applyUpdate(doc, update)
    return doc.getText('text').toString()
  })
  return { text: textOf(again), handedOver }
}

/** A store that ends after this number of single changes, even within a batch. */
function tearing(inner: KeyValues, left: number): KeyValues {
  let changesLeft = left
  return {
    read: inner.read,
    write: async changes => {
      const written = changes.slice(0, changesLeft)
      changesLeft -= written.length
      if (written.length > 0) await inner.write(written)
      if (written.length < changes.length) await new Promise(() => {})
    },
  }
}

describe('an update log when an epoch begins', () => {
  it('restores the same document once when the process ends at any moment', async () => {
    for (let writes = 0; writes < 24; writes++) {
      const disk = memory()
      const store = tearing(disk, writes)
      const member = await page(store)
      const acknowledged = new Set<string>()
      const say = (word: string) => {
        member.write(word)
        member.updates.stored().then(() => acknowledged.add(word))
      }
      member.sync.epochs.moveTo(firstEpoch)
      for (const word of ['one ', 'two ']) {
        say(word)
        await member.clock.pass(10)
      }
      member.sync.epochs.begin()
      say('three ')
      await member.clock.pass(10)
      member.sync.epochs.begin()
      say('four ')
      await member.clock.pass(100)
      const { text, handedOver } = await reopened(disk)
      for (const word of acknowledged)
        expect(`${text} ${handedOver.join()}`, `${writes} writes`).toContain(word)
      for (const word of ['one ', 'two ', 'three ', 'four '])
        expect(text.split(word).length, `${word} after ${writes} writes`).toBeLessThanOrEqual(2)
      const second = await reopened(disk)
      expect(second.text).toBe(text)
    }
  })

  it('takes over changes that another page wrote in the previous epoch', async () => {
    for (let before = 0; before < 3; before++) {
      const disk = memory()
      const one = await page(disk)
      one.sync.epochs.moveTo(firstEpoch)
      one.write('start ')
      for (let epoch = 0; epoch < before; epoch++) one.sync.epochs.begin()
      await one.updates.stored()
      const other = await page(disk, { writerId: 'other', client: 2_000 })
      one.sync.epochs.begin()
      await one.updates.stored()
      other.write('other ')
      await other.updates.stored()
      const { text, handedOver } = await reopened(disk)
      expect([text, handedOver], `epoch ${before}`).toEqual(['other start ', []])
      expect(await reopened(disk)).toEqual({ text: 'other start ', handedOver: [] })
    }
  })

  it('hands over changes that another page wrote two epochs earlier', async () => {
    const disk = memory()
    const one = await page(disk)
    one.sync.epochs.moveTo(firstEpoch)
    one.write('start ')
    await one.updates.stored()
    const other = await page(disk, { writerId: 'other', client: 2_000 })
    for (let epoch = 0; epoch < 2; epoch++) one.sync.epochs.begin()
    await one.updates.stored()
    other.write('other ')
    // Independent of content that the other page has deleted.
    await disk.write(other.updates.changesToRewrite())
    const { text, handedOver } = await reopened(disk)
    expect(text).toBe('start ')
    expect(handedOver).toEqual(['other start '])
  })

  it('takes over changes that another page wrote in an epoch with the same parent', async () => {
    const disk = memory()
    const one = await page(disk)
    one.sync.epochs.moveTo(firstEpoch)
    one.write('start ')
    await one.updates.stored()
    const other = await page(disk, { writerId: 'other', client: 2_000 })
    one.write('one ')
    other.write('other ')
    one.sync.epochs.begin()
    other.sync.epochs.begin()
    one.write('one on ')
    other.write('other on ')
    await Promise.all([one.updates.stored(), other.updates.stored()])
    const { text, handedOver } = await reopened(disk)
    expect(handedOver).toEqual([])
    for (const word of ['start ', 'one ', 'other ', 'one on ', 'other on '])
      expect(text.split(word).length - 1, `${word} in ${text}`).toBeGreaterThanOrEqual(1)
    expect(text.length).toBe('start one other one on other on '.length)
  })

  it('is written again with its initial state and the updates of other epochs', async () => {
    const disk = memory()
    const one = await page(disk)
    one.sync.epochs.moveTo(firstEpoch)
    one.write('start ')
    await one.updates.stored()
    const other = await page(disk, { writerId: 'other', client: 2_000 })
    one.sync.epochs.begin()
    await one.updates.stored()
    other.write('other ')
    await other.updates.stored()
    const closed = new UpdateLog({
      queue: new WriteQueue({ keyValues: disk, clock: one.clock }),
      clock: one.clock,
      prefix,
      writerId: 'one',
      stored: await disk.read(prefix),
      isEphemeral: false,
    })
    const copy = memory()
    await copy.write(closed.changesToRewrite())
    expect(await reopened(copy)).toEqual({ text: 'other start ', handedOver: [] })
  })

  it('passes its epoch on to the next visit to the room in memory', async () => {
    const one = await page(memory(), { stored: [] })
    one.sync.epochs.moveTo(firstEpoch)
    one.write('start ')
    one.sync.epochs.begin()
    one.write('on ')
    one.updates.supersede(Y.encodeStateAsUpdate(one.doc))
    const again = await page(memory(), { stored: one.updates.entries(), client: 3_000 })
    expect(textOf(again)).toBe('on start ')
    expect(again.updates.lineage).toEqual(one.updates.lineage)
    expect(again.updates.superseded.length).toBe(1)
  })

  it('leaves no old keys when the epoch changes while a base is written', async () => {
    const disk = memory()
    const one = await page(disk)
    for (let edit = 0; edit < 300; edit++) {
      one.write(`${edit} `.padEnd(400, 'x'))
      if (edit % 20 === 0) await one.clock.pass(5)
      if (edit === 280) one.sync.epochs.moveTo(firstEpoch)
    }
    await one.clock.pass(10_000)
    one.sync.epochs.begin()
    await one.updates.stored()
    const keys = (await disk.read(prefix)).map(([key]) => key)
    expect(keys.filter(key => !key.startsWith(`${prefix}/1.`))).toEqual([])
  })
})
