/** Holders that are not connected to each other, newcomers that join together, and a template inserted once. */

import type { Room, RoomDocument } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import type * as Y from 'yjs'
import { size } from '../../../../test/helpers/size.ts'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { createSimulation, type Simulation } from '../../src/index.ts'
import { namesFrom } from '../names.ts'
import { repeatedInOpenRooms } from '../repeated.ts'

const settled = (seed: number, members: number): Simulation =>
  createSimulation({ seed, members, start: 'warm' })

const enter = (simulation: Simulation, name: string): Promise<Room> =>
  simulation.member(name).cluster.room('design')

const write = ({ doc }: RoomDocument, text: string): void =>
  doc.getText('text').insert(doc.getText('text').length, text)

/** The text of the document each time it becomes synced. */
function textsWhenSynced(document: RoomDocument): string[] {
  const texts: string[] = []
  document.provider.on('synced', isSynced => {
    if (isSynced) texts.push(textOf(document))
  })
  return texts
}

/** Two members without a connection between them. Neither of them is the bootstrap member. */
function unconnected(simulation: Simulation): [string, string] {
  const others = simulation.members.slice(1)
  for (const one of others)
    for (const other of others) if (one !== other && !one.links.has(other.id)) return [one.name, other.name]
  throw new Error('all are connected')
}

describe('two holders of a document that are not connected to each other', () => {
  const cases = [10, 16, 40].flatMap(members => [
    { members, where: 'while all others are in the room', areOthersIn: true, isCut: false },
    { members, where: 'and never can be, while all others are in the room', areOthersIn: true, isCut: true },
    { members, where: 'while nobody else is in the room', areOthersIn: false, isCut: false },
  ])

  it.each(cases)(
    'end with equal documents, of $members members, $where',
    async ({ members, areOthersIn, isCut }) => {
      await repeatedInOpenRooms(async () => {
        const simulation = settled(members, members)
        await simulation.run(5_000)
        const pair = unconnected(simulation)
        if (isCut) simulation.cut(...pair)
        const inRoom = areOthersIn ? namesFrom(0, members) : pair
        const rooms = new Map<string, Room>()
        for (const name of inRoom) rooms.set(name, await enter(simulation, name))
        await simulation.run(10_000)
        const [first, second] = pair.map(name => rooms.get(name))
        if (!first || !second) throw new Error('both are in the room')
        const a = first.document('notes')
        write(a, 'of the first ')
        await simulation.run(3_000)
        const b = second.document('notes')
        const whenSynced = textsWhenSynced(b)
        await simulation.run(10_000)
        write(a, 'more ')
        write(b, 'of the second ')
        await simulation.run(30_000)
        expect({ whenSynced, a: textOf(a).length, b: textOf(b).length }).toEqual({
          whenSynced: ['of the first '],
          a: 32,
          b: 32,
        })
        expect(textOf(a)).toBe(textOf(b))
        expect([a.provider.synced, b.provider.synced]).toEqual([true, true])
        return simulation
      })
    },
  )
})

const gapsMs = [0, 100, 300, 1_000]
const openings = size({ usual: [2, 5], long: [1, 2, 3, 4, 5] }).flatMap(newcomers =>
  gapsMs.map(gapMs => ({ newcomers, gapMs })),
)
const kilobytes = 300

/** Adds members one after the other; each joins the room immediately. @returns the document of each */
async function arrive(
  simulation: Simulation,
  { newcomers, gapMs }: { newcomers: number; gapMs: number },
  open: (room: Room) => RoomDocument,
): Promise<RoomDocument[]> {
  const opened: RoomDocument[] = []
  for (let i = 0; i < newcomers; i++) {
    if (i > 0) await simulation.run(gapMs)
    const { name } = simulation.add()
    opened.push(open(await enter(simulation, name)))
  }
  return opened
}

