/** Real time: a simulated cluster whose virtual time passes as real time does. */
import type { Cluster } from '@hearsay/core'
import { createSimulation, type Simulation } from '@hearsay/simulator'

/** Our choice: shorter than a frame of a page. */
const stepMs = 10

export interface RealTimeCluster {
  /** The cluster of m0. */
  readonly cluster: Cluster
  readonly simulation: Simulation
  end(): Promise<void>
}

/** @param ageMs virtual time that is simulated, as fast as possible, before the promise resolves */
export async function startRealTime(members: number, ageMs = 0): Promise<RealTimeCluster> {
  const simulation = createSimulation({ seed: 1, members, start: 'warm', invariants: 'off' })
  const { cluster } = simulation.member('m0')
  await simulation.run(ageMs)
  let lastMs = performance.now()
  let isEnded = false
  const advance = async () => {
    while (!isEnded) {
      const nowMs = performance.now()
      // In a large cluster, simulating a crash takes longer than the crash: virtual time is then slower.
      await simulation.run(Math.min(100, nowMs - lastMs))
      lastMs = nowMs
      await new Promise(resolve => setTimeout(resolve, stepMs))
    }
  }
  const advancing = advance()
  return {
    cluster,
    simulation,
    async end() {
      isEnded = true
      await advancing
    },
  }
}
