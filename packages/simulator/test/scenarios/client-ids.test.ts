/** Client ids that the app sets, that two members share, or that are longer than the ids that Yjs draws. */

import type { RoomDocument } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import * as Y from 'yjs'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'
import { enterAll } from '../enter-all.ts'
import { sentOver } from '../sent-over.ts'

const settled = (seed: number, members = 3): Simulation => createSimulation({ seed, members, start: 'warm' })

/** The documents of the members, and the collisions that each provider reports, by member name. */
interface Opened {
  readonly simulation: Simulation
  readonly documents: readonly [RoomDocument, RoomDocument, ...RoomDocument[]]
  readonly collisions: readonly string[][]
}

async function openAll(seed: number, count = 2): Promise<Opened> {
  const simulation = settled(seed)
  const rooms = await enterAll(simulation, count, 3_000)
  const [first, second, ...rest] = rooms.map(room => room.document('notes'))
  if (!first || !second) throw new Error('at least two members')
  const documents = [first, second, ...rest] as const
  const nameOf = (id: string) => simulation.members.find(each => each.id === id)?.name ?? id
  const collisions = documents.map(({ provider }) => {
    const reported: string[] = []
    provider.on('collision', ({ member }) => reported.push(nameOf(member)))
    return reported
  })
  await simulation.run(3_000)
  return { simulation, documents, collisions }
}

const showName = ({ awareness }: RoomDocument, name: string): void =>
  awareness.setLocalStateField('user', { name })

/** Client id → name, of all states in this member's awareness. */
const namesByClient = ({ awareness }: RoomDocument): Record<number, string> =>
  Object.fromEntries([...awareness.getStates()].map(([client, { user }]) => [client, user?.name]))

const write = ({ doc }: RoomDocument, text: string): void => doc.getText('text').insert(0, text)

const collisionsOf = (simulation: Simulation, name: string): number =>
  simulation.member(name).cluster.health.getSnapshot().clientIdCollisions

describe('a client id that the app sets', () => {
  it.each([
    ['before the awareness exists', false],
    ['after the awareness exists', true],
  ])('is the id of the one awareness state, if set %s', async (_, isEarly) => {
    await runTwice(async () => {
      const { simulation, documents, collisions } = await openAll(1)
      const [a, b] = documents
      if (isEarly) for (const each of documents) showName(each, 'early')
      a.doc.clientID = 8
      b.doc.clientID = 9
      showName(a, 'ada')
      showName(b, 'grace')
      await simulation.run(1_000)
      for (const each of documents) {
        expect(each.awareness.clientID).toBe(each.doc.clientID)
        expect(namesByClient(each)).toEqual({ 8: 'ada', 9: 'grace' })
      }
      write(a, 'hello ')
      await simulation.run(1_000)
      expect([textOf(b), collisions]).toEqual(['hello ', [[], []]])
      return simulation
    })
  })

  it('may have 53 bits', async () => {
    const { simulation, documents } = await openAll(2)
    const [a, b] = documents
    const source = new Y.Doc()
    source.clientID = 2 ** 40 + 1
    source.getText('text').insert(0, 'big')
    Y.applyUpdate(a.doc, Y.encodeStateAsUpdate(source))
    await simulation.run(1_000)
    expect(textOf(b)).toBe('big')
    a.doc.clientID = 2 ** 52 + 5
    write(a, '!')
    showName(a, 'ada')
    await simulation.run(1_000)
    expect([textOf(b), namesByClient(b)[2 ** 52 + 5]]).toEqual(['!big', 'ada'])
  })

  it('can change any number of times, and leaves no former state behind', async () => {
    const { simulation, documents } = await openAll(3)
    const [a, b] = documents
    showName(a, 'ada')
    for (let client = 100; client < 120; client++) {
      a.doc.clientID = client
      await simulation.run(70)
    }
    await simulation.run(1_000)
    expect(namesByClient(b)[119]).toBe('ada')
    const others = [...b.awareness.getStates().keys()].filter(client => client !== b.awareness.clientID)
    expect(others).toEqual([119])
  })
})

describe('two members with one client id', () => {
  it('soon have two: one draws a new id, and its provider and its health report it', async () => {
    await runTwice(async () => {
      const { simulation, documents, collisions } = await openAll(4)
      for (const [i, each] of documents.entries()) {
        each.doc.clientID = 7
        showName(each, `m${i}`)
      }
      await simulation.run(3_000)
      const ids = documents.map(({ doc }) => doc.clientID)
      expect(new Set(ids).size).toBe(2)
      expect(ids).toContain(7)
      const drew = ids.indexOf(7) === 0 ? 1 : 0
      expect(collisions[drew]).toEqual([`m${1 - drew}`])
      expect(collisionsOf(simulation, `m${drew}`)).toBe(1)
      for (const each of documents) {
        expect(each.awareness.clientID).toBe(each.doc.clientID)
        expect(Object.values(namesByClient(each)).sort()).toEqual(['m0', 'm1'])
      }
      expect(namesByClient(documents[0])).toEqual(namesByClient(documents[1]))
      const [a, b] = documents
      write(a, 'of a ')
      write(b, 'of b ')
      await simulation.run(3_000)
      expect(textOf(a)).toBe(textOf(b))
      expect(textOf(a).length).toBe(10)
      return simulation
    })
  })

  it.each([
    ['as much', 'bbb'],
    ['more', 'bbbbbb'],
  ])('that wrote separately under it both get a collision event, if the second wrote %s', async (_, text) => {
    // Not run twice: Yjs draws a random client id if another client writes under the same id.
    const { simulation, documents, collisions } = await openAll(5)
    const [a, b] = documents
    for (const each of documents) each.provider.disconnect()
    for (const each of documents) each.doc.clientID = 7
    write(a, 'aaa')
    write(b, text)
    for (const each of documents) each.provider.connect()
    await simulation.run(10_000)
    expect(collisions.map(names => new Set(names))).toEqual([new Set(['m1']), new Set(['m0'])])
    for (const name of ['m0', 'm1']) expect(collisionsOf(simulation, name)).toBeGreaterThan(0)
    expect(a.doc.clientID).not.toBe(b.doc.clientID)
    const before = [...collisions.map(({ length }) => length)]
    const marks = ['later A ', 'later B ']
    for (const [i, each] of documents.entries()) write(each, marks[i] ?? '')
    await simulation.run(5_000)
    for (const each of documents) for (const mark of marks) expect(textOf(each)).toContain(mark)
    expect(collisions.map(({ length }) => length)).toEqual(before)
  })

  it('sync at bounded cost, although their documents stay different', async () => {
    const { simulation, documents } = await openAll(6)
    for (const [i, each] of documents.entries()) {
      each.provider.disconnect()
      each.doc.clientID = 7
      write(each, 'ab'[i] ?? '')
      each.provider.connect()
    }
    await simulation.run(120_000)
    const { space } = await sentOver(simulation, 60_000)
    expect(space).toBeLessThan(3_000)
    expect(documents.map(({ provider }) => provider.synced)).toEqual([true, true])
  })
})
