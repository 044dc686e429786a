/** A member whose timers ring once a minute, as those of a page in the background, among others. */
import { expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'

const settled = (seed: number) => createSimulation({ seed, members: 8, start: 'warm' })

/** Who told that another is dead, and how many milliseconds after the given time. */
const deathsSince = (simulation: Simulation, sinceMs: number) =>
  new Map(
    simulation.events.flatMap(({ type, by, atMs }) =>
      type === 'fail' && atMs >= sinceMs ? [[by, atMs - sinceMs]] : [],
    ),
  )

it.each([1, 2, 3])('sees who hangs dead as soon as it hears from anybody, run %d', async seed => {
  await runTwice(async () => {
    const simulation = settled(seed)
    simulation.throttle('m7')
    await simulation.run(90_000)
    const sinceMs = simulation.nowMs
    simulation.pause('m3', 60_000)
    await simulation.run(30_000)
    const deaths = deathsSince(simulation, sinceMs)
    expect(deaths.size).toBe(7)
    expect(deaths.get('m7')).toBeLessThan(20_000)
    return simulation
  })
})

it('is suspected by nobody, and suspects nobody, for ten minutes', async () => {
  await runTwice(async () => {
    const simulation = settled(4)
    simulation.throttle('m7')
    await simulation.run(600_000)
    expect(simulation.events.filter(({ type }) => type === 'suspect' || type === 'fail')).toEqual([])
    return simulation
  })
})

it('is dead with the others when its process ends, for it asked for patience with silence only', async () => {
  await runTwice(async () => {
    const simulation = settled(5)
    simulation.throttle('m7')
    await simulation.run(30_000)
    const sinceMs = simulation.nowMs
    simulation.crash('m7')
    await simulation.run(8_000)
    expect(deathsSince(simulation, sinceMs).size).toBe(7)
    return simulation
  })
})
