/**
 * Policy set: the latest policy facts, which are facts about the cluster and not about one member.
 *
 * Merging is commutative, associative and idempotent. The set is bounded: when it is full, it drops the fact that ends first,
 * and the authority's facts last, so that two sets with the same facts keep the same ones. The set does not verify signatures:
 * callers pass only verified facts.
 *
 * A fact that has ended does not count, and is not synced. It is kept separately, because the local clock may be ahead: if the
 * clock is set back, the fact counts again.
 */
import { compare } from 'uint8arrays/compare'
import { concat } from 'uint8arrays/concat'
import { lowerBound } from '../base/arrays.ts'
import { isPlausibleTimestamp } from '../wire/checks.ts'
import { isPolicyFact, type PolicyFact, type SignedFact } from '../wire/fact.ts'
import { equalBytes, shortHash } from '../wire/hashes.ts'
import type { PolicyKind, PolicyKinds } from './policy-kind.ts'
import { PolicySync } from './policy-sync.ts'

/** The most facts in a set. Our choice. */
export const maxPolicyFacts = 4_096
/** The most facts of one author. The authority has no such bound. Our choice. */
export const maxFactsOfAuthor = 256
/** The most ended facts that are kept: those that ended last. Our choice. */
export const maxEndedFacts = 256

/**
 * `merged`: the fact was new. `known`: the set has an equal or later one. `rejected`: it is invalid, ended, or does not fit.
 */
export type PolicyOutcome = 'merged' | 'known' | 'rejected'

export interface PolicySetOptions {
  /** @default {}: every fact is rejected */
  readonly kinds?: PolicyKinds
  /** The id of the authority, whose facts are not limited. @default none */
  readonly authority?: string | undefined
}

/** A fact of the set, and the key of its register. */
export interface PolicyRegister {
  readonly key: string
  readonly fact: PolicyFact
}

interface Entry extends PolicyRegister {
  readonly order: number
  readonly untilEpochMs: number
}

export class PolicySet {
  readonly #kinds: PolicyKinds
  readonly #authority: string | undefined
  readonly #entries = new Map<string, Entry>()
  /** Facts that have ended by the local clock, by the keys of their registers. None of these registers is among the entries. */
  readonly #ended = new Map<string, Entry>()
  /** The entries ordered by key; undefined after a change. */
  #sorted: readonly Entry[] | undefined
  #hash: Uint8Array | undefined
  #nextEndMs = Number.POSITIVE_INFINITY

  constructor({ kinds = {}, authority }: PolicySetOptions = {}) {
    this.#kinds = kinds
    this.#authority = authority
  }

  get size(): number {
    return this.#entries.size
  }

  /** Whether neither `maxFactsOfAuthor` nor a rate limits the facts of this author. */
  isUnlimited(author: string): boolean {
    return author === this.#authority
  }

  /** Counts a fact that a peer sent, before it is judged. False: the peer sends too many of this kind. */
  isWithinRate(fact: PolicyFact, peer: string, nowMs: number): boolean {
    return this.#kinds[fact.type]?.isWithinRate?.(peer, nowMs) ?? true
  }

