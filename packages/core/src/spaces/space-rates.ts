/**
 * Space rates: how many bytes of rumors about its spaces this member accepts, and how much a peer may exchange with it, in all
 * spaces together.
 *
 * Each author has two rates: one for broadcasts, and one for all other facts. New facts by a member of the space count
 * against these rates. All other facts count against the rate of the peer that sent the rumor: new facts by authors that are
 * not known to be in the space, and facts that are not new. So neither new identities nor repeated facts increase the number
 * of bytes.
 *
 * For its own facts the member has half of an author's rate. So other members accept what it sends, even if the facts of
 * several seconds arrive together.
 *
 * Exchanges have two rates for each peer: the facts that the peer sends, and the bytes of the answers that it gets. Neither
 * rate slows down a member that enters late. Facts by which a space grows do not count, and the larger the content of a space,
 * the less its answers count.
 */
import { TokenBuckets } from '../base/token-buckets.ts'
import * as limits from '../wire/limits.ts'
import type { SpaceFact } from '../wire/space-fact.ts'

interface Rate {
  readonly burstBytes: number
  readonly bytesPerSecond: number
}

const kibibyte = 1_024
const maxKeys = 4_096
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
export const factOverheadBytes = 512

/**
 * Facts that a peer sends in exchanges, without those by which the spaces grow. Our choice: the burst is the most facts that one
 * space has, all replaced while a member was away.
 */
const exchangedRate = { burst: limits.maxSignedChanges, refillMs: 1_000 / 512 }
/**
 * Facts that a peer sends in exchanges although this member has them. Our choice: an honest peer sends all facts of two spaces
 * again if another peer sends them at the same time.
 */
const repeatedRate = { burst: 2 * limits.maxSignedChanges, refillMs: 1_000 / 512 }
/**
 * Answers to one peer in exchanges, in bytes. Our choice: a peer can get the whole content of a space four times at once, and
 * once more in 8 s. A space with less than `leastContentBytes` counts as if it had as much.
 */
const leastContentBytes = 16_384 * kibibyte
const answerRate: Rate = { burstBytes: 4 * leastContentBytes, bytesPerSecond: leastContentBytes / 8 }

type RateClass = 'events' | 'state'

export class SpaceRates {
  readonly #authors = { events: bucketsOf(authorRate), state: bucketsOf(authorRate) }
  readonly #own = { events: bucketsOf(ownRate), state: bucketsOf(ownRate) }
  readonly #peers = bucketsOf(peerRate)
  readonly #exchanged = new TokenBuckets({ ...exchangedRate, maxKeys })
  readonly #repeated = new TokenBuckets({ ...repeatedRate, maxKeys })
  readonly #answers = bucketsOf(answerRate)

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

  /** Counts facts that a peer sends in an exchange. @returns false if its rate is used up */
  takeExchanged(peer: string, facts: number, nowMs: number): boolean {
    return this.#exchanged.take(peer, nowMs, { cost: facts })
  }

  /** Counts facts that a peer sends again in an exchange. @returns false if its rate is used up */
  takeRepeated(peer: string, facts: number, nowMs: number): boolean {
    return this.#repeated.take(peer, nowMs, { cost: facts })
  }

  /** Facts of the peer were merged, so a space has this many facts more, or fewer if the number is negative. */
  grew(peer: string, facts: number, nowMs: number): void {
    this.#exchanged.take(peer, nowMs, { cost: -facts, isForced: true })
  }

  /** Whether a request of this peer gets an answer. */
  mayAnswer(peer: string, nowMs: number): boolean {
    return this.#answers.has(peer, nowMs)
  }

  /** Counts an answer to a peer, after it was made. @param contentBytes approximate bytes of the whole space */
  answered(peer: string, bytes: number, contentBytes: number, nowMs: number): void {
    const cost = bytes * Math.min(1, leastContentBytes / contentBytes)
    this.#answers.take(peer, nowMs, { cost, isForced: true })
  }

  sweep(nowMs: number): void {
    const { events, state } = this.#authors
    const ofPeers = [this.#peers, this.#exchanged, this.#repeated, this.#answers]
    for (const buckets of [events, state, ...ofPeers]) buckets.sweep(nowMs)
  }
}

const bucketsOf = ({ burstBytes, bytesPerSecond }: Rate): TokenBuckets =>
  new TokenBuckets({ burst: burstBytes, refillMs: 1_000 / bytesPerSecond, maxKeys })

const classOf = ({ type }: SpaceFact): RateClass => (type === 'event' ? 'events' : 'state')

const bytesOf = (payloadBytes: number): number => payloadBytes + factOverheadBytes
