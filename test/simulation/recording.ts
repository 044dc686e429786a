/** Recording: how a simulation fares, looked at each virtual second. */
import { type Simulation, totalBytes } from '@hearsay/simulator'

export interface Sample {
  readonly atMs: number
  readonly running: number
  /** Share of those asked that see exactly those who run. */
  readonly agreement: number
  /** Since the start: times a member whose process ran was declared dead. */
  readonly falseDeaths: number
  /** Of the last second, for each member that runs. */
  readonly bytesASecond: number
}

const intervalMs = 1_000

/** @param onSample after each look @returns the samples, growing */
export function record(simulation: Simulation, onSample: (sample: Sample) => void): readonly Sample[] {
  const samples: Sample[] = []
  let before = 0
  const look = (): void => {
    const bytes = totalBytes(simulation.sent())
    const running = simulation.running.length
    const sample = {
      atMs: simulation.nowMs,
      running,
      agreement: simulation.agreement(),
      falseDeaths: simulation.falseDeaths,
      bytesASecond: ((bytes - before) / Math.max(1, running)) * (1_000 / intervalMs),
    }
    before = bytes
    samples.push(sample)
    onSample(sample)
    simulation.after(intervalMs, look)
  }
  simulation.after(intervalMs, look)
  return samples
}
