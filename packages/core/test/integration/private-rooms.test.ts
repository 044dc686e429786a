import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join as pathOf } from 'node:path'
import type { Libp2p } from 'libp2p'
import { toString as toText } from 'uint8arrays/to-string'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { until } from '../../../../test/helpers/until.ts'
import type { Room } from '../../src/api/room.ts'
import { PrivateRoom } from '../../src/wire/private-room.ts'
import { clusterTag } from '../../src/wire/tags.ts'
import { join, leaveAll, untilAllSee } from './members.ts'
import { stranger } from './stranger.ts'

const cluster = 'atlas'
const name = 'the-design-room'
const secret = 'a secret of sixteen or more characters'
const document = 'the-notes-document'
const text = 'the-text-of-the-document'
const presence = 'the-presence-of-ada'
const broadcast = 'the-broadcast-of-ada'

/** Also for a busy machine. */
const slow = { timeout: 60_000 }

let node: Libp2p | undefined
let folder: string | undefined

afterEach(async () => {
  await node?.stop()
  node = undefined
  await leaveAll()
  if (folder) rmSync(folder, { recursive: true, force: true })
  folder = undefined
})

/** Everything about the private room that members without its secret must not learn. */
function confidential(): Buffer[] {
  const options = { cluster: clusterTag(cluster), name, secret: Buffer.from(secret), random: () => 0 }
  const { space } = new PrivateRoom(options)
  const texts = [
    name,
    secret,
    document,
    Buffer.from(document).toString('hex'),
    text,
    presence,
    broadcast,
    space,
  ]
  return [...texts.map(each => Buffer.from(each)), Buffer.from(space, 'hex')]
}

const found = (bytes: Uint8Array): string[] =>
  confidential()
    .filter(each => Buffer.from(bytes).includes(each))
    .map(each => toText(each))

/** Two members that fill a room with everything that a room can contain. */
async function fill(rooms: readonly [Room, Room]): Promise<void> {
  const [first, second] = rooms
  const received = new Promise<unknown>(resolve =>
    second.events.addEventListener('event', ({ detail }) => resolve(detail.value), { once: true }),
  )
  await until(first.presence.others, others => others.length === 1)
  first.presence.set({ cursor: presence })
  first.awareness.setLocalStateField('user', { name: presence })
  first.document(document).doc.getText('text').insert(0, text)
  // Long enough for a stream of pieces.
  second.doc.getText('text').insert(0, text.repeat(10_000))
  await vi.waitUntil(() => second.document(document).doc.getText('text').length === text.length, slow)
  await vi.waitUntil(() => textOf(first).length === 10_000 * text.length, slow)
  await until(second.presence.others, ([other]) => other?.presence['cursor'] === presence)
  first.broadcast({ say: broadcast })
  expect(await received).toEqual({ say: broadcast })
}

describe('a private room', { timeout: 180_000 }, () => {
  it('works like any other room, and a member outside of it receives nothing of it', async () => {
    const ada = await join({ cluster, name: 'ada' })
    const bob = await join({ cluster, name: 'bob', bootstrap: ada.self.addresses })
    const outside = await stranger({ cluster, name: 'eve', bootstrap: ada.self.addresses })
    node = outside.node
    await untilAllSee([ada, bob], 3)
    const eve = (node.services as { hearsay?: typeof ada }).hearsay
    // Connected to both, the outside member receives all that they send to members.
    await vi.waitUntil(() => eve?.health.getSnapshot().connections === 2, slow)
    const room = await eve?.room(name)
    const rooms = [await ada.room(name, { secret }), await bob.room(name, { secret })] as const
    await fill(rooms)
    expect(eve?.health.getSnapshot().connections).toBe(2)
    expect(found(outside.received())).toEqual([])
    expect(room?.members.getSnapshot().map(member => member.name)).toEqual(['eve'])
    expect(
      rooms[0].members
        .getSnapshot()
        .map(member => member.name)
        .sort(),
    ).toEqual(['ada', 'bob'])
  })

  it('shows everything to a member in it, which proves that the recording works', async () => {
    const ada = await join({ cluster, name: 'ada' })
    const inside = await stranger({ cluster, name: 'bob', bootstrap: ada.self.addresses })
    node = inside.node
    const bob = (node.services as { hearsay?: typeof ada }).hearsay
    if (!bob) throw new Error('the node has a member')
    await fill([await ada.room(name), await bob.room(name)])
    expect(found(inside.received())).toEqual(expect.arrayContaining([document, text, presence, broadcast]))
  })

  it('has its content sealed in the store, and opens it again with the same secret only', async () => {
    folder = mkdtempSync(pathOf(tmpdir(), 'hearsay-private-'))
    const before = await join({ cluster, storage: folder })
    const room = await before.room(name, { secret })
    room.document(document).doc.getText('text').insert(0, text)
    await room.document(document).provider.stored()
    room.document(document).doc.getText('text').insert(0, 'more ')
    await before.leave()
    const files = readdirSync(folder).map(file => readFileSync(pathOf(folder ?? '', file)))
    const texts = [document, Buffer.from(document).toString('hex'), text, name, secret]
    for (const each of texts) expect(files.some(content => content.includes(each))).toBe(false)
    const after = await join({ cluster, storage: folder })
    const contentOf = async (options: { secret?: string }) => {
      const entered = await after.room(name, options)
      const content = entered.document(document).doc.getText('text').toString()
      entered.leave()
      return content
    }
    expect(await contentOf({ secret: `${secret}!` })).toBe('')
    expect(await contentOf({})).toBe('')
    expect(await contentOf({ secret })).toBe(`more ${text}`)
  })
})
