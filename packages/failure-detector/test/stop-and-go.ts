import { type NetworkOptions, SimulatedNetwork } from './simulated-network.ts'

/** The members that stop, of 32. */
export const slow: readonly string[] = ['m3', 'm9', 'm17', 'm25']

/** Scenario 11: four of 32 members stop again and again for ten minutes, each for `stopMs` of every `everyMs`. */
export function stopAndGo(
  stopMs: number,
  everyMs: number,
  options: Partial<NetworkOptions> = {},
): SimulatedNetwork {
  const network = new SimulatedNetwork({ members: 32, seed: 1, ...options })
  const stop = (id: string): void => {
    if (network.nowMs > 600_000) return
    network.pause(id, stopMs)
    network.later(everyMs, () => stop(id))
  }
  for (const [index, id] of slow.entries()) network.later(index * 900, () => stop(id))
  network.run(620_000)
  return network
}

/** How often a member declared a member dead that had not stopped. */
export function falseDeaths(network: SimulatedNetwork): number {
  return network.eventsOf('fail').filter(({ effect }) => !slow.includes(effect.id)).length
}
