/** Renewed presence: a member publishes all of its presence again in another generation, and others see no gap. */
import type { Room } from '@hearsay/core'
import { expect, it } from 'vitest'
import { createSimulation, runTwice } from '../../src/index.ts'

/** Ten fields that no other round has, and the removal of those of the round before. */
function fieldsOf(round: number): Record<string, number | undefined> {
  const names = (of: number) => Array.from({ length: 10 }, (_, i) => `${of} ${i}`)
  return Object.fromEntries([
    ...names(round - 1).map(name => [name, undefined]),
    ...names(round).map(name => [name, round]),
  ])
}

it('stays complete for the others while names of removed fields make a member renew it', async () => {
  await runTwice(async () => {
    const simulation = createSimulation({ seed: 31, members: 12, start: 'warm' })
    const enter = (name: string): Promise<Room> => simulation.member(name).cluster.room('design')
    const author = await enter('m0')
    const others = await Promise.all(simulation.members.slice(1).map(({ name }) => enter(name)))
    author.awareness.setLocalState({ cursor: 1 })
    author.presence.set({ lasting: 1 })
    for (const { doc } of others) doc.getText()
    await simulation.run(10_000)
    const seenBy = ({ presence }: Room) =>
      presence.others.getSnapshot().find(({ id }) => id === simulation.member('m0').id)?.presence
    let [gaps, updates, removedCursors] = [0, 0, 0]
    for (const other of others) {
      other.presence.others.subscribe(() => {
        updates += 1
        if (seenBy(other)?.['lasting'] !== 1) gaps += 1
      })
      other.awareness.on('change', ({ removed }: { removed: number[] }) => {
        removedCursors += removed.length
      })
    }
    for (let round = 1; round <= 100; round++) {
      author.presence.set(fieldsOf(round))
      await simulation.run(50)
    }
    await simulation.run(2_000)
    expect(updates).toBeGreaterThan(500)
    expect([gaps, removedCursors]).toEqual([0, 0])
    const { lasting, ...rest } = seenBy(others[0] as Room) ?? {}
    expect([lasting, Object.values(rest)]).toEqual([1, Array(10).fill(100)])
    return simulation
  })
})
