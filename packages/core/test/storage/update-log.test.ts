import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { StorageError } from '../../src/api/errors.ts'
import { datastoreKeyValues } from '../../src/storage/datastore-key-values.ts'
import type { KeyValueChange, KeyValues } from '../../src/storage/key-values.ts'
import { maxAppended } from '../../src/storage/log-keys.ts'
import { UpdateLog } from '../../src/storage/update-log.ts'
import { WriteQueue } from '../../src/storage/write-queue.ts'
import { ManualClock } from '../helpers/manual-clock.ts'

const prefix = '/hearsay/space/a'

interface StoredDocument {
  readonly doc: Y.Doc
  readonly updates: UpdateLog
  readonly clock: ManualClock
  readonly queue: WriteQueue
}

/** A document whose changes are stored. */
async function openStored(
  keyValues: KeyValues,
  writerId = 'one',
  isEphemeral = false,
): Promise<StoredDocument> {
  const clock = new ManualClock()
  const queue = new WriteQueue({ keyValues, clock })
  const stored = await keyValues.read(prefix)
  const updates = new UpdateLog({ queue, clock, prefix, writerId, stored, isEphemeral })
  const doc = new Y.Doc()
  updates.open(doc)
  doc.on('update', (update, origin) => {
    if (origin !== updates) updates.append(update)
  })
  return { doc, updates, clock, queue }
}

/** A store that counts its writes and can stop accepting them. */
function countingStore(): {
  keyValues: KeyValues
  written: () => number
  stopAfter: (writes: number) => void
} {
  const inner = datastoreKeyValues(new MemoryDatastore())
  let bytes = 0
  let left = Number.POSITIVE_INFINITY
  const write = async (changes: readonly KeyValueChange[]): Promise<void> => {
    if (left-- <= 0) return new Promise(() => {})
    for (const { key, value } of changes) bytes += key.length + (value?.length ?? 0)
    await inner.write(changes)
  }
  return {
    keyValues: { read: inner.read, write },
    written: () => bytes,
    stopAfter: writes => {
      left = writes
    },
  }
}

const countOf = async (keyValues: KeyValues): Promise<number> => (await keyValues.read(prefix)).length
const bytesOf = async (keyValues: KeyValues): Promise<number> =>
  (await keyValues.read(prefix)).reduce((sum, [, update]) => sum + update.length, 0)

/** Two updates of another document. The second depends on the first. */
function updatesInTwoSteps(): [Uint8Array, Uint8Array] {
  const doc = new Y.Doc()
  const updates: Uint8Array[] = []
  doc.on('update', update => updates.push(update))
  for (const letter of ['a', 'b']) doc.getText('text').insert(doc.getText('text').length, letter)
  return updates as [Uint8Array, Uint8Array]
}

/** Runs all background work. */
const idle = ({ clock }: StoredDocument) => clock.pass(60_000)

