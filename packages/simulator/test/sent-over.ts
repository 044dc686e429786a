/** The bytes that all members together send in a period. */
import { type Simulation, type Traffic, totalBytes } from '../src/index.ts'

/** Runs the simulation for `ms` of virtual time. Returns the sent bytes, by kind. */
export async function sentOver(simulation: Simulation, ms: number): Promise<Traffic> {
  const before = simulation.sent()
  await simulation.run(ms)
  const after = simulation.sent()
  return {
    probe: after.probe - before.probe,
    sync: after.sync - before.sync,
    space: after.space - before.space,
    query: after.query - before.query,
    rumor: after.rumor - before.rumor,
    gossipControl: after.gossipControl - before.gossipControl,
  }
}

/** Runs the simulation for `ms` of virtual time. Returns the sum of the sent bytes of all kinds. */
export async function bytesOver(simulation: Simulation, ms: number): Promise<number> {
  return totalBytes(await sentOver(simulation, ms))
}
