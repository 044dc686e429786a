import { expect } from 'vitest'
import type { SimulatedNetwork } from './simulated-network.ts'

/** Runs a scenario twice, and checks that both runs have the same trace. The scenario contains its seed: running the test replays it. */
export function runTwice(scenario: () => SimulatedNetwork): SimulatedNetwork {
  const [first, second] = [scenario(), scenario()]
  expect(second.trace, 'two runs of one seed differ').toBe(first.trace)
  return first
}
