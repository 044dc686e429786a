/**
 * Flip-flop: one member in a hundred receives nothing for 20 s in every 40 s (scenario 38; Rapid, ATC 2018, Fig. 9).
 * Counted are the events that the apps of the other members receive.
 */
import { createSimulation, type Simulation } from '../src/index.ts'

export interface FlipFlop {
  readonly seed: number
  readonly members: number
  /** The members that receive nothing at times: m3, m103, m203, … */
  readonly faulty: readonly string[]
  readonly lengthMs: number
}

const halfMs = 20_000

export async function flipFlop({ seed, members, faulty, lengthMs }: FlipFlop): Promise<Simulation> {
  const simulation = createSimulation({ seed, members, start: 'warm' })
  await simulation.run(30_000)
  const all = simulation.members.map(({ name }) => name)
  const startedMs = simulation.nowMs
  const flip = () => {
    const undo = simulation.cut(all, faulty, { oneWay: true })
    simulation.after(halfMs, undo)
    if (simulation.nowMs + 2 * halfMs < startedMs + lengthMs) simulation.after(2 * halfMs, flip)
  }
  flip()
  await simulation.run(lengthMs)
  return simulation
}
