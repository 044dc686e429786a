import { describe, expect, it } from 'vitest'
import { runTwice, type Simulation } from '../../src/index.ts'
import { settled } from '../converged.ts'
import { namesFrom } from '../names.ts'
import { bytesOver } from '../sent-over.ts'
import { size } from '../size.ts'

const retentionMs = 60_000
const minuteMs = 60_000

/** The most that any of those who run keeps. */
function kept({ running }: Simulation): Record<'members' | 'addresses' | 'timers', number> {
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

/** What a settled cluster keeps and sends, now and after something was done to it and the retention has passed. */
async function beforeAndAfter(
  simulation: Simulation,
  act: () => Promise<void>,
): Promise<{ before: ReturnType<typeof kept>; after: ReturnType<typeof kept>; growth: number }> {
  const before = kept(simulation)
  const quiet = await bytesOver(simulation, 2 * minuteMs)
  await act()
  await simulation.runUntil(() => simulation.isConverged(), { withinMs: minuteMs })
  await simulation.run(2 * retentionMs)
  const after = kept(simulation)
  return { before, after, growth: (await bytesOver(simulation, 2 * minuteMs)) / quiet }
}

describe('scenario 19: churn', () => {
  const members = size({ usual: 32, long: 64 })

  it(`after 5 rounds, each of which replaces half of ${members}, members keep and send what as many did before`, async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 19, members, tuning: { retentionMs } })
      const { before, after, growth } = await beforeAndAfter(simulation, async () => {
        for (let round = 0; round < 5; round++) {
          // The bootstrap stays; of the others those who have been here longest go, half of them with a goodbye.
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
  // Eight who stay, those who came within a visit's length, and those who are told of or not forgotten yet.
  const mostMembers = Math.ceil(8 + (59_000 + 1.125 * retentionMs + 30_000) / everyMs)

  it(`after ${visits} short visits, 10,000 a day, nothing of the visitors is left`, async () => {
    await runTwice(async () => {
      const simulation = await settled({ seed: 191, members: 8, tuning: { retentionMs } })
      const { before, after, growth } = await beforeAndAfter(simulation, async () => {
        for (let visit = 0; visit < visits; visit++) {
          const { name } = simulation.add()
          // From 5 to 59 s.
          simulation.after(5_000 + 1_000 * ((visit * 17) % 55), () => {
            if (visit % 2 === 0) void simulation.leave(name)
            else simulation.crash(name)
          })
          await simulation.run(everyMs)
          expect(kept(simulation).members).toBeLessThanOrEqual(mostMembers)
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
