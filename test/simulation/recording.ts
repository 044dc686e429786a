/** Recording: figures of a simulation, sampled each virtual second. */
import { type Simulation, totalBytes } from '@hearsay/simulator'

export interface Sample {
  readonly atMs: number
  readonly running: number
  /** The share of the checked members that see exactly the running members. */
  readonly agreement: number
  /** Since the start: how often a member declared another one dead whose process ran. */
  readonly falseDeaths: number
  /** Bytes in the last second, per running member. */
  readonly bytesASecond: number
}

const intervalMs = 1_000

/** @param onSample called after each sample @returns the samples so far, a growing list */
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
