/**
 * Hearing: what others send, before the machine sees it.
 *
 * Bytes are decoded, facts reduced to what is news, and those verified. What breaks a rule is held against who sent it.
 */
import { heartbeatsIn } from '../anti-entropy/sync-steps.ts'
import type { Clock } from '../base/clock.ts'
import { andThen } from '../base/maybe-async.ts'
import type { MachineInput } from '../member/machine-io.ts'
import type { Table } from '../table/table.ts'
import { decodeProbe, decodeRumors, decodeSync } from '../wire/codec.ts'
import type { SignedFact } from '../wire/fact.ts'
import { signedBytes, type Verifier } from '../wire/signing.ts'
import type { Violation } from './peer-score.ts'
import type { RumorVerdict } from './ports.ts'
import { type Verified, verify } from './verification.ts'

export interface InboundOptions {
  /** What is known already; it is not changed here. */
  readonly table: Table
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly clock: Clock
  readonly keys: Verifier
  /** Each decoded fact becomes what this returns: the same, or an equal one that was seen before. */
  readonly intern?: (fact: SignedFact) => SignedFact
  readonly deliver: (input: MachineInput) => void
  readonly reportViolation: (from: string, offence: Violation, detail: string) => void
}

export class Inbound {
  readonly #options: InboundOptions
  /** Facts that a rumor brought, or that were told on as one. */
  readonly #forwarded = new WeakSet<SignedFact>()

  constructor(options: InboundOptions) {
    this.#options = options
  }

  probe(from: string, bytes: Uint8Array): void {
    const { deliver, reportViolation } = this.#options
    const decoded = decodeProbe(bytes)
    if (!decoded.ok) reportViolation(from, 'undecodable', decoded.failure.detail)
    else if (decoded.value.type === 'probe') deliver({ type: 'probe', from, message: decoded.value.message })
  }

  sync(from: string, bytes: Uint8Array): void {
    const { table, deliver, reportViolation } = this.#options
    const decoded = decodeSync(bytes)
    if (!decoded.ok) reportViolation(from, 'undecodable', decoded.failure.detail)
    if (!decoded.ok || decoded.value.type !== 'sync') return
    const message = decoded.value
    const facts = this.#share([...message.facts, ...heartbeatsIn(table, message)])
    andThen(this.#verify(this.#filterNew(facts)), ({ facts, forged }) => {
      if (forged) reportViolation(from, 'bad-signature', 'a fact that its author did not sign')
      deliver({ type: 'sync', from, message, facts })
    })
  }

  rumor(from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict> {
    const { deliver, reportViolation } = this.#options
    const decoded = decodeRumors(bytes)
    if (!decoded.ok) {
      reportViolation(from, 'undecodable', decoded.failure.detail)
      return 'reject'
    }
    const facts = this.#share(decoded.value)
    if (this.#filterNew(facts).length === 0) return this.#isForwardedAgain(facts) ? 'accept' : 'ignore'
    // All of it, old or new here: what is passed on is vouched for.
    return andThen(this.#verify(facts), ({ facts, forged }) => {
      if (forged) {
        reportViolation(from, 'bad-signature', 'a rumor that its author did not sign')
        return 'reject'
      }
      deliver({ type: 'rumors', facts })
      for (const fact of facts) this.#forwarded.add(fact)
      return 'accept'
    })
  }

  /**
   * Whether a rumor without news is told on: it is the latest word, heard a moment ago in an exchange, and no rumor of
   * it came by here yet. So nobody can have the same word go round again and again in another wrapping.
   */
  #isForwardedAgain(facts: readonly SignedFact[]): boolean {
    const held = facts.flatMap(fact => this.#options.table.stored(fact) ?? [])
    const isLatest = held.length === facts.length && held.some(fact => !this.#forwarded.has(fact))
    if (isLatest) for (const fact of held) this.#forwarded.add(fact)
    return isLatest
  }

  #share(facts: readonly SignedFact[]): readonly SignedFact[] {
    const { intern } = this.#options
    return intern ? facts.map(intern) : facts
  }

  #filterNew(facts: readonly SignedFact[]): SignedFact[] {
    const { table, clock } = this.#options
    return table.filterNew(facts, clock.now().epochMs)
  }

  #verify(facts: readonly SignedFact[]): Verified<SignedFact> | Promise<Verified<SignedFact>> {
    const { keys, cluster } = this.#options
    return verify(facts, fact => keys.verify(fact.author, signedBytes(cluster, fact), fact.signature))
  }
}
