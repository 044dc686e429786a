import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Room } from '../../src/api/room.ts'
import { join, joinMany, leaveAll, loopback, untilAllSee } from './members.ts'

let folder: string | undefined

afterEach(async () => {
  await leaveAll()
  if (folder) rmSync(folder, { recursive: true, force: true })
})

/** Resolves when the default document of the room has this text. */
function untilText({ doc }: Room, text: string): Promise<void> {
  return new Promise(resolve => {
    const check = () => {
      if (doc.getText().toString() !== text) return
      doc.off('update', check)
      resolve()
    }
    doc.on('update', check)
    check()
  })
}

describe('a document with writers over TCP and Noise', { timeout: 60_000 }, () => {
  it('takes the changes of its writers only, and survives a restart', async () => {
    folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-writers-'))
    const [writer, ...readers] = await joinMany('writers', 3)
    const storage = pathOf(folder, 'stored')
    const bootstrap = writer.self.addresses
    const stored = await join({ cluster: 'writers', name: 'stored', storage, bootstrap })
    const members = [writer, ...readers, stored]
    await untilAllSee(members, 4)
    const options = { writers: [writer.self.id, stored.self.id] }
    const rooms = await Promise.all(members.map(member => member.room('design', options)))
    const [first, reader, , last] = rooms
    if (!first || !reader || !last) throw new Error('four members are in the room')
    expect(rooms.map(({ canWrite }) => canWrite)).toEqual([true, false, false, true])
    const text = 'hello '.repeat(20_000)
    first.doc.getText().insert(0, text)
    await Promise.all(rooms.map(room => untilText(room, text)))
    await expect.poll(async () => (await first.heldBy()).holding).toHaveLength(3)
    const refused = new Promise(resolve => reader.provider.once('not-allowed', resolve))
    reader.doc.getText().insert(0, 'no')
    await refused
    last.doc.getText().delete(5, text.length - 5)
    await Promise.all([first, last].map(room => untilText(room, 'hello')))
    await last.provider.stored()
    await stored.leave()
    const again = await join({ cluster: 'alone', name: 'again', storage, listen: [loopback] })
    expect((await again.room('design', options)).doc.getText().toString()).toBe('')
    await again.leave()
    const back = await join({ cluster: 'writers', name: 'back', storage, listen: [loopback] })
    expect((await back.room('design', options)).doc.getText().toString()).toBe('hello')
  })

  it('works in a private room: readers see the changes, and a member without the secret nothing', async () => {
    const members = await joinMany('private writers', 3)
    const [writer, reader, outsider] = members
    await untilAllSee(members, 3)
    const options = { writers: [writer.self.id], secret: 'a secret of sixteen or more characters' }
    const first = await writer.room('design', options)
    const second = await (reader ?? writer).room('design', options)
    const open = await (outsider ?? writer).room('design', { writers: options.writers })
    first.doc.getText().insert(0, 'hello')
    await untilText(second, 'hello')
    const refused = new Promise(resolve => second.provider.once('not-allowed', resolve))
    second.doc.getText().insert(0, 'no')
    await refused
    first.doc.getText().insert(5, ' world')
    await untilText(second, 'nohello world')
    expect([first.doc.getText().toString(), open.doc.getText().toString()]).toEqual(['hello world', ''])
    expect((await first.heldBy()).holding).toEqual([reader?.self.id])
  })
})
