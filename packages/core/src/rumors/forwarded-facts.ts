/**
 * Forwarded facts: whether to forward a rumor that contains no new fact.
 *
 * Anti-entropy may bring a fact before its rumor arrives, and the members behind this one still need the rumor. Each
 * fact is forwarded once, so that repacking known facts into new rumors cannot make them circulate again.
 */
import type { Table } from '../table/table.ts'
import type { SignedFact } from '../wire/fact.ts'

export class ForwardedFacts {
  readonly #table: Table
  /** Facts that arrived in a rumor or were forwarded as one. */
  readonly #forwarded = new WeakSet<SignedFact>()

  constructor(table: Table) {
    this.#table = table
  }

  /** These facts arrived in a rumor that the member forwards, and were merged. */
  add(facts: readonly SignedFact[]): void {
    for (const fact of facts) this.#forwarded.add(this.#table.stored(fact) ?? fact)
  }

  /**
   * Whether no rumor has brought one of these known facts yet, and all of them are the latest of their registers. If so,
   * they count as forwarded from now on.
   */
  isFirst(facts: readonly SignedFact[]): boolean {
    const stored = facts.flatMap(fact => this.#table.stored(fact) ?? [])
    const isFirst = stored.length === facts.length && stored.some(fact => !this.#forwarded.has(fact))
    if (isFirst) this.add(stored)
    return isFirst
  }
}
