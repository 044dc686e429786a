import { afterEach, describe, expect, it, vi } from 'vitest'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { until } from '../../../../test/helpers/until.ts'
import type { Cluster } from '../../src/api/cluster.ts'
import type { RoomDocument } from '../../src/api/room-document.ts'
import { joinMany, leaveAll, untilAllSee } from './members.ts'

afterEach(leaveAll)

const areConnected = async (a: Cluster, b: Cluster): Promise<boolean> =>
  (await a.explain(b.self.id)).connected || (await b.explain(a.self.id)).connected

/** Two members without a connection to each other, neither of them the bootstrap member; undefined if there are none. */
async function unconnected(members: readonly Cluster[]): Promise<[Cluster, Cluster] | undefined> {
  const others = members.slice(1)
  for (const a of others) for (const b of others) if (a !== b && !(await areConnected(a, b))) return [a, b]
  return undefined
}

const write = ({ doc }: RoomDocument, text: string): void =>
  doc.getText('text').insert(doc.getText('text').length, text)

/** Resolves when the text meets the condition; the test's timeout ends the wait. */
async function untilText(document: RoomDocument, fits: (text: string) => boolean): Promise<void> {
  if (fits(textOf(document))) return
  await new Promise<void>(resolve => {
    const look = () => {
      if (!fits(textOf(document))) return
      document.doc.off('update', look)
      resolve()
    }
    document.doc.on('update', look)
  })
}

/** The text at the moment in which the replica is synced. */
async function untilSynced(document: RoomDocument): Promise<string> {
  const { provider } = document
  if (!provider.synced)
    await new Promise<void>(resolve => provider.on('synced', isSynced => isSynced && resolve()))
  return textOf(document)
}

describe('two members of a room that are not connected to each other', { timeout: 90_000 }, () => {
  it.each([10, 12, 16])(
    'converge to the same document in a room of %i members that have not opened it',
    async count => {
      const members = await joinMany(`apart-${count}`, count)
      await untilAllSee(members, count)
      const entered = await Promise.all(
        members.map(async member => ({ member, room: await member.room('design') })),
      )
      for (const { room } of entered) await until(room.presence.others, others => others.length === count - 1)
      // Connections that were opened while all members joined are closed in the first seconds.
      const pair = await vi.waitUntil(() => unconnected(members), { timeout: 60_000, interval: 100 })
      const roomOf = (each: Cluster) => {
        const found = entered.find(({ member }) => member === each)
        if (!found) throw new Error('all are in the room')
        return found.room
      }
      const first = roomOf(pair[0]).document('notes')
      write(first, 'of the first. ')
      // Of two members that open a document at the same time, one is synced with what it has.
      await untilSynced(first)
      const second = roomOf(pair[1]).document('notes')
      const whenSynced = await untilSynced(second)
      expect(whenSynced).toBe('of the first. ')
      write(first, 'more. ')
      write(second, 'of the second. ')
      for (const each of [first, second])
        await untilText(each, text => text.includes('more. ') && text.includes('of the second. '))
      expect(textOf(first)).toBe(textOf(second))
      expect(textOf(first).length).toBe(35)
    },
  )
})
