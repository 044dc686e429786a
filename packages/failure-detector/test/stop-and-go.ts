/** Stop and go among detectors without membership: ten minutes, and 20 s in which the last pauses end. */
import { schedulePauses, stopping } from '../../../test/helpers/stop-and-go.ts'
import { type NetworkOptions, SimulatedNetwork } from './simulated-network.ts'

const lengthMs = 600_000
const aftermathMs = 20_000

export function stopAndGo(
  stopMs: number,
  everyMs: number,
  options: Partial<NetworkOptions> = {},
): SimulatedNetwork {
  const network = new SimulatedNetwork({ members: 32, seed: 1, ...options })
  schedulePauses(network, { stopMs, everyMs, untilMs: lengthMs })
  network.run(lengthMs + aftermathMs)
  return network
}

/** How often a member declared a member dead that had not stopped. */
export function falseDeaths(network: SimulatedNetwork): number {
  return network.eventsOf('fail').filter(({ effect }) => !stopping.includes(effect.id)).length
}
