/**
 * Policy kind: what the policy set has to know of one kind of fact. Each kind is a module of its own.
 *
 * The functions depend on the fact alone, and on the time where it is given. So two sets with the same kinds that received
 * the same facts are equal.
 */
import type { PolicyBody, PolicyFact } from '../wire/fact.ts'

export interface PolicyKind {
  /** The register of this fact among those of its kind: of all facts with one key the latest is kept. */
  key(fact: PolicyFact): string
  /** The order of the facts of one register. A fact with a greater number is later. With equal numbers the signature decides. */
  order(fact: PolicyFact): number
  /** Until when the fact is kept, in epoch milliseconds; Infinity: for ever. */
  untilEpochMs(fact: PolicyFact): number
  /**
   * Whether the fact is valid now and its author may write it. Called before the signature is verified, so it must be
   * cheap, or remember its answer.
   */
  admits(fact: PolicyFact, epochMs: number): boolean
}

/** The kinds of facts that count in this cluster. Facts of other kinds are refused. */
export type PolicyKinds = Partial<Record<PolicyBody['type'], PolicyKind>>
