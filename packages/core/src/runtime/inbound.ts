/**
 * Inbound: the pipeline for bytes that other members send, before the membership machine receives them.
 *
 * The pipeline decodes bytes, filters new facts, verifies signatures and delivers the facts to the machine. A violation of
 * the protocol is reported against the peer that sent the bytes.
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
  /** The facts that are known already. The pipeline only reads the table. */
  readonly table: Table
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly clock: Clock
  readonly keys: Verifier
  /** Replaces each decoded fact by an equal one that arrived earlier, if there is one. */
  readonly intern?: (fact: SignedFact) => SignedFact
  readonly deliver: (input: MachineInput) => void
  readonly reportViolation: (from: string, violation: Violation, detail: string) => void
}

export class Inbound {
  readonly #options: InboundOptions
  /** Facts that arrived in a rumor or were forwarded as one. */
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
    const facts = this.#intern([...message.facts, ...heartbeatsIn(table, message)])
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
    const facts = this.#intern(decoded.value)
    if (this.#filterNew(facts).length === 0) return this.#isForwardedAgain(facts) ? 'accept' : 'ignore'
    // All facts, known ones included: a member forwards only what it has verified.
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
   * Whether to forward a rumor that contains no new fact: its facts are the latest known ones, arrived here by
   * anti-entropy, and no rumor has brought them yet. Each fact is forwarded once, so that repacking known facts into new
   * rumors cannot make them circulate again.
   */
  #isForwardedAgain(facts: readonly SignedFact[]): boolean {
    const stored = facts.flatMap(fact => this.#options.table.stored(fact) ?? [])
    const isLatest = stored.length === facts.length && stored.some(fact => !this.#forwarded.has(fact))
    if (isLatest) for (const fact of stored) this.#forwarded.add(fact)
    return isLatest
  }

  #intern(facts: readonly SignedFact[]): readonly SignedFact[] {
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
