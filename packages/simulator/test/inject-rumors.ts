/** Injects facts that a member's own machine would not send. */
import { hash } from 'node:crypto'
import { encodeRumors, type SignedFact } from '@hearsay/core/host'
import type { SimulatedMember } from '../src/index.ts'

/** Delivers facts to one member as a rumor from another. @returns its verdict on the rumor */
export function injectRumor(to: SimulatedMember, from: SimulatedMember, ...facts: SignedFact[]): unknown {
  return to.driver.rumor(from.id, encodeRumors(facts))
}

/** Publishes facts to all members by gossip. */
export function publish(from: SimulatedMember, facts: readonly SignedFact[]): void {
  const rumor = encodeRumors(facts)
  from.gossip.of(undefined).publish(hash('sha256', rumor).slice(0, 20), rumor)
}
