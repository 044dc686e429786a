import { afterEach, describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { until } from '../../../../test/helpers/until.ts'
import type { Room } from '../../src/api/room.ts'
import { drawClients, manyClients } from '../spaces/documents/past-clients.ts'
import { joinMany, leaveAll, listenTo, untilAllSee } from './members.ts'

afterEach(leaveAll)

/** Resolves when a key of the map has this value; the test's timeout ends the wait. */
async function untilSet({ doc }: Room, key: string, value: number): Promise<void> {
  const map = doc.getMap('m')
  if (map.get(key) === value) return
  await new Promise<void>(resolve => {
    const look = () => {
      if (map.get(key) !== value) return
      map.unobserve(look)
      resolve()
    }
    map.observe(look)
  })
}

async function untilSynced({ provider }: Room): Promise<void> {
  if (provider.synced) return
  await new Promise<void>(resolve => provider.on('synced', isSynced => isSynced && resolve()))
}

describe('a document to which 90,000 clients wrote', { timeout: 90_000 }, () => {
  it('converges after both members edited it while disconnected, without a violation of either', async () => {
    const members = await joinMany('large', 2)
    await untilAllSee(members, 2)
    const [a, b] = await Promise.all(members.map(member => member.room('design')))
    if (!a || !b) throw new Error('two members')
    await until(a.presence.others, others => others.length === 1)
    const received = members.map(listenTo)
    const past = manyClients(drawClients(90_000))
    for (const { doc } of [a, b]) Y.applyUpdate(doc, past)
    for (const room of [a, b]) await untilSynced(room)
    b.provider.disconnect()
    a.doc.getMap('m').set('fromA', 1)
    b.doc.getMap('m').set('fromB', 2)
    b.provider.connect()
    await Promise.all([untilSet(a, 'fromB', 2), untilSet(b, 'fromA', 1)])
    for (const room of [a, b]) await untilSynced(room)
    a.doc.getMap('m').set('small', 3)
    await untilSet(b, 'small', 3)
    expect(Y.encodeSnapshot(Y.snapshot(a.doc))).toEqual(Y.encodeSnapshot(Y.snapshot(b.doc)))
    for (const { connections, rejected } of members.map(member => member.health.getSnapshot()))
      expect({ connections, rejected }).toEqual({ connections: 1, rejected: 0 })
    expect(received.flat().filter(({ type }) => type === 'fail')).toEqual([])
  })
})
