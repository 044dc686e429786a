/**
 * Policy sync: the part of a sync that compares two policy sets.
 *
 * An offer carries the hash of the set, or nothing while the set is empty. If the hashes differ, the peer answers with its
 * own hash and its facts, and this end sends its facts. A peer of a version without policy facts sends no hash, and receives
 * only a hash. Each sync ends after at most two steps of each end, even if one end refuses the other's facts.
 */

import type { SyncMessage } from '../wire/codec.ts'
import { isPolicyFact, type PolicyFact } from '../wire/fact.ts'
import { factBytes } from '../wire/fact-envelope.ts'
import { equalBytes } from '../wire/hashes.ts'

/** The fields of a sync step that concern the policy set. */
export type PolicyStep = Partial<Pick<SyncMessage, 'policyHash' | 'more'>> & {
  readonly facts: readonly PolicyFact[]
}

interface ComparedSet {
  hash(): Uint8Array | undefined
  registers(): readonly { readonly fact: PolicyFact }[]
}

const empty = new Uint8Array()

export class PolicySync {
  readonly #set: ComparedSet
  readonly #maxBytes: number
  /** Where the next delta starts, so that no fact waits for ever. */
  #startAt = 0

  /** @param maxBytes the approximate greatest number of bytes of facts in one step */
  constructor(set: ComparedSet, maxBytes: number) {
    this.#set = set
    this.#maxBytes = maxBytes
  }

  /** The fields of an offer. */
  offer(): { policyHash?: Uint8Array } {
    const policyHash = this.#set.hash()
    return policyHash ? { policyHash } : {}
  }

  /** The answer to a step, whose facts the caller has merged; undefined: none. */
  answer({ offer, policyHash, facts }: SyncMessage): PolicyStep | undefined {
    const own = this.#set.hash()
    if (policyHash === undefined) return offer && own ? { policyHash: own, facts: [] } : undefined
    if (equalBytes(policyHash, own ?? empty)) return undefined
    if (offer) return { policyHash: own ?? empty, ...this.#delta() }
    // The peer does not know yet whether this end has policy facts.
    const asks = policyHash.length > 0 && !own && !facts.some(isPolicyFact)
    return asks ? { policyHash: empty, facts: [] } : own && this.#delta()
  }

  #delta(): PolicyStep {
    const all = this.#set.registers()
    const facts: PolicyFact[] = []
    let bytes = 0
    for (let i = 0; i < all.length; i++) {
      const fact = all[(this.#startAt + i) % all.length]?.fact
      if (!fact) continue
      bytes += factBytes(fact)
      if (bytes > this.#maxBytes && facts.length > 0) {
        this.#startAt = (this.#startAt + facts.length) % all.length
        return { facts, more: true }
      }
      facts.push(fact)
    }
    return { facts }
  }
}
