/** A device that sleeps, with its connections closed and another address when it is back, among other members. */
import type { Room } from '@hearsay/core'
import { describe, expect, it } from 'vitest'
import { size } from '../../../../test/helpers/size.ts'
import { createSimulation, runTwice, type Simulation } from '../../src/index.ts'

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

/** The suspicions in the tables, also those that no app has received, and the events `suspect` and `fail`. */
function accusations(simulation: Simulation): unknown[] {
  const claims = simulation.running.flatMap(({ machine }) =>
    machine.members().flatMap(({ id }) => machine.table.get(id)?.suspicions?.claims ?? []),
  )
  return [...claims, ...simulation.events.filter(({ type }) => type === 'suspect' || type === 'fail')]
}

const incarnations = (simulation: Simulation) => simulation.running.map(({ incarnation }) => incarnation)

/** The app announces the sleep; then the machine stops, and its network with it, which is back later than the machine. */
async function fallAsleep(simulation: Simulation, ms: number, step: number): Promise<void> {
  simulation.member(sleeper).cluster.suspend()
  await simulation.run(lastMomentMs)
  simulation.sleep(sleeper, ms)
  const networkMs = [20, 100, 300][step % 3] ?? 0
  simulation.changeNetwork(sleeper, ms + networkMs, { othersNotice: step % 2 === 0 })
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
  await fallAsleep(simulation, ms, step)
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
    const simulation = settled(1)
    const rooms = await enter(simulation)
    await simulation.run(30_000)
    const before = incarnations(simulation)
    expect(await sleepOnce(simulation, rooms, hourMs - 1_000, 1)).toBeLessThanOrEqual(1_000)
    await simulation.run(30_000)
    expect(accusations(simulation)).toEqual([])
    expect(incarnations(simulation)).toEqual(before)
  })

  it('is suspect and dead after its lease if it crashed asleep, and then still shown as asleep', async () => {
    await runTwice(async () => {
      const simulation = settled(3)
      await simulation.run(30_000)
      simulation.member(sleeper).cluster.suspend({ leaseMs: 60_000 })
      await simulation.run(lastMomentMs)
      simulation.crash(sleeper)
      await simulation.run(59_000)
      expect(seen(simulation)).toEqual(['alive asleep'])
      expect(accusations(simulation)).toEqual([])
      await simulation.run(20_000)
      expect(seen(simulation)).toEqual(['dead asleep'])
      return simulation
    })
  })

  it('is active again when another process of it starts', async () => {
    await runTwice(async () => {
      const simulation = settled(4)
      await simulation.run(30_000)
      simulation.member(sleeper).cluster.suspend()
      await simulation.run(lastMomentMs)
      simulation.crash(sleeper)
      await simulation.run(60_000)
      simulation.restart(sleeper, { newAddress: true })
      await simulation.run(1_000)
      expect(seen(simulation)).toEqual(['alive active'])
      expect(accusations(simulation)).toEqual([])
      return simulation
    })
  })

  const { cycles, members, sleepsMs } = size({
    usual: { cycles: 6, members: 8, sleepsMs: [5_000, 30_000, 90_000] },
    long: { cycles: 100, members: 16, sleepsMs: [5_000, 60_000, 600_000] },
  })
  it(`is back within a second and accuses nobody, ${cycles} times`, async () => {
    const simulation = settled(2, members)
    const rooms = await enter(simulation)
    await simulation.run(30_000)
    const before = incarnations(simulation)
    const tookMs: number[] = []
    for (let step = 1; step <= cycles; step++) {
      tookMs.push(await sleepOnce(simulation, rooms, sleepsMs[step % 3] ?? 0, step))
      await simulation.run(20_000)
      expect(accusations(simulation)).toEqual([])
    }
    expect(Math.max(...tookMs)).toBeLessThanOrEqual(1_000)
    expect(incarnations(simulation)).toEqual(before)
  })
})
