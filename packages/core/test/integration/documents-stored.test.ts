import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { MemoryDatastore } from 'datastore-core'
import type { Key } from 'interface-datastore'
import { afterEach, describe, expect, it } from 'vitest'
import { StorageError } from '../../src/api/errors.ts'
import { join, leaveAll } from './members.ts'

let folder: string | undefined

afterEach(async () => {
  await leaveAll()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

describe('documents in a store', { timeout: 60_000 }, () => {
  it('are restored by name after all members have left', async () => {
    folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-documents-'))
    const before = await join({ cluster: 'documents', storage: folder })
    const room = await before.room('design')
    room.doc.getText('text').insert(0, 'hello')
    room.document('notes/ä').doc.getMap('map').set('key', 'value')
    await before.leave()
    const after = await join({ cluster: 'documents', storage: folder })
    const again = await after.room('design')
    expect(again.doc.getText('text').toString()).toBe('hello')
    expect(again.document('notes/ä').doc.getMap('map').get('key')).toBe('value')
    expect(again.document('other').doc.getMap('map').size).toBe(0)
    expect(again.doc.clientID).not.toBe(room.doc.clientID)
  })

  it('contain changes made offline, and changes made after a provider was destroyed', async () => {
    const datastore = new MemoryDatastore()
    const before = await join({ cluster: 'offline', storage: datastore })
    const room = await before.room('design')
    room.provider.disconnect()
    room.doc.getText('text').insert(0, 'offline')
    await room.provider.stored()
    room.provider.destroy()
    expect(room.doc.getText('text').toString()).toBe('offline')
    room.doc.getText('text').insert(7, ' and on')
    await before.leave()
    const after = await join({ cluster: 'offline', storage: datastore })
    expect((await after.room('design')).doc.getText('text').toString()).toBe('offline and on')
  })

  it('keep their content when the room is left and entered again immediately', async () => {
    const member = await join({ cluster: 'again' })
    const room = await member.room('design')
    room.doc.getText('text').insert(0, 'kept')
    room.leave()
    room.doc.getText('text').insert(0, 'not ')
    expect((await member.room('design')).doc.getText('text').toString()).toBe('kept')
  })

  it('that are damaged throw when the room is entered, and stay as they are', async () => {
    const datastore = new MemoryDatastore()
    const before = await join({ cluster: 'damaged', storage: datastore })
    const room = await before.room('design')
    room.doc.getText('text').insert(0, 'precious')
    await before.leave()
    const keys: Key[] = []
    for await (const key of datastore.queryKeys({ prefix: '/hearsay/space/' })) keys.push(key)
    const [key] = keys
    if (!key) throw new Error('something is stored')
    await datastore.put(key, Uint8Array.of(255, 255, 1))
    const after = await join({ cluster: 'damaged', storage: datastore })
    await expect(after.room('design')).rejects.toThrow(StorageError)
    expect(await datastore.get(key)).toEqual(Uint8Array.of(255, 255, 1))
    expect(after.self.status).toBe('alive')
  })
})
