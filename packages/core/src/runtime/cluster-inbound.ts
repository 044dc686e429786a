/**
 * Cluster inbound: the messages about the cluster, from the bytes of a peer to the inputs of the membership machine.
 *
 * A member forwards a rumor only under two conditions. All its facts were verified, now or when the stored copy arrived, because
 * receivers count a forged fact against the member that forwarded it. All its facts are by and about members.
 */
import { heartbeatsIn } from '../anti-entropy/sync-steps.ts'
import type { Clock } from '../base/clock.ts'
import { andThen } from '../base/maybe-async.ts'
import { TokenBuckets } from '../base/token-buckets.ts'
import type { MemberGrants } from '../grants/member-grants.ts'
import type { FactFilter } from '../member/fact-filter.ts'
import type { MachineInput } from '../member/machine-io.ts'
import type { Policy } from '../policy/policy.ts'
import { ForwardedFacts } from '../rumors/forwarded-facts.ts'
import type { Table } from '../table/table.ts'
import { decodeProbe, decodeRumors, decodeSync } from '../wire/codec.ts'
import type { SignedFact } from '../wire/fact.ts'
import { signedBytes } from '../wire/signing.ts'
import { Inbound, type InboundOptions } from './inbound.ts'
import type { RumorVerdict } from './ports.ts'
import type { Verified } from './verification.ts'

export interface ClusterInboundOptions extends InboundOptions {
  /** The facts that are known already. The pipeline only reads the table and the set. */
  readonly table: Table
  readonly policy: Policy
  readonly filter: FactFilter
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly clock: Clock
  /** In a cluster with an authority: the grants in a record and in a revocation must be signed, too. */
  readonly grants?: MemberGrants | undefined
  /** Replaces each decoded fact by an equal one that arrived earlier, if there is one. */
  readonly intern?: (fact: SignedFact) => SignedFact
  /** Receives the verified messages. */
  readonly receiver: { handle(input: MachineInput): void }
}

/**
 * The outdated facts that are verified for each peer, only so that their rumors can be forwarded. Without tokens, only the new
 * facts of a rumor are verified, and the rumor is not forwarded. Our choice: the burst covers the introductions of a thousand
 * newcomers by four members each.
 */
const outdatedRate = { burst: 4_096, refillMs: 1_000 / 128, maxKeys: 4_096 }

/**
 * Facts of one peer that are not new: each costs a decoding. Our choice: the burst is the table of a cluster of 10,000 members,
 * which several peers send at first contact.
 */
const repeatedRate = { burst: 65_536, refillMs: 1_000 / 1_024, maxKeys: 4_096 }

export class ClusterInbound {
  readonly #options: ClusterInboundOptions
  readonly #inbound: Inbound
  readonly #forwarded: ForwardedFacts
  readonly #outdated = new TokenBuckets(outdatedRate)
  readonly #repeated = new TokenBuckets(repeatedRate)

  constructor(options: ClusterInboundOptions) {
    this.#options = options
    this.#inbound = new Inbound(options)
    this.#forwarded = new ForwardedFacts(options.table, options.policy)
  }

  probe(from: string, bytes: Uint8Array): void {
    const message = this.#inbound.message(from, decodeProbe(bytes))
    if (message) this.#options.receiver.handle({ type: 'probe', from, message })
  }

  sync(from: string, bytes: Uint8Array): void | Promise<void> {
    const message = this.#inbound.message(from, decodeSync(bytes))
    if (!message) return
    const { table, receiver } = this.#options
    const facts = this.#received([...message.facts, ...heartbeatsIn(table, message)])
    const newFacts = this.#filterNew(facts, from, true)
    this.#takeRepeated(from, message.facts.length - newFacts.length, bytes)
    return andThen(this.#verified(from, newFacts), ({ facts }) =>
      receiver.handle({ type: 'sync', from, message, facts }),
    )
  }

  rumor(from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict> {
    const decoded = this.#inbound.message(from, decodeRumors(bytes))
    if (!decoded) return 'reject'
    const facts = this.#received(decoded)
    const newFacts = this.#filterNew(facts, from, false)
    if (newFacts.length === 0) {
      this.#takeRepeated(from, facts.length, bytes)
      return this.#forwarded.markIfFirst(facts) ? 'accept' : 'ignore'
    }
    const outdated = this.#outdatedIn(facts, newFacts)
    const cost = outdated.length
    const mayForward = this.#outdated.take(from, this.#options.clock.now().monotonicMs, { cost })
    return andThen(this.#verified(from, mayForward ? [...newFacts, ...outdated] : newFacts), ({ forged }) => {
      if (forged) return 'reject'
      this.#options.receiver.handle({ type: 'rumors', from, facts: mayForward ? facts : newFacts })
      if (!mayForward || !this.#options.filter.isForwardable(facts)) return 'ignore'
      this.#forwarded.add(facts)
      return 'accept'
    })
  }

  /** Counts facts that are not new. Beyond the rate, the bytes of their message count as excess. */
  #takeRepeated(from: string, facts: number, { length }: Uint8Array): void {
    const { clock, reporter } = this.#options
    if (facts <= 0 || this.#repeated.take(from, clock.now().monotonicMs, { cost: facts })) return
    reporter.reportExcess(from, length)
  }

  /** The facts that are neither new nor stored, so that their signatures were never verified here. */
  #outdatedIn(facts: readonly SignedFact[], newFacts: readonly SignedFact[]): readonly SignedFact[] {
    if (newFacts.length === facts.length) return []
    const isNew = new Set(newFacts)
    return facts.filter(fact => !isNew.has(fact) && !this.#forwarded.stored(fact))
  }

  #received(facts: readonly SignedFact[]): readonly SignedFact[] {
    const { policy, intern } = this.#options
    const latest = policy.latest(facts)
    return intern ? latest.map(intern) : latest
  }

  #filterNew(facts: readonly SignedFact[], from: string, isDirect: boolean): SignedFact[] {
    const { filter, clock } = this.#options
    return filter.filterNew(facts, from, isDirect, clock.now())
  }

  #verified(
    from: string,
    facts: readonly SignedFact[],
  ): Verified<SignedFact> | Promise<Verified<SignedFact>> {
    const { cluster, grants } = this.#options
    const hasSignedGrants = (fact: SignedFact) => {
      if (fact.type === 'record')
        return grants === undefined || grants.verify(fact.author, fact.record.grants)
      const isByAdmin = fact.type === 'revocation' && fact.grants.length > 0
      return !isByAdmin || grants === undefined || grants.verify(fact.author, fact.grants)
    }
    return this.#inbound.verified(from, facts, fact => signedBytes(cluster, fact), hasSignedGrants)
  }
}
