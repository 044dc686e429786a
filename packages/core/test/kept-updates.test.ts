import { MemoryDatastore } from 'datastore-core'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { StorageError } from '../src/cluster/errors.ts'
import type { KeyValues } from '../src/cluster/ports.ts'
import { datastoreKeyValues } from '../src/libp2p/datastore-key-values.ts'
import { KeptUpdates, maxAppended } from '../src/rooms/kept-updates.ts'
import { WriteQueue } from '../src/spaces/write-queue.ts'

const prefix = '/hearsay/space/a'

/** A document whose changes are kept. */
async function kept(keyValues: KeyValues, keeper = 'one'): Promise<{ doc: Y.Doc; updates: KeptUpdates }> {
  const updates = new KeptUpdates({
    queue: new WriteQueue(keyValues),
    prefix,
    keeper,
    stored: await keyValues.read(prefix),
  })
  const doc = new Y.Doc()
  const stored = updates.take()
  if (stored) Y.applyUpdate(doc, stored, updates)
  doc.on('update', (update, origin) => {
    if (origin !== updates) updates.append(update, () => Y.encodeStateAsUpdate(doc))
  })
  return { doc, updates }
}

const countOf = async (keyValues: KeyValues): Promise<number> => (await keyValues.read(prefix)).length

describe('kept updates', () => {
  it('make the same document again, from each point at which they were stored', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    for (let life = 0; life < 4; life++) {
      const { doc, updates } = await kept(keyValues)
      expect(doc.getArray('edits').length).toBe(life * maxAppended)
      for (let edit = 0; edit < maxAppended; edit++) doc.getArray('edits').push([`${life} ${edit}`])
      await updates.stored()
    }
    const { doc } = await kept(keyValues)
    expect(doc.getArray('edits').get(maxAppended)).toBe('1 0')
  })

  it('open again though they are more than others would take', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const { doc, updates } = await kept(keyValues)
    const half = new Uint8Array(40_000_000)
    for (const name of ['one', 'other']) doc.getMap('files').set(name, half)
    await updates.stored()
    const again = await kept(keyValues)
    expect([...again.doc.getMap('files').keys()].sort()).toEqual(['one', 'other'])
  })

  it('of two members in one store lose nothing to each other, and become one again', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const [one, other] = [await kept(keyValues, 'one'), await kept(keyValues, 'other')]
    for (let edit = 0; edit < 2 * maxAppended; edit++) {
      one.doc.getMap('one').set(String(edit), edit)
      other.doc.getMap('other').set(String(edit), edit)
      if (edit % 10 === 0) await Promise.all([one.updates.stored(), other.updates.stored()])
    }
    await Promise.all([one.updates.stored(), other.updates.stored()])
    const later = await kept(keyValues, 'one')
    for (const name of ['one', 'other']) expect(later.doc.getMap(name).size).toBe(2 * maxAppended)
    for (let edit = 0; edit <= maxAppended; edit++) later.doc.getMap('later').set('same', edit)
    await later.updates.stored()
    expect(await countOf(keyValues)).toBeLessThan(maxAppended)
  })

  it('stay few, however many there were', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const { doc, updates } = await kept(keyValues)
    let most = 0
    for (let edit = 0; edit < 4 * maxAppended; edit++) {
      doc.getText('text').insert(0, 'x')
      await updates.stored()
      most = Math.max(most, await countOf(keyValues))
    }
    expect(most).toBe(maxAppended)
  })

  it('are merged sooner when they are large, and no more bytes than twice the document', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const { doc, updates } = await kept(keyValues)
    for (let edit = 0; edit < 40; edit++) {
      doc.getMap('map').set('same', 'x'.repeat(50_000))
      await updates.stored()
    }
    const bytes = (await keyValues.read(prefix)).reduce((sum, [, update]) => sum + update.length, 0)
    expect(bytes).toBeLessThan(4 * 50_000)
  })

  it('that are damaged are an error, and stay as they are', async () => {
    const keyValues = datastoreKeyValues(new MemoryDatastore())
    const { doc, updates } = await kept(keyValues)
    doc.getText('text').insert(0, 'precious')
    await updates.stored()
    const [[key, update] = ['', new Uint8Array()]] = await keyValues.read(prefix)
    const damaged = update.slice(0, -3)
    await keyValues.write([{ key, value: damaged }])
    await expect(kept(keyValues)).rejects.toThrow(StorageError)
    expect(await keyValues.read(prefix)).toEqual([[key, damaged]])
  })
})
