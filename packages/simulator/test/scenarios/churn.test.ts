import { describe, expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import type { Simulation } from '../../src/index.ts'
import { settled } from '../converged.ts'
import { namesFrom } from '../names.ts'
import { repeated } from '../repeated.ts'
import { bytesOver } from '../sent-over.ts'

const retentionMs = 60_000
const minuteMs = 60_000

/** The greatest number of entries that a running member stores, by kind. */
function stored({ running }: Simulation): Record<'members' | 'addresses' | 'timers', number> {
  return {
    members: Math.max(...running.map(({ machine }) => machine.table.size)),
    addresses: Math.max(
      ...running.map(
        ({ dialAddresses }) => [...dialAddresses.values()].filter(({ length }) => length > 0).length,
      ),
    ),
    timers: Math.max(...running.map(({ clock }) => clock.pending)),
  }
}

/**
 * What a converged cluster stores, and by how much its traffic grows, after an action and two retention
 * times.
 */
async function beforeAndAfter(
  simulation: Simulation,
  act: () => Promise<void>,
): Promise<{ before: ReturnType<typeof stored>; after: ReturnType<typeof stored>; growth: number }> {
  const before = stored(simulation)
  const quiet = await bytesOver(simulation, 2 * minuteMs)
  await act()
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: minuteMs })
  await simulation.run(2 * retentionMs)
  const after = stored(simulation)
  return { before, after, growth: (await bytesOver(simulation, 2 * minuteMs)) / quiet }
}

describe('scenario 19: churn', () => {
  const members = size({ usual: 16, long: 64 })

  it(`after 5 rounds that each replace half of ${members}, members store and send as much as before`, async () => {
    await repeated(async () => {
      const simulation = await settled({ seed: 19, members, tuning: { retentionMs } })
      const { before, after, growth } = await beforeAndAfter(simulation, async () => {
        for (let round = 0; round < 5; round++) {
          // The bootstrap stays. Of the others the oldest go: half of them leave, half crash.
          const leaving = simulation.running.slice(1, 1 + members / 2)
          for (const [i, { name }] of leaving.entries())
            if (i % 2 === 0) void simulation.leave(name)
            else simulation.crash(name)
          for (const _ of leaving) simulation.add()
          await simulation.run(15_000)
        }
      })
      expect(before.members).toBe(members)
      expect(after.members).toBe(members)
      expect(after.addresses).toBeLessThanOrEqual(members)
      expect(after.timers).toBeLessThanOrEqual(before.timers)
      expect(growth).toBeLessThan(1.1)
      return simulation
    })
  })

  const visits = size({ usual: 150, long: 10_000 })
  const dayMs = 24 * 60 * minuteMs
  const everyMs = dayMs / 10_000
  // A member may store the eight permanent members, the visitors that are still running, and the visitors
  // that have ended but are not removed yet.
  const mostMembers = Math.ceil(8 + (59_000 + 1.125 * retentionMs + 30_000) / everyMs)

  it(`after ${visits} short visits, 10,000 a day, no member stores anything about the visitors`, async () => {
    await repeated(async () => {
      const simulation = await settled({ seed: 191, members: 8, tuning: { retentionMs } })
      const { before, after, growth } = await beforeAndAfter(simulation, async () => {
        for (let visit = 0; visit < visits; visit++) {
          const { name } = simulation.add()
          // The visit takes 5 to 59 s.
          simulation.after(5_000 + 1_000 * ((visit * 17) % 55), () => {
            if (visit % 2 === 0) void simulation.leave(name)
            else simulation.crash(name)
          })
          await simulation.run(everyMs)
          expect(stored(simulation).members).toBeLessThanOrEqual(mostMembers)
        }
        await simulation.run(minuteMs)
      })
      expect(simulation.running.map(({ name }) => name)).toEqual(namesFrom(0, 8))
      expect(before.members).toBe(8)
      expect(after.members).toBe(8)
      expect(after.addresses).toBeLessThanOrEqual(8)
      expect(after.timers).toBeLessThanOrEqual(before.timers)
      expect(growth).toBeLessThan(1.1)
      return simulation
    })
  })
})
