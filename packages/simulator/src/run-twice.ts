/**
 * Run twice: a scenario must do exactly the same in a second run. Otherwise its seed could not replay a
 * failure.
 */

/** What `runTwice` compares. A `Simulation` is one. */
export interface RepeatableRun {
  /** The hash over everything that happened, and the number of steps that the hash covers. */
  readonly trace: { readonly hash: string; readonly count: number }
  /** The code that starts the run again. */
  replay(): string
}

/** Returns the second run. @throws {Error} the two runs differ */
export async function runTwice<Run extends RepeatableRun>(scenario: () => Run | Promise<Run>): Promise<Run> {
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
