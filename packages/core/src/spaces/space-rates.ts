/**
 * Space rates: how many bytes of rumors about its spaces this member takes, in all spaces together.
 *
 * New facts by members of a space count for their author, broadcasts apart from all other facts. All other facts count for
 * the peer that sent the rumor: those by authors that are not known to be in the space, and those that are known already.
 * So neither new identities nor repeated facts make more bytes possible.
 *
 * For its own facts the member has half of an author's rate: other members take what it sends, even if several seconds of
 * it arrive together.
 */
import { TokenBuckets } from '../base/token-buckets.ts'
import type { SpaceFact } from '../wire/space-fact.ts'

const kibibyte = 1_024
const maxKeys = 4_096
const bytesPerSecond = (bytes: number) => ({ refillMs: 1_000 / bytes, maxKeys })
/** Our choice: twelve members on one computer forward so much without strain. */
const authorRate = { burst: 2_048 * kibibyte, ...bytesPerSecond(512 * kibibyte) }
const ownRate = { burst: authorRate.burst / 2, ...bytesPerSecond(256 * kibibyte) }
/** Our choice: enough for the first presence and broadcasts of newcomers whose records have not arrived yet. */
const peerRate = { burst: 256 * kibibyte, ...bytesPerSecond(32 * kibibyte) }
/** Each fact counts as so many bytes more than its payload, because its signature has to be checked. */
const factOverheadBytes = 512

type RateClass = 'events' | 'state'

export class SpaceRates {
  readonly #authors = { events: new TokenBuckets(authorRate), state: new TokenBuckets(authorRate) }
  readonly #own = { events: new TokenBuckets(ownRate), state: new TokenBuckets(ownRate) }
  readonly #peers = new TokenBuckets(peerRate)

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

const classOf = ({ type }: SpaceFact): RateClass => (type === 'event' ? 'events' : 'state')

const bytesOf = (payloadBytes: number): number => payloadBytes + factOverheadBytes
