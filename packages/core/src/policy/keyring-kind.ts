/**
 * Keyring kind: one keyring fact for the whole cluster, the latest one.
 *
 * A member keeps a fact only if one of its own keys opens it. So a fact that no member can open never replaces the keyring. A
 * fact with a version far in the future is refused, so a peer cannot block later changes.
 */
import { TokenBuckets } from '../base/token-buckets.ts'
import { isPlausibleTimestamp } from '../wire/checks.ts'
import type { PolicyFact } from '../wire/fact.ts'
import { type KeyringContent, type KeyringKey, openKeyring } from '../wire/keyring-fact.ts'
import type { PolicyKind } from './policy-kind.ts'

export interface KeyringKindOptions {
  /** The cluster tag. */
  readonly cluster: Uint8Array
  /** The keys of this member. */
  readonly keys: () => readonly KeyringKey[]
  /** Whether this author may change the keys. @default every member */
  readonly mayChange?: (author: string) => boolean
}

/**
 * Limit of the keyring facts that one peer sends, of all authors together. Our choice: people change keys far less often, and
 * a member makes up to 32 attempts to open a fact.
 */
const peerRate = { burst: 16, refillMs: 1_000, maxKeys: 1_024 }

export class KeyringKind implements PolicyKind {
  readonly #options: KeyringKindOptions
  readonly #rates = new TokenBuckets(peerRate)
  /** The content of the fact that was opened last. */
  #last: { readonly payload: Uint8Array; readonly content: KeyringContent } | undefined

  constructor(options: KeyringKindOptions) {
    this.#options = options
  }

  key(): string {
    return ''
  }

  order(fact: PolicyFact): number {
    return fact.type === 'keyring' ? fact.version : 0
  }

  untilEpochMs(): number {
    return Number.POSITIVE_INFINITY
  }

  admits(fact: PolicyFact, epochMs: number): boolean {
    const { mayChange } = this.#options
    if (fact.type !== 'keyring' || !isPlausibleTimestamp(fact.version, epochMs)) return false
    return (mayChange?.(fact.author) ?? true) && this.contentOf(fact) !== undefined
  }

  isWithinRate(peer: string, nowMs: number): boolean {
    return this.#rates.take(peer, nowMs)
  }

  dateOf(fact: PolicyFact): number {
    return this.order(fact)
  }

  /** Undefined if none of this member's keys opens the fact. */
  contentOf(fact: PolicyFact): KeyringContent | undefined {
    if (fact.type !== 'keyring') return undefined
    if (this.#last?.payload === fact.payload) return this.#last.content
    const { cluster, keys } = this.#options
    const content = openKeyring(cluster, fact, keys())
    if (content) this.#last = { payload: fact.payload, content }
    return content
  }
}
