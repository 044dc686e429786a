/**
 * Hearing: what others send, before the machine sees it.
 *
 * Bytes are decoded, facts reduced to what is news, and those verified. What breaks a rule is held against who sent it.
 */
import { heartbeatsIn } from '../anti-entropy/sync-steps.ts'
import type { Clock } from '../base/clock.ts'
import { when } from '../base/maybe-async.ts'
import type { MachineInput } from '../member/machine-io.ts'
import { newsIn } from '../table/filter-new.ts'
import type { Table } from '../table/table.ts'
import { decodeProbe, decodeRumors, decodeSync } from '../wire/codec.ts'
import type { SignedFact } from '../wire/fact.ts'
import { signedBytes, type Verifier } from '../wire/signing.ts'
import type { Offence } from './peer-score.ts'
import type { RumorVerdict } from './ports.ts'
import { type Verified, verify } from './verification.ts'

export interface HearingOptions {
  /** What is known already; it is not changed here. */
  readonly table: Table
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly clock: Clock
  readonly keys: Verifier
  /** Each decoded fact becomes what this returns: the same, or an equal one that was seen before. */
  readonly share?: (fact: SignedFact) => SignedFact
  readonly heard: (input: MachineInput) => void
  readonly offended: (from: string, offence: Offence, detail: string) => void
}

export class Hearing {
  readonly #options: HearingOptions
  /** Facts that a rumor brought, or that were told on as one. */
  readonly #travelled = new WeakSet<SignedFact>()

  constructor(options: HearingOptions) {
    this.#options = options
  }

  probe(from: string, bytes: Uint8Array): void {
    const { heard, offended } = this.#options
    const decoded = decodeProbe(bytes)
    if (!decoded.ok) offended(from, 'undecodable', decoded.failure.detail)
    else if (decoded.value.type === 'probe') heard({ type: 'probe', from, message: decoded.value.message })
  }

  sync(from: string, bytes: Uint8Array): void {
    const { table, heard, offended } = this.#options
    const decoded = decodeSync(bytes)
    if (!decoded.ok) offended(from, 'undecodable', decoded.failure.detail)
    if (!decoded.ok || decoded.value.type !== 'sync') return
    const message = decoded.value
    const said = this.#share([...message.facts, ...heartbeatsIn(table, message)])
    when(this.#verify(this.#news(said)), ({ facts, forged }) => {
      if (forged) offended(from, 'bad-signature', 'a fact that its author did not sign')
      heard({ type: 'sync', from, message, facts })
    })
  }

  rumor(from: string, bytes: Uint8Array): RumorVerdict | Promise<RumorVerdict> {
    const { heard, offended } = this.#options
    const decoded = decodeRumors(bytes)
    if (!decoded.ok) {
      offended(from, 'undecodable', decoded.failure.detail)
      return 'reject'
    }
    const said = this.#share(decoded.value)
    if (this.#news(said).length === 0) return this.#travelsOn(said) ? 'accept' : 'ignore'
    // All of it, old or new here: what is passed on is vouched for.
    return when(this.#verify(said), ({ facts, forged }) => {
      if (forged) {
        offended(from, 'bad-signature', 'a rumor that its author did not sign')
        return 'reject'
      }
      heard({ type: 'rumors', facts })
      for (const fact of facts) this.#travelled.add(fact)
      return 'accept'
    })
  }

  /**
   * Whether a rumor without news is told on: it is the latest word, heard a moment ago in an exchange, and no rumor of
   * it came by here yet. So nobody can have the same word go round again and again in another wrapping.
   */
  #travelsOn(said: readonly SignedFact[]): boolean {
    const held = said.flatMap(fact => this.#options.table.held(fact) ?? [])
    const isLatest = held.length === said.length && held.some(fact => !this.#travelled.has(fact))
    if (isLatest) for (const fact of held) this.#travelled.add(fact)
    return isLatest
  }

  #share(facts: readonly SignedFact[]): readonly SignedFact[] {
    const { share } = this.#options
    return share ? facts.map(share) : facts
  }

  #news(facts: readonly SignedFact[]): SignedFact[] {
    const { table, clock } = this.#options
    return newsIn(table, facts, clock.now().epochMs)
  }

  #verify(said: readonly SignedFact[]): Verified<SignedFact> | Promise<Verified<SignedFact>> {
    const { keys, cluster } = this.#options
    return verify(said, fact => keys.verify(fact.author, signedBytes(cluster, fact), fact.signature))
  }
}
