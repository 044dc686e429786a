/**
 * Author rates: how many facts of one author this member accepts.
 *
 * Facts beyond the rate are dropped before their signatures are checked. The latest record arrives later by anti-entropy.
 */
import { TokenBuckets } from '../base/token-buckets.ts'
import type { SignedFact } from '../wire/fact.ts'

const maxKeys = 4_096
/** Our choice: four versions a second. The burst covers an app that opens 20 rooms one after the other. */
const recordRate = { burst: 20, refillMs: 250, maxKeys }
/** Our choice: one suspicion a second. The burst covers an observer that loses all its neighbours and their successors. */
const suspicionRate = { burst: 32, refillMs: 1_000, maxKeys }
/**
 * Our choice: two a second. The rate must not be too low, because a member that drops a suspicion of itself cannot
 * refute it, while others count the suspicion. It must not be too high, because each refutation costs a version of the
 * member's record.
 */
const ownSuspicionRate = { burst: 8, refillMs: 500, maxKeys }
/** Our choice: the burst brings all facts that one author may have in the policy set, as a newcomer receives them. */
const policyRate = { burst: 256, refillMs: 1_000, maxKeys }

export class AuthorRates {
  readonly #self: string
  readonly #records = new TokenBuckets(recordRate)
  readonly #suspicions = new TokenBuckets(suspicionRate)
  readonly #ownSuspicions = new TokenBuckets(ownSuspicionRate)
  readonly #policy = new TokenBuckets(policyRate)

  constructor(self: string) {
    this.#self = self
  }

  get size(): number {
    return Math.max(this.#records.size, this.#suspicions.size, this.#ownSuspicions.size, this.#policy.size)
  }

  /** Whether the rate of its author allows this fact. */
  allows(fact: SignedFact, nowMs: number): boolean {
    return this.#bucketsOf(fact)?.has(fact.author, nowMs) ?? true
  }

  /** Counts this fact, if the rate allows it. */
  take(fact: SignedFact, nowMs: number): boolean {
    return this.#bucketsOf(fact)?.take(fact.author, nowMs) ?? true
  }

  sweep(nowMs: number): void {
    this.#records.sweep(nowMs)
    this.#suspicions.sweep(nowMs)
    this.#ownSuspicions.sweep(nowMs)
    this.#policy.sweep(nowMs)
  }

  #bucketsOf(fact: SignedFact): TokenBuckets | undefined {
    switch (fact.type) {
      case 'record':
        return this.#records
      case 'suspicion':
        return fact.subject === this.#self ? this.#ownSuspicions : this.#suspicions
      case 'heartbeat':
      case 'introduction':
        return undefined
      case 'revocation':
      case 'keyring':
        return this.#policy
    }
  }
}
