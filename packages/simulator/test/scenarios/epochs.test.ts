/** Documents with many past clients: their holders compact them, and no write of any member is lost. */

import type { Room, RoomDocument } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { createSimulation, type Simulation } from '../../src/index.ts'
import { repeatedInOpenRooms } from '../repeated.ts'

const pastClients = 1_100
const quietMs = 20_000

async function open(simulation: Simulation, name: string): Promise<RoomDocument> {
  const room: Room = await simulation.member(name).cluster.room('design')
  return room.document('notes')
}

const openAll = (simulation: Simulation, names: readonly string[]): Promise<RoomDocument[]> =>
  Promise.all(names.map(name => open(simulation, name)))

/** Adds the content of `count` clients. Each client writes a letter, and sets and deletes its own key. */
function bringClients(doc: Y.Doc, count: number, first: number): void {
  const other = new Y.Doc()
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc))
  for (let client = first; client < first + count; client++) {
    other.clientID = client
    const text = other.getText('text')
    text.insert(text.length, 'x')
    other.getMap('here').set(`client ${client}`, { at: client })
    other.getMap('here').delete(`client ${client}`)
  }
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other, Y.encodeStateVector(doc)))
}

const clientsOf = ({ doc }: RoomDocument): number => doc.store.clients.size
const write = ({ doc }: RoomDocument, text: string): void => doc.getText('text').insert(0, text)

/** The epochs that the provider announced, and the replicas that it handed over. */
function follow({ provider }: RoomDocument): { epochs: number[]; superseded: Uint8Array[] } {
  const followed = { epochs: [] as number[], superseded: [] as Uint8Array[] }
  provider.on('epoch', ({ number }) => followed.epochs.push(number))
  provider.on('superseded', ({ update }) => followed.superseded.push(update))
  return followed
}

const settled = (seed: number, members: number): Simulation =>
  createSimulation({ seed, members, start: 'warm' })

