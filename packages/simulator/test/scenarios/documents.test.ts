import type { Room, RoomDocument } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { createSimulation, type Simulation } from '../../src/index.ts'
import { namesFrom } from '../names.ts'
import { repeatedInOpenRooms } from '../repeated.ts'

const settled = (seed: number, members: number): Simulation =>
  createSimulation({ seed, members, start: 'warm' })

const enter = (simulation: Simulation, name: string): Promise<Room> =>
  simulation.member(name).cluster.room('design')

/** Each of these members joins the room and opens its document. */
async function open(simulation: Simulation, names: readonly string[]): Promise<RoomDocument[]> {
  const rooms = await Promise.all(names.map(name => enter(simulation, name)))
  return rooms.map(room => room.document(''))
}

const write = (document: RoomDocument | undefined, text: string): void =>
  document?.doc.getText('text').insert(document.doc.getText('text').length, text)

const isSynced = (documents: readonly RoomDocument[]) => () => documents.every(each => each.provider.synced)

/** Inserts characters at random positions. Each character is a separate update. */
function type(document: RoomDocument, count: number, random: () => number): void {
  const text = document.doc.getText('text')
  for (let i = 0; i < count; i++) {
    const letter = String.fromCharCode(97 + Math.floor(random() * 26))
    text.insert(Math.floor(random() * (text.length + 1)), letter)
  }
}

