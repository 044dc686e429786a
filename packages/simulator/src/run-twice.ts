/** Run twice: a scenario must do exactly the same a second time, or its seed replays nothing. */
import type { Simulation } from './simulation.ts'

/** Returns the second run. @throws {Error} the two differ */
export async function runTwice(scenario: () => Promise<Simulation>): Promise<Simulation> {
  // Nothing else of the first is kept: two of the largest do not fit into memory.
  const { hash, count } = (await scenario()).trace
  const second = await scenario()
  const { trace } = second
  if (trace.hash !== hash)
    throw new Error(
      `two runs differ: ${hash} (${count}) and ${trace.hash} (${trace.count}) of ${second.replay()}`,
    )
  return second
}
