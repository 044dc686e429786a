import { expect, it } from 'vitest'
import { createSimulation, runTwice } from '../src/index.ts'

it('brings 16 members together, twice in the same way', async () => {
  const simulation = await runTwice(async () => {
    const simulation = createSimulation({ seed: 1, members: 16 })
    await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
    await simulation.run(60_000)
    return simulation
  })
  expect(simulation.isConverged()).toBe(true)
  expect(simulation.events.filter(({ type }) => type !== 'join')).toEqual([])
})

it('ends the process of a member that leaves', async () => {
  const simulation = createSimulation({ seed: 2, members: 8 })
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: 10_000 })
  const goodbye = simulation.member('m3').cluster.leave()
  await simulation.runUntil(() => simulation.statusesOf('m3').join() === 'left', { withinMs: 2_000 })
  await simulation.run(1_000)
  await goodbye
  expect(simulation.member('m3').isRunning).toBe(false)
})