describe('a document of many past clients', () => {
  it('is compacted by all holders while no member writes, and shows the same content', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(1, 4)
      const documents = await openAll(simulation, ['m0', 'm1', 'm2'])
      const followed = documents.map(follow)
      await simulation.run(5_000)
      const [first] = documents as [RoomDocument]
      bringClients(first.doc, pastClients, 1)
      await simulation.run(2_000)
      const before = documents.map(textOf)
      let changes = 0
      first.doc.getText('text').observe(() => (changes += 1))
      await simulation.run(quietMs)
      expect(documents.map(clientsOf)).toEqual([1, 1, 1])
      expect(documents.map(textOf)).toEqual(before)
      expect(changes).toBe(0)
      expect(followed.map(({ epochs }) => epochs)).toEqual([[1], [1], [1]])
      expect(documents.map(({ provider }) => provider.synced)).toEqual([true, true, true])
      const late = await open(simulation, 'm3')
      write(late, 'late ')
      await simulation.run(5_000)
      write(first, 'first ')
      await simulation.run(5_000)
      const texts = [...documents, late].map(textOf)
      expect(new Set(texts).size).toBe(1)
      expect(texts[0]?.length).toBe(pastClients + 'late first '.length)
      return simulation
    })
  })

  it('is not compacted while a member follows its updates', async () => {
    const simulation = settled(2, 2)
    const documents = await openAll(simulation, ['m0', 'm1'])
    documents[1]?.doc.on('update', () => {})
    await simulation.run(5_000)
    bringClients((documents[0] as RoomDocument).doc, pastClients, 1)
    await simulation.run(90_000)
    expect(documents.map(clientsOf).every(count => count >= pastClients)).toBe(true)
  })

  it('is compacted within two minutes although a member always writes', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(3, 3)
      const documents = await openAll(simulation, ['m0', 'm1', 'm2'])
      await simulation.run(5_000)
      bringClients((documents[0] as RoomDocument).doc, pastClients, 1)
      for (let i = 0; i < 240; i++) {
        write(documents[i % 3] as RoomDocument, 'y')
        await simulation.run(500)
      }
      await simulation.run(10_000)
      expect(documents.map(clientsOf).every(count => count <= 8)).toBe(true)
      const texts = documents.map(textOf)
      expect(new Set(texts).size).toBe(1)
      expect(texts[0]?.length).toBe(pastClients + 240)
      return simulation
    })
  })

  it('keeps the writes of a member that was away, in its store or in its memory', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(4, 4)
      const names = ['m0', 'm1', 'm2', 'm3']
      const documents = await openAll(simulation, names)
      await simulation.run(5_000)
      bringClients((documents[0] as RoomDocument).doc, pastClients, 1)
      await simulation.run(1_000)
      // One member is cut off, one is killed after it wrote.
      const heal = simulation.partition([['m0', 'm1'], ['m2'], ['m3']])
      const [, , cut, killed] = documents as [RoomDocument, RoomDocument, RoomDocument, RoomDocument]
      killed.provider.on('epoch', () => {})
      write(cut, 'cut off ')
      write(killed, 'killed ')
      await killed.provider.stored()
      simulation.crash('m3')
      await simulation.run(60_000)
      expect(documents.slice(0, 2).map(clientsOf)).toEqual([1, 1])
      write(cut, 'and on ')
      write(documents[0] as RoomDocument, 'meanwhile ')
      await simulation.run(1_000)
      heal()
      simulation.restart('m3')
      await simulation.run(1_000)
      const back = await open(simulation, 'm3')
      await simulation.run(60_000)
      const all = [...documents.slice(0, 3), back]
      const texts = all.map(textOf)
      expect(new Set(texts).size).toBe(1)
      for (const part of ['cut off ', 'killed ', 'and on ', 'meanwhile ']) expect(texts[0]).toContain(part)
      expect(texts[0]?.length).toBe(pastClients + 'cut off killed and on meanwhile '.length)
      expect(all.map(({ provider }) => provider.synced)).toEqual([true, true, true, true])
      return simulation
    })
  })

  it('is one document again after both halves of a partition compacted their own state', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(5, 4)
      const documents = await openAll(simulation, ['m0', 'm1', 'm2', 'm3'])
      await simulation.run(5_000)
      const heal = simulation.partition([
        ['m0', 'm1'],
        ['m2', 'm3'],
      ])
      await simulation.run(20_000)
      const [left, , right] = documents as [RoomDocument, RoomDocument, RoomDocument]
      bringClients(left.doc, pastClients, 1)
      bringClients(right.doc, pastClients, 100_000)
      await simulation.run(30_000)
      expect(documents.map(clientsOf)).toEqual([1, 1, 1, 1])
      write(left, 'left ')
      write(right, 'right ')
      await simulation.run(1_000)
      heal()
      await simulation.run(60_000)
      const texts = documents.map(textOf)
      expect(new Set(texts).size).toBe(1)
      expect(texts[0]?.length).toBe(2 * pastClients + 'left right '.length)
      for (const part of ['left ', 'right ']) expect(texts[0]).toContain(part)
      return simulation
    })
  })

  it('hands over the replica of a member that missed two epochs', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(6, 3)
      const documents = await openAll(simulation, ['m0', 'm1', 'm2'])
      const [first, , away] = documents as [RoomDocument, RoomDocument, RoomDocument]
      const { superseded } = follow(away)
      await simulation.run(5_000)
      const heal = simulation.partition([['m0', 'm1'], ['m2']])
      write(away, 'only here ')
      for (let epoch = 1; epoch <= 2; epoch++) {
        bringClients(first.doc, pastClients, epoch * 10_000)
        await simulation.run(40_000)
      }
      heal()
      await simulation.run(60_000)
      const replica = new Y.Doc()
      for (const update of superseded) Y.applyUpdate(replica, update)
      expect(superseded.length).toBe(1)
      expect(replica.getText('text').toString()).toContain('only here ')
      expect(away.provider.superseded).toEqual(superseded)
      expect(textOf(away)).toBe(textOf(first))
      away.provider.discardSuperseded()
      expect(away.provider.superseded).toEqual([])
      return simulation
    })
  })

  it('keeps the writes of a member from before it joined the others, however many epochs they have had', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(8, 3)
      const heal = simulation.partition([['m0', 'm1'], ['m2']])
      const documents = await openAll(simulation, ['m0', 'm1', 'm2'])
      const [first, , alone] = documents as [RoomDocument, RoomDocument, RoomDocument]
      const { superseded } = follow(alone)
      await simulation.run(30_000)
      write(alone, 'alone ')
      for (let epoch = 1; epoch <= 2; epoch++) {
        bringClients(first.doc, pastClients, epoch * 10_000)
        await simulation.run(40_000)
      }
      heal()
      await simulation.run(60_000)
      expect(superseded).toEqual([])
      expect(new Set(documents.map(textOf)).size).toBe(1)
      expect(textOf(first).length).toBe(2 * pastClients + 'alone '.length)
      return simulation
    })
  })

  it('is the same after its holders restarted from their stores', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(7, 2)
      const documents = await openAll(simulation, ['m0', 'm1'])
      await simulation.run(5_000)
      bringClients((documents[0] as RoomDocument).doc, pastClients, 1)
      await simulation.run(quietMs)
      write(documents[0] as RoomDocument, 'after ')
      await simulation.run(2_000)
      for (const { provider } of documents) await provider.stored()
      for (const name of ['m0', 'm1']) simulation.restart(name)
      await simulation.run(5_000)
      const again = await openAll(simulation, ['m0', 'm1'])
      expect(again.map(textOf)).toEqual(documents.map(textOf))
      await simulation.run(10_000)
      expect(again.map(clientsOf).every(count => count <= 2)).toBe(true)
      expect(again.map(({ provider }) => provider.synced)).toEqual([true, true])
      return simulation
    })
  })

  it('is stored by a member that carried it for others through an epoch and opens it afterwards', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(8, 3)
      simulation.cut('m0', 'm1')
      const names = ['m0', 'm1', 'm2']
      const rooms = await Promise.all(names.map(name => simulation.member(name).cluster.room('design')))
      await simulation.run(10_000)
      const [first, second] = rooms.slice(0, 2).map(room => room.document('notes')) as [
        RoomDocument,
        RoomDocument,
      ]
      await simulation.run(20_000)
      bringClients(first.doc, pastClients, 1)
      await simulation.run(40_000)
      expect([first, second].map(clientsOf)).toEqual([1, 1])
      write(second, 'after ')
      await simulation.run(10_000)
      const carried = await open(simulation, 'm2')
      expect(textOf(carried)).toBe(textOf(first))
      write(carried, 'carried ')
      let isStored = false
      carried.provider.stored().then(() => {
        isStored = true
      })
      await simulation.run(1_000)
      expect(isStored).toBe(true)
      for (const name of names) simulation.crash(name)
      simulation.restart('m2')
      await simulation.run(1_000)
      const again = await open(simulation, 'm2')
      expect(textOf(again)).toBe(textOf(carried))
      expect(again.provider.superseded).toEqual([])
      for (const name of ['m0', 'm1']) simulation.restart(name)
      simulation.heal()
      await simulation.run(1_000)
      const all = [again, ...(await openAll(simulation, ['m0', 'm1']))]
      await simulation.run(40_000)
      expect(new Set(all.map(textOf)).size).toBe(1)
      expect(textOf(again).length).toBe(pastClients + 'after carried '.length)
      return simulation
    })
  })

  it('keeps the writes of a member that was disconnected and had closed the document', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(9, 4)
      const documents = await openAll(simulation, ['m0', 'm1', 'm2', 'm3'])
      const [first, , away, closed] = documents as [RoomDocument, RoomDocument, RoomDocument, RoomDocument]
      await simulation.run(5_000)
      away.provider.disconnect()
      write(away, 'disconnected ')
      write(closed, 'closed ')
      closed.provider.destroy()
      bringClients(first.doc, pastClients, 1)
      await simulation.run(quietMs)
      expect(clientsOf(first)).toBe(1)
      write(away, 'and on ')
      away.provider.connect()
      const back = await open(simulation, 'm3')
      await simulation.run(quietMs)
      const all = [first, away, back]
      expect(new Set(all.map(textOf)).size).toBe(1)
      expect(textOf(first).length).toBe(pastClients + 'disconnected closed and on '.length)
      return simulation
    })
  })

  it('keeps the writes of a member that wrote and left at once, at the moment when the others compacted it', async () => {
    const begin = async () => {
      const simulation = settled(10, 4)
      const documents = await openAll(simulation, ['m0', 'm1', 'm2', 'm3'])
      await simulation.run(5_000)
      bringClients((documents[0] as RoomDocument).doc, pastClients, 1)
      return { simulation, documents }
    }
    const first = await begin()
    const isCompacted = () => first.documents.map(clientsOf).includes(1)
    const takesMs = await first.simulation.runUntil(isCompacted, { withinMs: quietMs })
    for (const beforeMs of [4, 12, 20]) {
      const { simulation, documents } = await begin()
      await simulation.run(takesMs - beforeMs)
      write(documents[3] as RoomDocument, 'leaving ')
      const room = await simulation.member('m3').cluster.room('design')
      room.leave()
      await simulation.run(quietMs)
      const texts = documents.slice(0, 3).map(textOf)
      for (const text of texts) expect(text, `${beforeMs} ms before`).toContain('leaving ')
    }
  })
})
