/**
 * Query inbound: the messages of queries, from the bytes of a peer to the machine of the queries.
 *
 * A fact is verified only if the machine would accept it, and delivered only if its signature is valid. A rumor is forwarded
 * only if it was delivered.
 */
import { andThen } from '../base/maybe-async.ts'
import type { QueryAdmission } from '../queries/queries.ts'
import type { QueryRoute } from '../queries/query-rates.ts'
import { decodeQueryFrame, decodeQueryRumor } from '../wire/query-codec.ts'
import { type QueryFact, signedQueryBytes } from '../wire/query-fact.ts'
import { Inbound, type InboundOptions } from './inbound.ts'
import type { RumorVerdict } from './ports.ts'
import type { Verified } from './verification.ts'

export interface QueryInboundOptions extends InboundOptions {
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly receiver: QueryReceiver
}

/** The queries of the member, as the pipeline calls them. */
export interface QueryReceiver {
  admit(fact: QueryFact, from: string, route: QueryRoute): QueryAdmission
  /** The author of a query sends it again. */
  repeat(fact: QueryFact): void
  /** Delivers a verified fact. @returns `new`, or why not: other facts may have arrived since the fact was admitted */
  deliver(fact: QueryFact, from: string, route: QueryRoute): QueryAdmission
}

/** The cost of one message for a receiver, besides its payload. */
const factCost = 512

export class QueryInbound {
  readonly #options: QueryInboundOptions
  readonly #inbound: Inbound

  constructor(options: QueryInboundOptions) {
    this.#options = options
    this.#inbound = new Inbound(options)
  }

  frame(from: string, bytes: Uint8Array): void | Promise<void> {
    const facts = this.#inbound.message(from, decodeQueryFrame(bytes)) ?? []
    const answers = new Set<string>()
    const wanted = facts.filter(
      fact => this.#isFirst(fact, from, answers) && this.#isNew(fact, from, 'direct'),
    )
    if (wanted.length === 0) return
    return andThen(this.#verified(from, wanted), ({ facts }) => {
      for (const fact of facts) this.#isDelivered(fact, from, 'direct')
    })
  }

  rumor(from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict> {
    const decoded = decodeQueryRumor(bytes)
    const fact = this.#inbound.message(from, decoded)
    if (!decoded.ok) return 'reject'
    if (!fact || !this.#isNew(fact, from, 'rumor')) return 'ignore'
    return andThen(this.#verified(from, [fact]), ({ forged }) => {
      if (forged) return 'reject'
      return this.#isDelivered(fact, from, 'rumor') ? 'accept' : 'ignore'
    })
  }

  /** False for an answer if an earlier one in the frame has the same author and query: only one of them counts. */
  #isFirst(fact: QueryFact, from: string, answers: Set<string>): boolean {
    if (fact.type !== 'answer') return true
    const key = `${fact.query} ${fact.author}`
    if (answers.has(key)) {
      this.#options.reporter.reportExcess(from, fact.payload.length + factCost)
      return false
    }
    answers.add(key)
    return true
  }

  #isNew(fact: QueryFact, from: string, route: QueryRoute): boolean {
    const admission = this.#options.receiver.admit(fact, from, route)
    if (admission === 'repeated') this.#options.receiver.repeat(fact)
    return this.#isNewOrCounted(admission, fact, from)
  }

  #isDelivered(fact: QueryFact, from: string, route: QueryRoute): boolean {
    return this.#isNewOrCounted(this.#options.receiver.deliver(fact, from, route), fact, from)
  }

  /** Counts a fact beyond a rate. @returns whether the fact is new */
  #isNewOrCounted(admission: QueryAdmission, fact: QueryFact, from: string): boolean {
    if (admission === 'excess') this.#options.reporter.reportExcess(from, fact.payload.length + factCost)
    return admission === 'new'
  }

  #verified(from: string, facts: readonly QueryFact[]): Verified<QueryFact> | Promise<Verified<QueryFact>> {
    return this.#inbound.verified(from, facts, fact => signedQueryBytes(this.#options.cluster, fact))
  }
}
