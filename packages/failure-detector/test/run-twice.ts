import { expect } from 'vitest'
import type { SimulatedNetwork } from './simulated-network.ts'

/** Runs a scenario twice; the second run must do exactly the same. Its seed is in the scenario: to replay it, run the test. */
export function runTwice(scenario: () => SimulatedNetwork): SimulatedNetwork {
  const [first, second] = [scenario(), scenario()]
  expect(second.trace, 'two runs of one seed differ').toBe(first.trace)
  return first
}
