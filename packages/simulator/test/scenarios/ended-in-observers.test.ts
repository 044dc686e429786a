/** Ended in observers: an app ends a document in the middle of its own change. The change is not lost. */
import { NotRunningError, type Room } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import type * as Y from 'yjs'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'

const textOf = (room: Room): Y.Text => room.document('notes').doc.getText()

const options = (simulation: Simulation, hasWriters: boolean) =>
  hasWriters ? { writers: simulation.members.map(({ id }) => id) } : {}

const ends: [what: string, end: (room: Room) => void][] = [
  ['destroys the provider', room => room.document('notes').provider.destroy()],
  ['leaves the room', room => room.leave()],
]

/** Writes, and ends the document during that. */
const writes: [where: string, write: (text: Y.Text, end: () => void) => void][] = [
  [
    'in the transaction',
    (text, end) =>
      text.doc?.transact(() => {
        text.insert(0, 'hello')
        end()
      }),
  ],
  [
    'in an observer of the type',
    (text, end) => {
      text.observe(end)
      text.insert(0, 'hello')
    },
  ],
  [
    "in an observer of 'update'",
    (text, end) => {
      text.doc?.once('update', end)
      text.insert(0, 'hello')
    },
  ],
]

const cases = writes.flatMap(([where, write]) =>
  ends.flatMap(([what, end]) =>
    [false, true].map(hasWriters => [what, where, hasWriters, write, end] as const),
  ),
)

describe('an app that ends a document during its own change', () => {
  it.each(cases)('%s %s (writers: %s): the change is shared and stored', async (...given) => {
    const [, , hasWriters, write, end] = given
    await runTwice(async () => {
      const simulation = createSimulation({ seed: 1, members: 3, start: 'warm' })
      const [first, second] = await Promise.all(
        ['m0', 'm1'].map(name =>
          simulation.member(name).cluster.room('design', options(simulation, hasWriters)),
        ),
      )
      if (!first || !second) throw new Error('two members enter')
      textOf(second)
      textOf(first)
      await simulation.run(5_000)
      write(textOf(first), () => end(first))
      await simulation.run(5_000)
      expect(textOf(second).toString()).toBe('hello')
      for (const { name } of simulation.members) simulation.crash(name)
      await simulation.run(1_000)
      simulation.restart('m0')
      await simulation.run(1_000)
      const again = await simulation.member('m0').cluster.room('design', options(simulation, hasWriters))
      expect(textOf(again).toString()).toBe('hello')
      return simulation
    })
  })

  it('acknowledges no change that it made after it left the room', async () => {
    const simulation = createSimulation({ seed: 2, members: 1 })
    const room = await simulation.member('m0').cluster.room('design')
    const { doc, provider } = room.document('notes')
    doc.getText().insert(0, 'before')
    room.leave()
    await provider.stored()
    doc.getText().insert(0, 'after')
    await expect(provider.stored()).rejects.toThrow(NotRunningError)
  })

  it.each([false, true])(
    'acknowledges no change that it made after it destroyed the document (writers: %s)',
    async hasWriters => {
      const simulation = createSimulation({ seed: 2, members: 1 })
      const room = await simulation.member('m0').cluster.room('design', options(simulation, hasWriters))
      const { doc, provider } = room.document('notes')
      await simulation.run(5_000)
      doc.transact(() => {
        doc.getText().insert(0, 'before')
        doc.destroy()
      })
      await provider.stored()
      doc.transact(() => {})
      await provider.stored()
      const again = room.document('notes')
      doc.getText().delete(0, 3)
      await expect(provider.stored()).rejects.toThrow(NotRunningError)
      await again.provider.stored()
      expect(again.doc.getText().toString()).toBe('before')
    },
  )

  it('may open documents in a seed', async () => {
    const simulation = createSimulation({ seed: 3, members: 1 })
    const room = await simulation.member('m0').cluster.room('design')
    const seed = (doc: Y.Doc) => {
      room.document('other', { seed: other => other.getText().insert(0, 'other') })
      doc.getText().insert(0, 'seed')
    }
    room.document('notes', { seed })
    await simulation.run(10_000)
    expect(textOf(room).toString()).toBe('seed')
    expect(room.document('other').doc.getText().toString()).toBe('other')
  })
})
