/** Telling: facts that a member passes on, past its own machine, which would not say them. */
import { hash } from 'node:crypto'
import { encodeRumors, type SignedFact } from '@hearsay/core/host'
import type { SimulatedMember } from '../src/index.ts'

/** One member hears facts as a rumor from another. @returns its verdict on the rumor */
export function tell(to: SimulatedMember, from: SimulatedMember, ...facts: SignedFact[]): unknown {
  return to.driver.rumor(from.id, encodeRumors(facts))
}

/** A member publishes facts to all. */
export function publish(from: SimulatedMember, facts: readonly SignedFact[]): void {
  const rumor = encodeRumors(facts)
  from.gossip.of(undefined).publish(hash('sha256', rumor).slice(0, 20), rumor)
}
