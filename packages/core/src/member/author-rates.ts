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
/** Our choice: one a second. An honest member signs one in 5 s at most, and several arrive together only in rumors. */
const heartbeatRate = { burst: 20, refillMs: 1_000, maxKeys }
/** Our choice: one suspicion a second. The burst covers an observer that loses all its neighbours and their successors. */
const suspicionRate = { burst: 32, refillMs: 1_000, maxKeys }
/**
 * Our choice: two a second. The rate must not be too low, because a member that drops a suspicion of itself cannot
 * refute it, while others count the suspicion. The rate must not be too high, because each refutation costs a version of the
 * member's record.
 */
const ownSuspicionRate = { burst: 8, refillMs: 500, maxKeys }
/** Our choice: the burst brings all facts that one author may have in the policy set, as a newcomer receives them. */
const policyRate = { burst: 256, refillMs: 1_000, maxKeys }

export class AuthorRates {
  readonly #self: string
  readonly #records = new TokenBuckets(recordRate)
  readonly #heartbeats = new TokenBuckets(heartbeatRate)
  readonly #suspicions = new TokenBuckets(suspicionRate)
  readonly #ownSuspicions = new TokenBuckets(ownSuspicionRate)
  readonly #policy = new TokenBuckets(policyRate)

  constructor(self: string) {
    this.#self = self
  }

  get size(): number {
    const buckets = [this.#records, this.#heartbeats, this.#suspicions, this.#ownSuspicions, this.#policy]
    return Math.max(...buckets.map(({ size }) => size))
  }

  /**
   * Whether the rate of its author allows this fact.
   *
   * @param earlier how many facts of the same rate the message has before this one. They count only after their signatures were
   *   verified, so a message must not bring more of them than the rate allows
   */
  allows(fact: SignedFact, nowMs: number, earlier = 0): boolean {
    return this.#bucketsOf(fact)?.has(fact.author, nowMs, earlier + 1) ?? true
  }

  /** Counts this fact, if the rate allows it. */
  take(fact: SignedFact, nowMs: number): boolean {
    return this.#bucketsOf(fact)?.take(fact.author, nowMs) ?? true
  }

  sweep(nowMs: number): void {
    this.#records.sweep(nowMs)
    this.#heartbeats.sweep(nowMs)
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
        return this.#heartbeats
      case 'introduction':
        return undefined
      case 'revocation':
      case 'keyring':
        return this.#policy
    }
  }
}
