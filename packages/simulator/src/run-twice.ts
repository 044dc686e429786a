/** Run twice: a scenario must do exactly the same a second time, or its seed replays nothing. */
import type { Simulation } from './simulation.ts'

/** Returns the first run. @throws {Error} the two differ */
export async function runTwice(scenario: () => Promise<Simulation>): Promise<Simulation> {
  const first = await scenario()
  const second = await scenario()
  const [a, b] = [first.trace, second.trace]
  if (a.hash !== b.hash)
    throw new Error(`two runs differ: ${a.hash} (${a.count}) and ${b.hash} (${b.count}) of ${first.replay()}`)
  return first
}
