import { expect, it } from 'vitest'
import { createSimulation } from '../../src/index.ts'

it("keeps the same list of a room's members while only presence changes, or members outside the room", async () => {
  const simulation = createSimulation({ seed: 1, members: 6, start: 'warm' })
  const [first, second] = await Promise.all(
    ['m1', 'm2'].map(name => simulation.member(name).cluster.room('design')),
  )
  await simulation.run(3_000)
  let calls = 0
  first?.members.subscribe(() => {
    calls += 1
  })
  const before = first?.members.getSnapshot()
  for (let cursor = 0; cursor < 20; cursor++) {
    first?.presence.set({ cursor })
    second?.presence.set({ cursor })
    simulation.member('m4').cluster.update({ tags: { cursor: `${cursor}` } })
    await simulation.run(100)
  }
  simulation.crash('m5')
  await simulation.run(10_000)
  expect(calls).toBe(0)
  expect(first?.members.getSnapshot()).toBe(before)
  simulation.member('m2').cluster.update({ tags: { changed: 'yes' } })
  await simulation.run(1_000)
  expect(calls).toBe(1)
  expect(first?.members.getSnapshot()).toHaveLength(2)
})