describe('a document of a room', () => {
  it('is one document for all members that open the same name', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(1, 12)
      const rooms = await Promise.all(namesFrom(0, 6).map(name => enter(simulation, name)))
      const notes = rooms.slice(0, 3).map(room => room.document('notes'))
      const own = rooms.map(room => room.document(''))
      await simulation.run(3_000)
      write(own[0], 'the room’s own')
      write(notes[1], 'notes')
      await simulation.run(500)
      expect(own.map(textOf)).toEqual(Array.from({ length: 6 }, () => 'the room’s own'))
      expect(notes.map(textOf)).toEqual(Array.from({ length: 3 }, () => 'notes'))
      return simulation
    })
  })

  it('shows the first change at once, with the provider as the origin of a remote change', async () => {
    const simulation = settled(2, 8)
    const documents = await open(simulation, namesFrom(0, 8))
    await simulation.run(3_000)
    const origins: unknown[] = []
    documents[5]?.doc.on('update', (_, origin) => origins.push(origin))
    write(documents[0], 'a')
    await simulation.runUntil(() => documents.every(each => textOf(each) === 'a'), { withinMs: 40 })
    expect(origins).toEqual([documents[5]?.provider])
  })

  it('has one transaction for each change, at its author and at every other member', async () => {
    const simulation = settled(4, 4)
    const documents = await open(simulation, namesFrom(0, 4))
    await simulation.runUntil(isSynced(documents), { withinMs: 10_000 })
    const counts = documents.map(() => 0)
    for (const [i, { doc }] of documents.entries())
      doc.on('afterTransaction', () => {
        counts[i] = (counts[i] ?? 0) + 1
      })
    write(documents[0], 'a')
    await simulation.run(5_000)
    expect([documents.map(textOf), counts]).toEqual([documents.map(() => 'a'), documents.map(() => 1)])
  })

  it('is merged into twenty rumors a second while a member types', async () => {
    const simulation = settled(4, 3)
    const documents = await open(simulation, namesFrom(0, 3))
    await simulation.run(3_000)
    let applied = 0
    documents[1]?.doc.on('update', () => {
      applied += 1
    })
    for (let i = 0; i < 100; i++) {
      write(documents[0], `${i} `)
      await simulation.run(10)
    }
    await simulation.run(200)
    expect(documents.map(textOf)).toEqual(
      documents.map(() => Array.from({ length: 100 }, (_, i) => `${i} `).join('')),
    )
    // Anti-entropy may deliver some of the content again, divided into other pieces.
    expect(applied).toBeLessThanOrEqual(30)
  })

  it('reaches members that join late, which are then synced', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(4, 12)
      const documents = await open(simulation, namesFrom(0, 6))
      write(documents[0], 'written before')
      const isWithAll = () => documents.every(each => textOf(each) === 'written before')
      await simulation.runUntil(isWithAll, { withinMs: 2_000 })
      const [late] = await open(simulation, ['m9'])
      if (!late) throw new Error('m9 enters')
      const reported: [boolean, string][] = []
      late.provider.on('synced', isThere => reported.push([isThere, textOf(late)]))
      await simulation.runUntil(isSynced([late]), { withinMs: 1_000 })
      expect(reported).toEqual([[true, 'written before']])
      return simulation
    })
  })

  it.each([20, 50, 250])(
    'has the %d kB that its author wrote right before it left the room',
    async kilobytes => {
      await repeatedInOpenRooms(async () => {
        const simulation = settled(12, 6)
        const rooms = await Promise.all(namesFrom(0, 4).map(name => enter(simulation, name)))
        const documents = rooms.map(room => room.document(''))
        await simulation.run(5_000)
        write(documents[0], 'x'.repeat(kilobytes * 1_000))
        rooms[0]?.leave()
        await simulation.run(10_000)
        expect(documents.map(each => textOf(each).length)).toEqual(rooms.map(() => kilobytes * 1_000))
        return simulation
      })
    },
  )

  it('is synced 1 s after the join if no other member is in the room or has it open', async () => {
    const simulation = settled(5, 6)
    const [alone] = await open(simulation, ['m0'])
    if (!alone) throw new Error('m0 enters')
    await simulation.run(900)
    expect(alone.provider.synced).toBe(false)
    await simulation.run(200)
    expect(alone.provider.synced).toBe(true)
    const other = (await enter(simulation, 'm1')).document('another')
    await simulation.runUntil(isSynced([other]), { withinMs: 3_000 })
  })

  it('is equal again after both sides of a partition wrote', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(6, 12)
      const documents = await open(simulation, namesFrom(0, 8))
      write(documents[0], 'before ')
      await simulation.run(3_000)
      simulation.partition([namesFrom(0, 4), namesFrom(4, 12)])
      await simulation.run(30_000)
      write(documents[1], 'one ')
      write(documents[6], 'other ')
      await simulation.run(30_000)
      expect([documents[0], documents[7]].map(each => each && textOf(each))).toEqual([
        'before one ',
        'before other ',
      ])
      simulation.heal()
      await simulation.runUntil(() => documents.every(each => textOf(each).length === 17), {
        withinMs: 60_000,
      })
      expect(new Set(documents.map(textOf)).size).toBe(1)
      return simulation
    })
  })

  it('fetches the content of a lost rumor as soon as the next rumor shows the gap', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(7, 4)
      const documents = await open(simulation, namesFrom(0, 4))
      await simulation.run(60_000)
      simulation.dropGossip(20)
      write(documents[0], 'lost ')
      await simulation.run(60)
      write(documents[0], 'arrived')
      await simulation.runUntil(() => documents.every(each => textOf(each) === 'lost arrived'), {
        withinMs: 250,
      })
      return simulation
    })
  })

  it('survives its author, which crashed 100 ms after writing', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(8, 8)
      const documents = await open(simulation, namesFrom(0, 6))
      await simulation.run(3_000)
      write(documents[0], 'the last word')
      await simulation.run(100)
      simulation.crash('m0')
      const others = documents.slice(1)
      await simulation.runUntil(() => others.every(each => textOf(each) === 'the last word'), {
        withinMs: 5_000,
      })
      return simulation
    })
  })

  it('delivers 100,000 edits, made at once, to all members', async () => {
    const simulation = settled(9, 4)
    const documents = await open(simulation, namesFrom(0, 4))
    await simulation.run(3_000)
    const [first] = documents
    if (!first) throw new Error('four members enter')
    type(first, 100_000, simulation.member('m0').random('test'))
    const whole = textOf(first)
    await simulation.runUntil(() => documents.every(each => textOf(each).length === 100_000), {
      withinMs: 10_000,
    })
    expect(documents.every(each => textOf(each) === whole)).toBe(true)
  })

  it('delivers 10 MB to a member that joins late, once', async () => {
    const simulation = settled(10, 8)
    const documents = await open(simulation, namesFrom(0, 6))
    documents[0]?.doc.getMap('files').set('large', new Uint8Array(10_000_000).fill(7))
    await simulation.runUntil(() => documents.every(each => each.doc.getMap('files').has('large')), {
      withinMs: 20_000,
    })
    await simulation.run(60_000)
    const before = simulation.sent().space
    const [late] = await open(simulation, ['m7'])
    if (!late) throw new Error('m7 enters')
    await simulation.runUntil(isSynced([late]), { withinMs: 10_000 })
    expect((late.doc.getMap('files').get('large') as Uint8Array).length).toBe(10_000_000)
    expect(simulation.sent().space - before).toBeLessThan(11_000_000)
  })

  it('sends a change that is too long for a rumor to all connected members at once, and from there to the others', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(14, 32)
      const documents = await open(simulation, namesFrom(0, 32))
      await simulation.run(5_000)
      const pasted = 'pasted '.repeat(20_000)
      write(documents[0], pasted)
      await simulation.runUntil(() => documents.every(each => textOf(each) === pasted), { withinMs: 1_000 })
      return simulation
    })
  })

  it('stays usable after the room was left, and has everything that was written until then', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(11, 4)
      const rooms = await Promise.all(namesFrom(0, 3).map(name => enter(simulation, name)))
      const documents = rooms.map(room => room.document(''))
      await simulation.run(3_000)
      const statuses: string[] = []
      documents[0]?.provider.on('status', ({ status }) => statuses.push(status))
      write(documents[0], 'first ')
      write(documents[0], 'last ')
      rooms[0]?.leave()
      write(documents[0], 'offline')
      await simulation.run(1_000)
      expect(documents.map(textOf)).toEqual(['first last offline', 'first last ', 'first last '])
      expect(statuses).toEqual(['disconnected'])
      expect(documents[0]?.provider.synced).toBe(false)
      expect(rooms[0]?.doc).toBe(documents[0]?.doc)
      expect(() => rooms[0]?.document('another')).toThrow(/was left/)
      const again = await enter(simulation, 'm0')
      expect(again.doc).not.toBe(documents[0]?.doc)
      await simulation.run(1_000)
      expect(textOf(again)).toBe('first last ')
      return simulation
    })
  })

  it('keeps an update that the app applied before the one on which it depends, through a restart', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(13, 3)
      const elsewhere = new Y.Doc()
      elsewhere.clientID = 7
      const updates: Uint8Array[] = []
      elsewhere.on('update', update => updates.push(update))
      for (const letter of ['a', 'b']) elsewhere.getText('text').insert(0, letter)
      const [first, second] = updates as [Uint8Array, Uint8Array]
      const [bringing] = await open(simulation, ['m0'])
      Y.applyUpdate(bringing?.doc ?? new Y.Doc(), second)
      await bringing?.provider.stored()
      simulation.restart('m0')
      await simulation.run(5_000)
      const documents = await open(simulation, ['m0', 'm1'])
      await simulation.run(20_000)
      Y.applyUpdate(documents[1]?.doc ?? new Y.Doc(), first)
      await simulation.run(20_000)
      expect(documents.map(textOf)).toEqual(['ba', 'ba'])
      return simulation
    })
  })

  it('is sent when the cluster is left right after a write', async () => {
    const simulation = settled(12, 4)
    const documents = await open(simulation, namesFrom(0, 3))
    await simulation.run(3_000)
    write(documents[0], 'first ')
    write(documents[0], 'last')
    void simulation.leave('m0')
    await simulation.run(2_000)
    expect(documents.slice(1).map(textOf)).toEqual(['first last', 'first last'])
  })

  it('is synced or not as the provider connects and disconnects, and is created anew after it was destroyed', async () => {
    const simulation = settled(13, 4)
    const [first, second] = await Promise.all(namesFrom(0, 2).map(name => enter(simulation, name)))
    if (!first || !second) throw new Error('two members enter')
    const before = first.document('')
    write(second.document(''), 'a')
    await simulation.run(2_000)
    before.provider.disconnect()
    write(second.document(''), 'b')
    write(before, 'c')
    await simulation.run(2_000)
    expect([textOf(first), textOf(second)]).toEqual(['ac', 'ab'])
    before.provider.connect()
    await simulation.runUntil(() => before.provider.synced && textOf(first) === textOf(second), {
      withinMs: 1_000,
    })
    expect(textOf(first)).toHaveLength(3)
    before.provider.destroy()
    expect(before.doc.isDestroyed).toBe(true)
    expect(() => before.provider.connect()).toThrow(/was destroyed/)
    expect(first.document('')).not.toBe(before)
    await simulation.run(2_000)
    expect(textOf(first)).toBe(textOf(second))
  })
})