  /**
   * The facts of one message, without the policy facts that a later one in the message replaces. Judging a fact may cost more
   * than verifying a signature.
   */
  latest(facts: readonly SignedFact[]): readonly SignedFact[] {
    if (facts.filter(isPolicyFact).length < 2) return facts
    const latest = new Map<string, Entry>()
    for (const fact of facts) {
      const kind = isPolicyFact(fact) && this.#kinds[fact.type]
      if (!kind) continue
      const entry = entryOf(kind, fact)
      const other = latest.get(entry.key)
      if (!other || isLater(entry, other)) latest.set(entry.key, entry)
    }
    const kept = new Set<SignedFact>([...latest.values()].map(({ fact }) => fact))
    return facts.filter(fact => !isPolicyFact(fact) || !this.#kinds[fact.type] || kept.has(fact))
  }

  /** This member's half of a sync. @param maxBytes the approximate greatest number of bytes of facts in one step */
  syncing(maxBytes: number): Pick<PolicySync, 'offer' | 'answer'> {
    return new PolicySync(this, maxBytes)
  }

  /** 16 bytes, the same for equal sets; undefined while the set is empty. */
  hash(): Uint8Array | undefined {
    if (this.#entries.size === 0) return undefined
    this.#hash ??= shortHash(concat(this.#inOrder().map(({ fact }) => fact.signature)))
    return this.#hash
  }

  /** All facts with their registers, ordered by the keys of the registers. */
  registers(): readonly PolicyRegister[] {
    return this.#inOrder()
  }

  /** The facts that have ended. */
  ended(): readonly PolicyRegister[] {
    return [...this.#ended.values()]
  }

  /**
   * What `merge` would return, without changing the set.
   *
   * @param isOwn this member wrote the fact now. It also replaces one whose date is implausible: a clock was ahead when that was
   *   written, and the other members rejected it
   */
  outcome(fact: PolicyFact, epochMs: number, isOwn = false): PolicyOutcome {
    const kind = this.#kinds[fact.type]
    if (!kind) return 'rejected'
    const entry = entryOf(kind, fact)
    const stored = this.#entries.get(entry.key)
    const isReplaced =
      !stored || isLater(entry, stored) || (isOwn && !isPlausibleTimestamp(kind.dateOf(stored.fact), epochMs))
    if (!isReplaced) return 'known'
    if (entry.untilEpochMs <= epochMs || !kind.admits(fact, epochMs)) return 'rejected'
    return this.#excess(entry) === entry ? 'rejected' : 'merged'
  }

  /** Merges a verified fact. @param isOwn as for `outcome` */
  merge(fact: PolicyFact, epochMs: number, isOwn = false): PolicyOutcome {
    const outcome = this.outcome(fact, epochMs, isOwn)
    const kind = this.#kinds[fact.type]
    if (outcome !== 'merged' || !kind) return outcome
    const entry = entryOf(kind, fact)
    const excess = this.#excess(entry)
    if (excess) this.#entries.delete(excess.key)
    const sorted = excess || this.#entries.has(entry.key) ? undefined : this.#sorted
    this.#entries.set(entry.key, entry)
    this.#ended.delete(entry.key)
    this.#nextEndMs = Math.min(this.#nextEndMs, entry.untilEpochMs)
    this.#changed()
    this.#sorted = sorted?.toSpliced(
      lowerBound(sorted, ({ key }) => key >= entry.key),
      0,
      entry,
    )
    return outcome
  }

  /**
   * Merges the facts that an earlier process stored. The facts were valid then, so it does not matter that the clock of a
   * machine without a battery is behind after a start. Facts that have ended are kept with those.
   */
  restore(facts: readonly PolicyFact[], epochMs: number): void {
    for (const fact of facts) {
      const kind = this.#kinds[fact.type]
      if (!kind || this.merge(fact, Math.max(epochMs, kind.dateOf(fact))) !== 'rejected') continue
      const entry = entryOf(kind, fact)
      if (entry.untilEpochMs <= epochMs && !this.#entries.has(entry.key)) this.#keepEnded(entry)
    }
  }

  /** The stored copy of this fact, if both are equal byte for byte. */
  stored(fact: SignedFact): PolicyFact | undefined {
    if (fact.type !== 'revocation' && fact.type !== 'keyring') return undefined
    const kind = this.#kinds[fact.type]
    const stored = kind && this.#entries.get(keyOf(kind, fact))?.fact
    const isSame =
      stored?.author === fact.author &&
      equalBytes(stored.signature, fact.signature) &&
      equalBytes(stored.payload, fact.payload)
    return isSame ? stored : undefined
  }

  /**
   * Ends the facts whose date has passed. Ended facts count again if the clock was set back.
   *
   * @returns the facts that have ended or count again
   */
  sweep(epochMs: number): readonly PolicyFact[] {
    const early = [...this.#ended.values()].filter(({ untilEpochMs }) => untilEpochMs > epochMs)
    for (const { key } of early) this.#ended.delete(key)
    this.restore(
      early.map(({ fact }) => fact),
      epochMs,
    )
    const ended = epochMs < this.#nextEndMs ? [] : this.#end(epochMs)
    return [...early, ...ended].map(({ fact }) => fact)
  }

  #end(epochMs: number): readonly Entry[] {
    const ended = [...this.#entries.values()].filter(({ untilEpochMs }) => untilEpochMs <= epochMs)
    for (const entry of ended) {
      this.#entries.delete(entry.key)
      this.#keepEnded(entry)
    }
    this.#nextEndMs = Math.min(...[...this.#entries.values()].map(({ untilEpochMs }) => untilEpochMs))
    if (ended.length > 0) this.#changed()
    return ended
  }

  #keepEnded(entry: Entry): void {
    const known = this.#ended.get(entry.key)
    if (known && !isLater(entry, known)) return
    this.#ended.set(entry.key, entry)
    if (this.#ended.size > maxEndedFacts)
      this.#ended.delete(this.#least([...this.#ended.values()])?.key ?? '')
  }

  /** Drops the facts that do not count any more. The kind of a dropped fact must refuse it from now on. */
  drop(isVoid: (fact: PolicyFact) => boolean): void {
    const dropped = [...this.#entries.values()].filter(({ fact }) => isVoid(fact))
    for (const { key } of dropped) this.#entries.delete(key)
    for (const { key, fact } of [...this.#ended.values()]) if (isVoid(fact)) this.#ended.delete(key)
    if (dropped.length > 0) this.#changed()
  }

  #changed(): void {
    this.#sorted = undefined
    this.#hash = undefined
  }

  #inOrder(): readonly Entry[] {
    this.#sorted ??= [...this.#entries.values()].sort((a, b) => (a.key < b.key ? -1 : 1))
    return this.#sorted
  }

  /** The register to drop when this one is added, perhaps this one itself; undefined: all fit. */
  #excess(entry: Entry): Entry | undefined {
    const { author } = entry.fact
    const isLimited = !this.isUnlimited(author)
    if (this.#entries.size < (isLimited ? maxFactsOfAuthor : maxPolicyFacts)) return undefined
    const replaced = this.#entries.get(entry.key)
    // This fact replaces one of the same author, so the numbers stay the same.
    if (replaced?.fact.author === author) return undefined
    const others = [...this.#entries.values()].filter(other => other !== replaced)
    const ofAuthor = others.filter(({ fact }) => fact.author === author)
    if (isLimited && ofAuthor.length >= maxFactsOfAuthor) return this.#least([...ofAuthor, entry])
    return others.length >= maxPolicyFacts ? this.#least([...others, entry]) : undefined
  }

  #least(entries: readonly Entry[]): Entry | undefined {
    return entries.reduce((least, each) => (this.#isBefore(each, least) ? each : least))
  }

  /** Whether `a` is dropped before `b`. */
  #isBefore(a: Entry, b: Entry): boolean {
    const [isUnlimitedA, isUnlimitedB] = [a, b].map(({ fact }) => this.isUnlimited(fact.author))
    if (isUnlimitedA !== isUnlimitedB) return !isUnlimitedA
    return a.untilEpochMs === b.untilEpochMs ? a.key < b.key : a.untilEpochMs < b.untilEpochMs
  }
}

function keyOf(kind: PolicyKind, fact: PolicyFact): string {
  return `${fact.type} ${kind.key(fact)}`
}

function entryOf(kind: PolicyKind, fact: PolicyFact): Entry {
  return { key: keyOf(kind, fact), fact, order: kind.order(fact), untilEpochMs: kind.untilEpochMs(fact) }
}

function isLater(a: Entry, b: Entry): boolean {
  return a.order === b.order ? compare(a.fact.signature, b.fact.signature) > 0 : a.order > b.order
}
