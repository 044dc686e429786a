/**
 * Space rates: how many bytes of rumors about its spaces this member accepts, in all spaces together.
 *
 * Each author has two rates: one for broadcasts, and one for all other facts. New facts by a member of the space count
 * against these rates. All other facts count against the rate of the peer that sent the rumor: new facts by authors that are
 * not known to be in the space, and facts that are not new. So neither new identities nor repeated facts increase the number
 * of bytes.
 *
 * For its own facts the member has half of an author's rate. So other members accept what it sends, even if the facts of
 * several seconds arrive together.
 */
import { TokenBuckets } from '../base/token-buckets.ts'
import type { SpaceFact } from '../wire/space-fact.ts'

interface Rate {
  readonly burstBytes: number
  readonly bytesPerSecond: number
}

const kibibyte = 1_024
/** Our choice: twelve members on one computer can forward this much without being overloaded. */
const authorRate: Rate = { burstBytes: 2_048 * kibibyte, bytesPerSecond: 512 * kibibyte }
/** The rates of the local member. */
export const ownRate: Rate = {
  burstBytes: authorRate.burstBytes / 2,
  bytesPerSecond: authorRate.bytesPerSecond / 2,
}
/** Our choice: enough for the first presence and broadcasts of newcomers whose records have not arrived yet. */
const peerRate: Rate = { burstBytes: 256 * kibibyte, bytesPerSecond: 32 * kibibyte }
/** Each fact counts as this many bytes more than its payload, because its signature has to be checked. */
const factOverheadBytes = 512

type RateClass = 'events' | 'state'

export class SpaceRates {
  readonly #authors = { events: bucketsOf(authorRate), state: bucketsOf(authorRate) }
  readonly #own = { events: bucketsOf(ownRate), state: bucketsOf(ownRate) }
  readonly #peers = bucketsOf(peerRate)

  /** Counts a new fact by a member of its space. @returns false if the rate of its author is used up */
  takeOfMember(fact: SpaceFact, nowMs: number): boolean {
    return this.#authors[classOf(fact)].take(fact.author, nowMs, { cost: bytesOf(fact.payload.length) })
  }

  /** Counts any other fact. @returns false if the rate of the peer that sent it is used up */
  takeOfPeer(peer: string, fact: SpaceFact, nowMs: number): boolean {
    return this.#peers.take(peer, nowMs, { cost: bytesOf(fact.payload.length) })
  }

  /** Counts a payload of the local member. @returns false if its rate is used up */
  takeOwn(rateClass: RateClass, payloadBytes: number, nowMs: number): boolean {
    return this.#own[rateClass].take('', nowMs, { cost: bytesOf(payloadBytes) })
  }

  sweep(nowMs: number): void {
    for (const buckets of [this.#authors.events, this.#authors.state, this.#peers]) buckets.sweep(nowMs)
  }
}

const bucketsOf = ({ burstBytes, bytesPerSecond }: Rate): TokenBuckets =>
  new TokenBuckets({ burst: burstBytes, refillMs: 1_000 / bytesPerSecond, maxKeys: 4_096 })

const classOf = ({ type }: SpaceFact): RateClass => (type === 'event' ? 'events' : 'state')

const bytesOf = (payloadBytes: number): number => payloadBytes + factOverheadBytes
