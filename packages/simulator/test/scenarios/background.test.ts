/** A member whose timers run once a minute, as those of a background page do, among other members. */
import { expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'

const settled = (seed: number) => createSimulation({ seed, members: 8, start: 'warm' })

/** The members that declared another one dead, and the milliseconds after the given time. */
const deathsSince = (simulation: Simulation, sinceMs: number) =>
  new Map(
    simulation.events.flatMap(({ type, by, atMs }) =>
      type === 'fail' && atMs >= sinceMs ? [[by, atMs - sinceMs]] : [],
    ),
  )

it.each([1, 2, 3])(
  'sees a hung member dead as soon as it receives that from another member, run %d',
  async seed => {
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
  },
)

it('is suspected by no member, and suspects no member, for 10 minutes', async () => {
  await runTwice(async () => {
    const simulation = settled(4)
    simulation.throttle('m7')
    await simulation.run(600_000)
    expect(simulation.events.filter(({ type }) => type === 'suspect' || type === 'fail')).toEqual([])
    return simulation
  })
})

it('is active while the user sees a view of it in another page, and has the lease of a hidden page', async () => {
  await runTwice(async () => {
    const simulation = settled(6)
    simulation.throttle('m7', { isViewed: true })
    await simulation.run(2_000)
    simulation.pause('m7', 20_000)
    await simulation.run(30_000)
    const { id } = simulation.member('m7').cluster.self
    const shown = simulation
      .member('m0')
      .cluster.members.getSnapshot()
      .find(member => member.id === id)
    expect(shown?.attention.state).toBe('active')
    expect(simulation.events.filter(({ type }) => type === 'suspect' || type === 'fail')).toEqual([])
    return simulation
  })
})

it('is dead for the others when its process ends, because its lease excuses only silence', async () => {
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
