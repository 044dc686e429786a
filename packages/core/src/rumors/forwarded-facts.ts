/**
 * Forwarded facts: whether to forward a rumor that contains no new fact.
 *
 * Anti-entropy may bring a fact before its rumor arrives, and the members behind this one still need the rumor. Each
 * fact is forwarded once, so that repacking known facts into new rumors cannot make them circulate again.
 */
import type { Policy } from '../policy/policy.ts'
import type { Table } from '../table/table.ts'
import type { SignedFact } from '../wire/fact.ts'

export class ForwardedFacts {
  readonly #table: Table
  readonly #policy: Policy
  /** Facts that arrived in a rumor or were forwarded as one. */
  readonly #forwarded = new WeakSet<SignedFact>()

  constructor(table: Table, policy: Policy) {
    this.#table = table
    this.#policy = policy
  }

  /** These facts arrived in a rumor that the member forwards, and were merged. */
  add(facts: readonly SignedFact[]): void {
    for (const fact of facts) this.#forwarded.add(this.stored(fact) ?? fact)
  }

  /**
   * Marks these known facts as forwarded, if each is the latest of its register and at least one has not arrived in a
   * rumor before.
   *
   * @returns whether the facts were marked: if so, the member forwards their rumor
   */
  markIfFirst(facts: readonly SignedFact[]): boolean {
    const stored = facts.flatMap(fact => this.stored(fact) ?? [])
    const isFirst = stored.length === facts.length && stored.some(fact => !this.#forwarded.has(fact))
    if (isFirst) this.add(stored)
    return isFirst
  }

  /** The stored copy of this fact, whose signature was verified, if both are equal byte for byte. */
  stored(fact: SignedFact): SignedFact | undefined {
    return this.#policy.stored(fact) ?? this.#table.stored(fact)
  }
}