describe('the cost of a sync', () => {
  // In a private room each message has 40 bytes more, and its length. The bench of private rooms measures that.
  const { PRIVATE_ROOMS } = process.env
  it.skipIf(PRIVATE_ROOMS)(
    'is an offer and its answer for equal documents, and the optimum for different ones',
    async () => {
      const simulation = settled(20, 2)
      const documents = await open(simulation, ['m0', 'm1'])
      const [first, second] = documents
      if (!first || !second) throw new Error('two members enter')
      type(first, 1_000, simulation.member('m0').random('first'))
      await simulation.run(60_000)
      expect(textOf(second)).toBe(textOf(first))
      simulation.partition([['m0'], ['m1']])
      await simulation.run(60_000)
      type(first, 500, simulation.member('m0').random('one side'))
      type(second, 500, simulation.member('m1').random('other side'))
      await simulation.run(1_000)
      const optimum = [first, second].map(({ doc }, i) => {
        const other = [second, first][i]?.doc ?? doc
        return Y.encodeStateAsUpdate(doc, Y.encodeStateVector(other)).length
      })
      simulation.heal()
      const before = simulation.sent().space
      await simulation.runUntil(() => textOf(first) === textOf(second), { withinMs: 60_000 })
      // Wait until both members have offered the content that the exchange brought.
      await simulation.run(5_000)
      const healing = simulation.sent().space - before
      const least = optimum.reduce((sum, bytes) => sum + bytes)
      // Measure one sync of equal documents. The cluster has only two members, and one of them begins each
      // sync.
      let equal = 0
      await simulation.runUntil(
        () => {
          equal = simulation.sent().space - before - healing
          return equal > 0
        },
        { withinMs: 40_000 },
      )
      console.log(`after a partition ${healing} B, the optimum is ${least} B; equal documents ${equal} B`)
      expect(healing).toBeLessThan(1.1 * least)
      // The bytes of an offer and of the answer to it, a digest that shows that the connection is alive.
      expect(equal).toBeLessThanOrEqual(112)
    },
  )
})
