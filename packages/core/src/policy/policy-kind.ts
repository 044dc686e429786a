/**
 * Policy kind: the rules of one kind of policy fact, which the policy set applies. Each kind is a module of its own.
 *
 * The functions depend on the fact alone, and on the time where it is given. So two sets with the same kinds that received
 * the same facts are equal.
 */
import type { PolicyBody, PolicyFact } from '../wire/fact.ts'

export interface PolicyKind {
  /** The key of this fact's register among those of its kind. Of all facts with one key, the set keeps the latest. */
  key(fact: PolicyFact): string
  /**
   * The order of the facts of one register. A fact with a greater number is later. With equal numbers the signature decides.
   */
  order(fact: PolicyFact): number
  /** Until when the fact is kept, in epoch milliseconds; Infinity: for ever. */
  untilEpochMs(fact: PolicyFact): number
  /**
   * Whether the fact is valid now and its author may write it. Called before the signature is verified, so the check must be
   * cheap, or remember its answer.
   */
  admits(fact: PolicyFact, epochMs: number): boolean
  /**
   * Counts a fact that a peer sent. False: the peer sends more of them than this member should judge. Absent: no limit.
   *
   * @param nowMs monotonic milliseconds
   */
  isWithinRate?(peer: string, nowMs: number): boolean
  /** When the fact was written, in epoch milliseconds, by the clock of its author. */
  dateOf(fact: PolicyFact): number
}

/** The kinds of facts that count in this cluster. The set refuses facts of other kinds. */
export type PolicyKinds = Partial<Record<PolicyBody['type'], PolicyKind>>
