/**
 * Fact filter: which received facts are worth a signature check, and which rumors are forwarded.
 *
 * The filter drops six kinds of facts:
 * - facts that the table or the policy set has;
 * - facts beyond their author's rate; new facts that precede in the message count against the rate, too;
 * - further heartbeats of an author and further introductions of a subject, if a message has several;
 * - policy facts that do not count in this cluster;
 * - heartbeats and suspicions, if their author is not a member;
 * - older records, if a message has several by one author.
 *
 * The filter only reads the table and the set.
 */
import type { Instant } from '../base/clock.ts'
import type { Policy } from '../policy/policy.ts'
import { isLaterRecord } from '../table/incarnation.ts'
import type { RecordFact } from '../table/row.ts'
import type { Table } from '../table/table.ts'
import { isPolicyFact, type PolicyFact, type SignedFact } from '../wire/fact.ts'
import type { AuthorRates } from './author-rates.ts'
import type { RefusedFacts } from './refused-facts.ts'
import type { Standing } from './standing.ts'

/**
 * How many new facts of one kind a message may bring. An honest member sends one heartbeat of each author and one introduction
 * of each subject. Our choice for introductions: as many as a member stores for an id that waits.
 */
const maxInMessage: Partial<Record<SignedFact['type'], number>> = { heartbeat: 1, introduction: 4 }

export interface FactFilterOptions {
  readonly self: string
  readonly table: Table
  readonly policy: Policy
  readonly standing: Standing
  readonly rates: AuthorRates
  readonly refusedFacts: RefusedFacts
}

export class FactFilter {
  readonly #options: FactFilterOptions

  constructor(options: FactFilterOptions) {
    this.#options = options
  }

  /**
   * The facts to verify, in their order. Facts about an id whose new record precedes them in the list are included.
   *
   * @param reporter the peer that sent the facts
   * @param isDirect whether the peer sent the facts to this member; false: they arrived in a rumor
   */
  filterNew(facts: readonly SignedFact[], reporter: string, isDirect: boolean, now: Instant): SignedFact[] {
    const newest = newestRecords(facts)
    const arriving = new Set<string>()
    /** Kind → how many facts of this kind were new so far. */
    const counts = new Map<string, number>()
    return facts.filter(fact => {
      if (fact.type === 'record' && newest.get(fact.author) !== fact) return false
      const kind = this.#kindOf(fact)
      const earlier = counts.get(kind) ?? 0
      if (earlier >= (maxInMessage[fact.type] ?? Number.POSITIVE_INFINITY)) return false
      const isNew = this.#isNew(fact, arriving, earlier, reporter, isDirect, now)
      if (isNew) counts.set(kind, earlier + 1)
      if (isNew && fact.type === 'record') arriving.add(fact.author)
      return isNew
    })
  }

  /**
   * Whether a rumor of these facts is forwarded, after they were merged: only if all of them are by and about members, or
   * are policy facts that count.
   */
  isForwardable(facts: readonly SignedFact[]): boolean {
    const { policy } = this.#options
    return facts.every(fact => {
      if (isPolicyFact(fact)) return policy.stored(fact) !== undefined
      return this.#isMember(fact.author) && (fact.type !== 'introduction' || this.#isMember(fact.subject))
    })
  }

  #isNew(
    fact: SignedFact,
    arriving: ReadonlySet<string>,
    earlier: number,
    reporter: string,
    isDirect: boolean,
    now: Instant,
  ): boolean {
    if (isPolicyFact(fact)) return this.#isNewPolicy(fact, earlier, reporter, now)
    const { table, standing, refusedFacts } = this.#options
    const outcome = table.outcome(fact, now.epochMs)
    const isAbout = (id: string) => outcome === 'unknown-member' && arriving.has(id)
    switch (fact.type) {
      case 'record':
        if (outcome !== 'merged' || !standing.hasGrants(fact, now)) return false
        if (this.#isMember(fact.author)) return this.#isWithinRate(fact, earlier, now)
        return (
          standing.admitsAtAnyRate(fact, isDirect ? reporter : undefined) ||
          standing.mayReport(fact, reporter, now.monotonicMs)
        )
      case 'heartbeat':
        return (outcome === 'merged' || isAbout(fact.author)) && this.#isWithinRate(fact, earlier, now)
      case 'introduction':
        return (
          outcome === 'merged' ||
          isAbout(fact.subject) ||
          (outcome === 'unknown-member' && standing.lacks(fact))
        )
      case 'suspicion':
        if (outcome !== 'merged' && !isAbout(fact.subject)) return false
        if (!standing.mayAccuse(fact.author) && !arriving.has(fact.author)) {
          refusedFacts.count('unknown-author')
          return false
        }
        return this.#isWithinRate(fact, earlier, now)
    }
  }

  #isNewPolicy(fact: PolicyFact, earlier: number, reporter: string, now: Instant): boolean {
    const { policy, rates, refusedFacts } = this.#options
    if (policy.stored(fact)) return false
    if (policy.isWithinRate(fact, reporter, now.monotonicMs)) {
      const outcome = policy.outcome(fact, now.epochMs)
      if (outcome === 'rejected') refusedFacts.count('policy')
      if (outcome !== 'merged') return false
      if (policy.isUnlimited(fact.author) || rates.allows(fact, now.monotonicMs, earlier)) return true
    }
    refusedFacts.count('policy-rate')
    return false
  }

  #isWithinRate(fact: SignedFact, earlier: number, { monotonicMs }: Instant): boolean {
    const { self, rates, refusedFacts } = this.#options
    if (fact.author === self || rates.allows(fact, monotonicMs, earlier)) return true
    refusedFacts.count(fact.type === 'suspicion' ? 'suspicion-rate' : 'record-rate')
    return false
  }

  /** Facts of one kind in a message count together: those of one rate, or the introductions of one subject. */
  #kindOf(fact: SignedFact): string {
    if (fact.type === 'introduction') return `introduction ${fact.subject}`
    const isOfSelf = fact.type === 'suspicion' && fact.subject === this.#options.self
    return `${isPolicyFact(fact) ? 'policy' : fact.type} ${fact.author} ${isOfSelf}`
  }

  #isMember(id: string): boolean {
    const { self, table } = this.#options
    return id === self || table.get(id) !== undefined
  }
}

/** The newest record of each author. */
function newestRecords(facts: readonly SignedFact[]): Map<string, SignedFact> {
  const newest = new Map<string, RecordFact>()
  for (const fact of facts) {
    if (fact.type !== 'record') continue
    const known = newest.get(fact.author)?.record
    if (!known || isLaterRecord(fact.record, known)) newest.set(fact.author, fact)
  }
  return newest
}
