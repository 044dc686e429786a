import type { Config, Room } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { createSimulation, type Simulation } from '../../src/index.ts'
import { namesFrom } from '../names.ts'
import { repeated } from '../repeated.ts'

const hourMs = 3_600_000
const lengthMs = size({ usual: hourMs / 6, long: 24 * hourMs })
/** The retention of deleted entries, and of the presence of dead members. */
const retentionMs = size({ usual: hourMs / 60, long: hourMs / 6 })
const stepMs = size({ usual: 20_000, long: 60_000 })
/** So few that each is written and deleted several times, by members that return with older stored entries. */
const keys = size({ usual: 6, long: 40 })

interface Open {
  readonly room: Room<{ cursor: number; note: string }>
  readonly config: Config
}

async function open(simulation: Simulation, name: string): Promise<Open> {
  const { cluster } = simulation.member(name)
  return {
    room: await cluster.room('design'),
    config: await cluster.config('flags', { retentionMs }),
  }
}

/** The number of facts that each running member stores. */
function factCounts(simulation: Simulation): number[] {
  return simulation.running.map(({ driver }) => driver.spacesUsage()?.facts ?? 0)
}

describe(`presence and config among 32 members that join and leave, for ${lengthMs / 60_000} minutes`, () => {
  it('leave no facts behind except those that are still valid', async () => {
    await repeated(async () => {
      const simulation = createSimulation({
        seed: 24,
        members: 32,
        start: 'warm',
        tuning: { retentionMs },
      })
      const names = namesFrom(0, 32)
      const opened = new Map<string, Open>()
      for (const name of names) opened.set(name, await open(simulation, name))
      const away: string[] = []
      for (let step = 0; step < lengthMs / stepMs; step++) {
        const name = names[(7 * step) % 32] ?? ''
        const writer = opened.get(names[(5 * step + 1) % 32] ?? '')
        writer?.room.presence.set({ cursor: step, note: step % 3 === 0 ? undefined : 'here' })
        await writer?.config.set(`key ${step % keys}`, step)
        if (step % 2 === 0) await writer?.config.delete(`key ${(step + keys / 2) % keys}`)
        // In each step one member stops in one of several ways, and one member returns.
        const back = away.length >= 3 ? away.shift() : undefined
        if (back !== undefined) {
          simulation.restart(back, { keepStorage: step % 4 !== 0 })
          await simulation.run(1_000)
          opened.set(back, await open(simulation, back))
        }
        if (opened.has(name) && name !== 'm0') {
          opened.delete(name)
          away.push(name)
          if (step % 3 === 0) {
            void simulation.leave(name)
            await simulation.run(5_000)
          } else simulation.crash(name)
        }
        await simulation.run(stepMs)
      }
      for (const name of away) {
        simulation.restart(name)
        await simulation.run(1_000)
        opened.set(name, await open(simulation, name))
      }
      for (const { room } of opened.values()) room.presence.set({ cursor: undefined, note: 'end' })
      for (let key = 0; key < keys; key++) await opened.get('m0')?.config.delete(`key ${key}`)
      // The retention, and an eighth of it.
      await simulation.run(1.5 * retentionMs + hourMs / 60)
      const entries = [...opened.values()].map(({ config }) => config.entries.getSnapshot())
      expect(entries).toEqual(names.map(() => ({})))
      // Of each member its note, its withdrawn fields and its list of open documents; of the config nothing.
      for (const count of factCounts(simulation)) expect(count).toBeLessThanOrEqual(3 * 32)
      // A member that concluded a death later also removes it later.
      await simulation.runUntil(() => new Set(factCounts(simulation)).size === 1, { withinMs: retentionMs })
      for (const { driver } of simulation.running)
        expect(driver.spacesUsage()).toMatchObject({ spaces: 2, transfers: 0 })
      return simulation
    })
  })
})
