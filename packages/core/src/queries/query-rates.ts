/**
 * Query rates: how many queries and broadcasts a member accepts from one author, and how many answers it relays to one author.
 *
 * A member sends at most half of what others accept, so others drop no messages of an honest member. For rumors, a check takes
 * no tokens: they are taken only after the signature was verified, so a peer cannot use up the rate of another author.
 */
import { TokenBuckets, type TokenBucketsOptions } from '../base/token-buckets.ts'

const maxKeys = 4_096
/** Our choice. Each rumor costs all members a message, and all that are asked an answer. */
const rumorRate = { burst: 32, refillMs: 250, maxKeys }
/** Our choice. A direct query costs the members that are asked, as a call of any server does. */
const directRate = { burst: 512, refillMs: 1_000 / 128, maxKeys }
/** In bytes. Our choice: the answers of 1,000 members with 4 kB each. */
const relayRate = { burst: 4_194_304, refillMs: 1_000 / 1_048_576, maxKeys }

/** `rumor`: forwarded by all members. `direct`: sent to the members that are asked, and not forwarded. */
export type QueryRoute = 'rumor' | 'direct'

export class QueryRates {
  readonly #authors: Readonly<Record<QueryRoute, TokenBuckets>> = {
    rumor: new TokenBuckets(rumorRate),
    direct: new TokenBuckets(directRate),
  }
  readonly #own: Readonly<Record<QueryRoute, TokenBuckets>> = {
    rumor: new TokenBuckets(halfOf(rumorRate)),
    direct: new TokenBuckets(halfOf(directRate)),
  }
  readonly #relayed = new TokenBuckets(relayRate)

  /** Whether a query or broadcast of this author is within its rate. */
  allows(author: string, route: QueryRoute, nowMs: number): boolean {
    return this.#authors[route].has(author, nowMs)
  }

  take(author: string, route: QueryRoute, nowMs: number): boolean {
    return this.#authors[route].take(author, nowMs)
  }

  /** Counts a query or broadcast of this member. @returns false if other members would not accept it */
  takeOwn(route: QueryRoute, nowMs: number): boolean {
    return this.#own[route].take('', nowMs)
  }

  /** Counts an answer to a query of `asker` that this member relays. */
  takeRelayed(asker: string, bytes: number, nowMs: number): boolean {
    return this.#relayed.take(asker, nowMs, { cost: bytes })
  }
}

function halfOf({ burst, refillMs, maxKeys }: TokenBucketsOptions): TokenBucketsOptions {
  return { burst: burst / 2, refillMs: refillMs * 2, maxKeys }
}
