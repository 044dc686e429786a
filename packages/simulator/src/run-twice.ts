/** Run twice: a scenario must do exactly the same in a second run; otherwise its seed replays nothing. */
import type { Simulation } from './simulation.ts'

/** Returns the second run. @throws {Error} the two runs differ */
export async function runTwice(scenario: () => Promise<Simulation>): Promise<Simulation> {
  // Only the hash of the first run is kept: two of the largest runs do not fit into memory.
  const { hash, count } = (await scenario()).trace
  const second = await scenario()
  const { trace } = second
  if (trace.hash !== hash)
    throw new Error(
      `two runs differ: ${hash} (${count}) and ${trace.hash} (${trace.count}) of ${second.replay()}`,
    )
  return second
}