describe(`newcomers that open a document with ${kilobytes} kB at one member`, () => {
  it.each(openings)('are synced when they have all of it: $newcomers, $gapMs ms apart', async opening => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(100 * opening.newcomers + opening.gapMs, 3)
      const holder = (await enter(simulation, 'm0')).document('notes')
      await enter(simulation, 'm1')
      write(holder, 'x'.repeat(kilobytes * 1_000))
      await simulation.run(5_000)
      const whenSynced: string[][] = []
      const documents = await arrive(simulation, opening, room => {
        const document = room.document('notes')
        whenSynced.push(textsWhenSynced(document))
        return document
      })
      await simulation.run(15_000)
      const lengths = (texts: string[]): number[] => texts.map(({ length }) => length / 1_000)
      expect(whenSynced.map(lengths)).toEqual(documents.map(() => [kilobytes]))
      return simulation
    })
  })
})

describe('newcomers on a slow network that know no member when the document has been open for 1 s', () => {
  it.each([1, 2, 3, 4, 5, 6])('are synced when they have what the holder had, seed %d', async seed => {
    await repeatedInOpenRooms(async () => {
      const delay = { type: 'uniform', minMs: 500, maxMs: 700 } as const
      const simulation = createSimulation({
        seed,
        members: 13,
        start: 'warm',
        profile: 'wan',
        network: { delay },
      })
      // These members enter the room and leave. A newcomer then receives their facts and the holder's facts
      // in one step.
      for (const name of namesFrom(3, 13)) {
        await enter(simulation, name)
        void simulation.leave(name)
      }
      const holder = (await enter(simulation, 'm0')).document('notes')
      await enter(simulation, 'm1')
      write(holder, 'of the holder')
      await simulation.run(20_000)
      const whenSynced: string[][] = []
      const documents = await arrive(simulation, { newcomers: 1, gapMs: 0 }, room => {
        const document = room.document('notes')
        whenSynced.push(textsWhenSynced(document))
        return document
      })
      await simulation.run(60_000)
      expect(whenSynced).toEqual(documents.map(() => ['of the holder']))
      return simulation
    })
  })
})

const template = '# Title\n'

type OpenSeeded = (name: string, options: { seed: (doc: Y.Doc) => void }) => RoomDocument

/** Opens a document with a template. All members together must insert the template once. */
function openSeeded(room: Room): RoomDocument {
  const open: OpenSeeded = room.document.bind(room)
  return open('notes', { seed: doc => doc.getText('text').insert(0, template) })
}

describe('a template', () => {
  it.each(openings)('is not duplicated by $newcomers newcomers, $gapMs ms apart', async opening => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(200 * opening.newcomers + opening.gapMs, 3)
      const holder = openSeeded(await enter(simulation, 'm0'))
      await enter(simulation, 'm1')
      await simulation.run(5_000)
      expect(textOf(holder)).toBe(template)
      const documents = await arrive(simulation, opening, openSeeded)
      await simulation.run(15_000)
      expect([holder, ...documents].map(textOf)).toEqual([holder, ...documents].map(() => template))
      return simulation
    })
  })

  it.each(openings)(
    'exists once after $newcomers members opened an empty document, $gapMs ms apart',
    async opening => {
      await repeatedInOpenRooms(async () => {
        const simulation = settled(300 * opening.newcomers + opening.gapMs, 3)
        const documents = await arrive(simulation, opening, openSeeded)
        await simulation.run(15_000)
        expect(documents.map(textOf)).toEqual(documents.map(() => template))
        return simulation
      })
    },
  )

  it('exists once after two sides of a partition each inserted it, and the edits of both stay', async () => {
    await repeatedInOpenRooms(async () => {
      const simulation = settled(7, 6)
      simulation.partition([namesFrom(0, 3), namesFrom(3, 6)])
      await simulation.run(60_000)
      const documents: RoomDocument[] = []
      for (const name of namesFrom(0, 5)) documents.push(openSeeded(await enter(simulation, name)))
      await simulation.run(10_000)
      const [first, last] = [documents[0], documents.at(-1)]
      if (!first || !last) throw new Error('five members opened it')
      write(first, 'one ')
      write(last, 'other ')
      await simulation.run(10_000)
      simulation.heal()
      await simulation.run(120_000)
      const [text = ''] = documents.map(textOf)
      expect(new Set(documents.map(textOf)).size).toBe(1)
      expect(text.split(template).length - 1).toBe(1)
      expect([text.includes('one '), text.includes('other ')]).toEqual([true, true])
      return simulation
    })
  })
})