describe('an update log', () => {
  it('restores the same document from every point at which it was stored', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    for (let run = 0; run < 4; run++) {
      const { doc, updates, clock } = await openStored(keyValues)
      expect(doc.getArray('edits').length).toBe(run * maxAppended)
      for (let edit = 0; edit < maxAppended; edit++) doc.getArray('edits').push([`${run} ${edit}`])
      await clock.pass(30)
      await updates.stored()
    }
    const { doc } = await openStored(keyValues)
    expect(doc.getArray('edits').get(maxAppended)).toBe('1 0')
  })

  it('opens a document over the size limit for updates of other members', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const { doc, updates } = await openStored(keyValues)
    const half = new Uint8Array(40_000_000)
    for (const name of ['one', 'other']) doc.getMap('files').set(name, half)
    await updates.stored()
    const again = await openStored(keyValues)
    expect([...again.doc.getMap('files').keys()].sort()).toEqual(['one', 'other'])
  })

  it('keeps the changes of two members that write to one store, and compacts both', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const [one, other] = [await openStored(keyValues, 'one'), await openStored(keyValues, 'other')]
    for (let edit = 0; edit < 2 * maxAppended; edit++) {
      one.doc.getMap('one').set(String(edit), 'x'.repeat(500))
      other.doc.getMap('other').set(String(edit), 'x'.repeat(500))
      if (edit % 10 === 0) await Promise.all([one.clock.pass(50), other.clock.pass(50)])
    }
    await Promise.all([idle(one), idle(other)])
    const later = await openStored(keyValues, 'one')
    for (const name of ['one', 'other']) expect(later.doc.getMap(name).size).toBe(2 * maxAppended)
    for (let edit = 0; edit < 300; edit++) later.doc.getMap('later').set('same', 'x'.repeat(2_000))
    await idle(later)
    expect(await countOf(keyValues)).toBeLessThan(maxAppended)
    expect((await openStored(keyValues)).doc.getMap('one').size).toBe(2 * maxAppended)
  })

  it('stays short after many updates', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const member = await openStored(keyValues)
    for (let edit = 0; edit < 20 * maxAppended; edit++) {
      member.doc.getText('text').insert(0, 'x')
      if (edit % maxAppended === 0) await member.clock.pass(100)
    }
    await idle(member)
    expect(await countOf(keyValues)).toBeLessThanOrEqual(maxAppended + 64)
    expect((await openStored(keyValues)).doc.getText('text').length).toBe(20 * maxAppended)
  })

  it('is rewritten when it is longer than the document, in a few times the bytes of the document', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const member = await openStored(keyValues)
    for (let edit = 0; edit < 40; edit++) {
      member.doc.getMap('map').set('same', 'x'.repeat(50_000))
      await member.clock.pass(100)
    }
    await idle(member)
    expect(await bytesOf(keyValues)).toBeLessThan(4 * 50_000)
    expect((await openStored(keyValues)).doc.getMap('map').get('same')).toHaveLength(50_000)
  })

  it('does not rewrite a large document for ten times the number of edits that are merged', async () => {
    const { keyValues, written } = countingStore()
    const member = await openStored(keyValues)
    for (let i = 0; i < 30; i++) member.doc.getMap('files').set(`${i}`, new Uint8Array(100_000))
    await idle(member)
    const before = written()
    for (let edit = 0; edit < 10 * maxAppended; edit++) {
      member.doc.getText('text').insert(edit, 'x')
      await member.clock.pass(1)
    }
    await idle(member)
    expect(written() - before).toBeLessThan(1_000_000)
  })

  it('loses nothing when the process ends at any moment', async () => {
    for (let writes = 0; writes < 60; writes++) {
      const { keyValues, stopAfter } = countingStore()
      const member = await openStored(keyValues)
      let acknowledged = 0
      stopAfter(writes)
      for (let edit = 0; edit < 60; edit++) {
        member.doc.getMap('map').set(`${edit % 3}`, `${edit}`.padStart(9_000, 'x'))
        const count = edit + 1
        member.updates.stored().then(
          () => {
            acknowledged = count
          },
          () => {},
        )
        await member.clock.pass(10)
      }
      const { doc } = await openStored(keyValues)
      const newest = Math.max(
        -1,
        ...[...doc.getMap('map').values()].map(value =>
          Number.parseInt(String(value).replaceAll('x', ''), 10),
        ),
      )
      expect(newest + 1, `after ${writes} writes`).toBeGreaterThanOrEqual(acknowledged)
    }
  })

  it('is written again completely when the store lost it', async () => {
    const before = datastoreKeyValues(new MemoryDatastore())
    const first = await openStored(before)
    for (let edit = 0; edit < 300; edit++) first.doc.getText('text').insert(0, `${edit} `)
    await idle(first)
    const after = datastoreKeyValues(new MemoryDatastore())
    await after.write(first.updates.changesToRewrite())
    const again = await openStored(after)
    expect(again.doc.getText('text').toString()).toBe(first.doc.getText('text').toString())
    const closed = new UpdateLog({
      queue: first.queue,
      clock: first.clock,
      prefix,
      writerId: 'one',
      stored: await after.read(prefix),
      isEphemeral: false,
    })
    const third = datastoreKeyValues(new MemoryDatastore())
    await third.write(closed.changesToRewrite())
    expect((await openStored(third)).doc.getText('text').toString()).toBe(
      again.doc.getText('text').toString(),
    )
  })

  it('is not written to a store that ends with the process', async () => {
    const { keyValues, written } = countingStore()
    const member = await openStored(keyValues, 'one', true)
    for (let edit = 0; edit < 2 * maxAppended; edit++) member.doc.getText('text').insert(0, 'x')
    await idle(member)
    expect(written()).toBe(0)
    const [whole] = member.updates.whole()
    const copy = new Y.Doc()
    Y.applyUpdate(copy, whole ?? new Uint8Array())
    expect(copy.getText('text').length).toBe(2 * maxAppended)
  })

  it('keeps the content although a pending update contains other content under the same ids', async () => {
    const { doc, updates } = await openStored(datastoreKeyValues(new MemoryDatastore()))
    doc.clientID = 7
    doc.getText('text').insert(0, 'as it was')
    // Client 20 from clock 5 on, and client 7 from the beginning, after a unit of client 3: both are pending.
    Y.applyUpdate(doc, Uint8Array.of(2, 1, 20, 5, 4, 1, 1, 97, 1, 97, 1, 7, 0, 132, 3, 0, 1, 97, 0))
    expect(doc.store.pendingStructs).not.toBeNull()
    updates.close()
    const reopened = new Y.Doc()
    updates.open(reopened)
    expect(reopened.getText('text').toString()).toBe('as it was')
    expect(doc.store.pendingStructs).not.toBeNull()
  })

  it('is compacted while an update of another member is pending', async () => {
    const { keyValues, written } = countingStore()
    const member = await openStored(keyValues)
    // Client 20 from clock 5 on: its beginning is missing.
    Y.applyUpdate(member.doc, Uint8Array.of(1, 1, 20, 5, 4, 1, 1, 97, 1, 97, 0))
    expect(member.doc.store.pendingStructs).not.toBeNull()
    for (let edit = 0; edit < 200; edit++) {
      member.doc.getMap('map').set('same', 'x'.repeat(20_000))
      await member.clock.pass(100)
    }
    await idle(member)
    const stored = await keyValues.read(prefix)
    expect(stored.reduce((sum, [, { length }]) => sum + length, 0)).toBeLessThan(written() / 10)
  })

  it('keeps what the store contains after an update that it lost', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const first = await openStored(keyValues)
    for (const text of ['1', '2', '3'])
      first.doc.getText('text').insert(first.doc.getText('text').length, text)
    await idle(first)
    const lost = (await keyValues.read(prefix)).slice(1, 2)
    await keyValues.write(lost.map(([key]) => ({ key, value: undefined })))
    const member = await openStored(keyValues)
    expect(member.doc.getText('text').toString()).toBe('1')
    for (let edit = 0; edit < 200; edit++) {
      member.doc.getMap('map').set('same', 'x'.repeat(20_000))
      await member.clock.pass(100)
    }
    await idle(member)
    await keyValues.write(lost.map(([key, value]) => ({ key, value })))
    expect((await openStored(keyValues)).doc.getText('text').toString()).toBe('123')
  })

  it('keeps what was pending when the document was closed and opened again', async () => {
    const [own, later] = updatesInTwoSteps()
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const member = await openStored(keyValues)
    Y.applyUpdate(member.doc, later)
    member.updates.appendPending()
    member.updates.close()
    const doc = new Y.Doc()
    member.updates.open(doc)
    for (let edit = 0; edit < 200; edit++) {
      doc.getMap('map').set('same', 'x'.repeat(20_000))
      member.updates.append(Y.encodeStateAsUpdate(doc))
      await member.clock.pass(100)
    }
    await idle(member)
    const again = await openStored(keyValues)
    expect(again.doc.getText('text').toString()).toBe('')
    Y.applyUpdate(again.doc, own)
    expect(again.doc.getText('text').toString()).toBe('ab')
  })

  it('contains what is pending when it is written again because the store lost it', async () => {
    const [own, later] = updatesInTwoSteps()
    const { doc, updates } = await openStored(datastoreKeyValues(new MemoryDatastore()))
    Y.applyUpdate(doc, later)
    updates.appendPending()
    const copy = new Y.Doc()
    for (const { value } of updates.changesToRewrite()) if (value) Y.applyUpdate(copy, value)
    Y.applyUpdate(copy, own)
    expect(copy.getText('text').toString()).toBe('ab')
  })

  it('contains no changes from after the room was left', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const member = await openStored(keyValues)
    member.doc.getMap('map').set('kept', 'x'.repeat(100_000))
    member.updates.stop()
    member.doc.getMap('map').set('not', 1)
    await idle(member)
    expect([...(await openStored(keyValues)).doc.getMap('map').keys()]).toEqual(['kept'])
  })

  it('throws if Yjs cannot apply it, and stays as it is', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    // An insertion after itself.
    const update = Uint8Array.of(1, 1, 7, 0, 132, 7, 0, 1, 98, 0)
    await keyValues.write([{ key: `${prefix}/000000000000001-one`, value: update }])
    const stored = await keyValues.read(prefix)
    await expect(openStored(keyValues)).rejects.toThrow(StorageError)
    expect(await keyValues.read(prefix)).toEqual(stored)
  })

  it('throws if it is damaged, and stays as it is', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const { doc, updates } = await openStored(keyValues)
    doc.getText('text').insert(0, 'precious')
    await updates.stored()
    const [[key, update] = ['', new Uint8Array()]] = await keyValues.read(prefix)
    const damaged = update.slice(0, -3)
    await keyValues.write([{ key, value: damaged }])
    await expect(openStored(keyValues)).rejects.toThrow(StorageError)
    expect(await keyValues.read(prefix)).toEqual([[key, damaged]])
  })
})
