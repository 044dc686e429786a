/** What members announce about their documents when they open, close, leave, or cannot reach each other. */

import type { RoomDocument } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import type * as Y from 'yjs'
import { textOf } from '../../../../test/helpers/text-of.ts'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'
import { enterAll } from '../enter-all.ts'

const settled = (seed: number, members: number): Simulation =>
  createSimulation({ seed, members, start: 'warm' })

const write = ({ doc }: RoomDocument, text: string): void => doc.getText('text').insert(0, text)

/** The errors that are reported during an action, instead of ending the process. */
async function reportedDuring(act: () => Promise<void>): Promise<unknown[]> {
  const reported: unknown[] = []
  const before = process.listeners('uncaughtException')
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', error => reported.push(error))
  await act()
  process.removeAllListeners('uncaughtException')
  for (const listener of before) process.on('uncaughtException', listener)
  return reported
}

describe('a seed that throws', () => {
  it('is reported once, and the document is empty, synced and usable', async () => {
    const simulation = settled(1, 3)
    const [first, second] = await enterAll(simulation, 2, 3_000)
    let runs = 0
    const seed = (doc: Y.Doc) => {
      runs += 1
      doc.getText('text').insert(0, 'half')
      throw new Error('the template is broken')
    }
    const documents: RoomDocument[] = []
    const reported = await reportedDuring(async () => {
      for (const room of [first, second]) documents.push(room.document('notes', { seed }))
      await simulation.run(10_000)
    })
    expect(reported.map(String)).toEqual(['Error: the template is broken'])
    expect([runs, documents.map(textOf), documents.map(({ provider }) => provider.synced)]).toEqual([
      1,
      ['', ''],
      [true, true],
    ])
    const [a, b] = documents
    if (!a || !b) throw new Error('two documents')
    write(a, 'written')
    first.presence.set({ note: 'here' })
    await simulation.run(2_000)
    expect(textOf(b)).toBe('written')
    expect(second.presence.others.getSnapshot().map(({ presence }) => presence)).toEqual([{ note: 'here' }])
  })
})

describe('a member that closes a document', () => {
  it('does not keep others from being synced, although it had more than they ever received', async () => {
    await runTwice(async () => {
      const simulation = settled(2, 3)
      const [first, second] = await enterAll(simulation, 2, 3_000)
      const a = first.document('notes')
      await simulation.run(5_000)
      expect(a.provider.synced).toBe(true)
      const b = second.document('notes')
      b.provider.disconnect()
      write(b, 'x'.repeat(3_000_000))
      await simulation.run(5_000)
      b.provider.connect()
      await simulation.runUntil(() => !a.provider.synced, { withinMs: 5_000 })
      expect(textOf(a)).not.toBe(textOf(b))
      b.provider.destroy()
      await simulation.run(5_000)
      expect(a.provider.synced).toBe(true)
      return simulation
    })
  })

  it('is compared again when it reopens the document with more content', async () => {
    await runTwice(async () => {
      const simulation = settled(3, 3)
      const [first, second] = await enterAll(simulation, 2, 3_000)
      const [a, b] = [first.document('notes'), second.document('notes')]
      await simulation.run(5_000)
      b.provider.disconnect()
      write(b, 'x'.repeat(3_000_000))
      await simulation.run(5_000)
      const changes: [boolean, number][] = []
      a.provider.on('synced', isSynced => changes.push([isSynced, textOf(a).length]))
      b.provider.connect()
      await simulation.run(5_000)
      expect(changes.map(([isSynced]) => isSynced)).toEqual([false, true])
      expect(changes.at(-1)).toEqual([true, 3_000_000])
      return simulation
    })
  })
})

describe('a document that a member carried while its provider was disconnected', () => {
  it("is the app's own again when the provider connects, and stays", async () => {
    const simulation = settled(4, 3)
    const rooms = await enterAll(simulation, 3, 3_000)
    const [a, b, c] = rooms.map(room => room.document('notes'))
    if (!a || !b || !c) throw new Error('three documents')
    write(a, 'of all ')
    await simulation.run(5_000)
    simulation.cut('m0', 'm1')
    c.provider.disconnect()
    await simulation.run(30_000)
    // Too long for rumors: the updates arrive only through the third member, which carries the document.
    write(a, `of a ${'x'.repeat(300_000)}`)
    write(b, 'of b ')
    await simulation.run(60_000)
    expect(textOf(a).length).toBe(textOf(b).length)
    expect(textOf(a)).toBe(textOf(b))
    write(c, 'of c ')
    c.provider.connect()
    await simulation.run(300_000)
    expect([a, b, c].map(({ doc }) => doc.isDestroyed)).toEqual([false, false, false])
    expect(c.provider.status).toBe('connected')
    for (const text of ['of all ', 'of a ', 'of b ', 'of c ']) expect(textOf(c)).toContain(text)
    write(c, 'still ')
    await simulation.run(5_000)
    expect([textOf(a), textOf(b)]).toEqual([textOf(c), textOf(c)])
  })
})

describe('a long change', () => {
  it('reaches the others although its author leaves the room at once', async () => {
    await runTwice(async () => {
      const simulation = settled(5, 3)
      const [first, second] = await enterAll(simulation, 2, 3_000)
      const [a, b] = [first.document('notes'), second.document('notes')]
      await simulation.run(5_000)
      write(a, 'x'.repeat(5_000_000))
      first.leave()
      await simulation.run(10_000)
      expect(textOf(b).length).toBe(5_000_000)
      return simulation
    })
  })

  it('reaches the others although its author leaves the room and rejoins at once', async () => {
    await runTwice(async () => {
      const simulation = settled(8, 3)
      const [first, second] = await enterAll(simulation, 2, 3_000)
      const [a, b] = [first.document('notes'), second.document('notes')]
      await simulation.run(5_000)
      write(a, 'x'.repeat(5_000_000))
      first.leave()
      const again = (await simulation.member('m0').cluster.room('design')).document('notes')
      await simulation.run(20_000)
      expect([textOf(b).length, textOf(again).length]).toEqual([5_000_000, 5_000_000])
      return simulation
    })
  })
})

describe('a newcomer', () => {
  it('that opens twelve long documents has all of them within 5 s', async () => {
    await runTwice(async () => {
      // A store has a timer for each written document.
      const simulation = createSimulation({ seed: 6, members: 3, start: 'warm', invariants: 'off' })
      const [first] = await enterAll(simulation, 2, 3_000)
      const names = Array.from({ length: 12 }, (_, i) => `d${i}`)
      for (const name of names) write(first.document(name), 'x'.repeat(1_000_000))
      await simulation.run(10_000)
      const room = await simulation.member('m2').cluster.room('design')
      const documents = names.map(name => room.document(name))
      await simulation.run(5_000)
      expect(documents.map(each => textOf(each).length)).toEqual(names.map(() => 1_000_000))
      expect(documents.map(({ provider }) => provider.synced)).toEqual(names.map(() => true))
      return simulation
    })
  })
})

describe('an idle room', () => {
  it('keeps no transfers, and sends little', async () => {
    const simulation = settled(7, 4)
    const rooms = await enterAll(simulation, 4, 3_000)
    for (const [i, room] of rooms.entries()) write(room.document('notes'), `${i}`.repeat(1_000_000))
    await simulation.run(60_000)
    for (const { driver } of simulation.members) expect(driver.spacesUsage()?.transfers).toBe(0)
  })
})
