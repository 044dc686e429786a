/** A device that sleeps, with its connections closed and another address when it is back, among other members. */
import type { Room } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'
import { size } from '../size.ts'

const hourMs = 3_600_000
/** From the app's call until the machine stops. */
const lastMomentMs = 50
const sleeper = 'm7'

interface Shown {
  step: number
}

const settled = (seed: number, members = 8): Simulation => createSimulation({ seed, members, start: 'warm' })
const othersOf = (simulation: Simulation) => simulation.running.filter(({ name }) => name !== sleeper)

/** The attention and the status of the sleeper in the views of the others, without repetition. */
function seen(simulation: Simulation): string[] {
  const { id } = simulation.member(sleeper)
  const views = othersOf(simulation).map(({ machine }) => machine.member(id))
  return [...new Set(views.map(view => `${view?.status} ${view?.attention.state}`))].sort()
}

/** What counts as an accusation: a published suspicion, also one that was refuted and shown to no app. */
function accusations(simulation: Simulation): unknown[] {
  const claims = simulation.running.flatMap(({ machine }) =>
    machine.members().flatMap(({ id }) => machine.table.get(id)?.suspicions?.claims ?? []),
  )
  return [...claims, ...simulation.events.filter(({ type }) => type === 'suspect' || type === 'fail')]
}

const incarnations = (simulation: Simulation) => simulation.running.map(({ incarnation }) => incarnation)

/** The app announces the sleep; then the machine stops, and its network with it. */
async function fallAsleep(simulation: Simulation, ms: number, othersNotice: boolean): Promise<void> {
  simulation.member(sleeper).cluster.suspend()
  await simulation.run(lastMomentMs)
  simulation.sleep(sleeper, ms)
  simulation.changeNetwork(sleeper, ms, { othersNotice })
}

async function enter(simulation: Simulation): Promise<Map<string, Room<Shown>>> {
  const rooms = simulation.running.map(
    async ({ name, cluster }) => [name, await cluster.room<Shown>('notes')] as const,
  )
  return new Map(await Promise.all(rooms))
}

/** Sleeps once, and returns after how long all others saw the record and the presence of the member that is back. */
async function sleepOnce(
  simulation: Simulation,
  rooms: ReadonlyMap<string, Room<Shown>>,
  ms: number,
  step: number,
): Promise<number> {
  const member = simulation.member(sleeper)
  await fallAsleep(simulation, ms, step % 2 === 0)
  await simulation.run(ms / 2)
  expect(seen(simulation)).toEqual(['alive asleep'])
  await simulation.run(ms / 2)
  expect(seen(simulation)).toEqual(['alive asleep'])
  member.cluster.resume()
  rooms.get(sleeper)?.presence.set({ step })
  const isFresh = (room: Room<Shown>) =>
    room.presence.others.getSnapshot().find(({ id }) => id === member.id)?.presence.step === step
  return simulation.runUntil(
    () =>
      seen(simulation).join() === 'alive active' &&
      othersOf(simulation).every(({ name }) => isFresh(rooms.get(name) as Room<Shown>)),
    { withinMs: 60_000 },
  )
}

describe('a device that sleeps', () => {
  it('is seen asleep for an hour, and is back within a second', async () => {
    await runTwice(async () => {
      const simulation = settled(1)
      const rooms = await enter(simulation)
      await simulation.run(30_000)
      const before = incarnations(simulation)
      expect(await sleepOnce(simulation, rooms, hourMs - 1_000, 1)).toBeLessThanOrEqual(1_000)
      await simulation.run(30_000)
      expect(accusations(simulation)).toEqual([])
      expect(incarnations(simulation)).toEqual(before)
      return simulation
    })
  })

  const { cycles, members } = size({ usual: { cycles: 6, members: 8 }, long: { cycles: 100, members: 16 } })
  it(`is back within a second and accuses nobody, ${cycles} times`, async () => {
    const simulation = settled(2, members)
    const rooms = await enter(simulation)
    await simulation.run(30_000)
    const before = incarnations(simulation)
    const tookMs: number[] = []
    for (let step = 1; step <= cycles; step++) {
      tookMs.push(await sleepOnce(simulation, rooms, [5_000, 60_000, 600_000][step % 3] ?? 0, step))
      await simulation.run(20_000)
      expect(accusations(simulation)).toEqual([])
    }
    console.log(tookMs.join())
    expect(Math.max(...tookMs)).toBeLessThanOrEqual(1_000)
    expect(incarnations(simulation)).toEqual(before)
  })
})
