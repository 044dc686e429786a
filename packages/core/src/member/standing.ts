/**
 * Standing: whether an id is a member here, or only provisional.
 *
 * A record proves who signed it, not that its author exists as a member. An id has standing if the table has its row. An
 * id gets standing by a connection to this member, or by an introduction of a member within its quota. Standing belongs to
 * the id and lasts until the row is removed. An id with a tombstone had standing before and gets it again at once. In a
 * cluster with an authority, only the grants in a record give standing.
 *
 * Two exceptions keep views equal where this member knows no introducer:
 * - First contact: a member that has just started knows no introducers. Until 10 s after its first comparison of tables it
 *   accepts all rows of its direct peers, and introductions by any member, without quota. After the comparison,
 *   each peer may bring rows of unknown ids only at the rate of its reports, so that a flood does not fill the table.
 * - Trickle: each peer may bring four ids a minute without a valid introduction, for introducers that are forgotten here.
 */
import type { AntiEntropy } from '../anti-entropy/anti-entropy.ts'
import type { Instant } from '../base/clock.ts'
import { TokenBuckets } from '../base/token-buckets.ts'
import type { MemberGrants } from '../grants/member-grants.ts'
import type { Overlay } from '../overlay/overlay.ts'
import { isLaterRecord } from '../table/incarnation.ts'
import type { IntroductionFact, RecordFact } from '../table/row.ts'
import type { Table } from '../table/table.ts'
import { Introducers } from './introducers.ts'
import { type ProvisionalMember, ProvisionalMembers } from './provisional-members.ts'
import type { RefusedFacts } from './refused-facts.ts'

/**
 * `required`: as described above. `assumed`: each id with a record is a member; only for tests. `granted`: an id is a member if
 * its record contains valid grants. Introductions do not count.
 */
export type StandingMode = 'required' | 'assumed' | 'granted'

export interface StandingOptions {
  readonly mode: StandingMode
  /** With the mode `granted`. */
  readonly grants?: MemberGrants | undefined
  readonly table: Table
  readonly overlay: Overlay
  readonly antiEntropy: AntiEntropy
  readonly refusedFacts: RefusedFacts
}

/** Our choice: 10 s. When 32 processes start together, their tables are equal before that. */
const firstContactMs = 10_000
/**
 * If a peer lacks a member for longer than this, the member is introduced to the peer again. Our choice: two syncs. If
 * two syncs did not bring the present introduction to the peer, later ones probably will not bring it either.
 */
const introduceAgainMs = 2_000
/**
 * The interval at which waiting ids are checked again. Our choice: 5 s, so that a rumor with an introduction comes
 * first.
 */
const reviewMs = 5_000
const trickle = { burst: 4, refillMs: 15_000, maxKeys: 1_024 }
/**
 * Our choice: a peer may report many newcomers at once. The limit exists because each report costs a signature check.
 */
const reports = { burst: 256, refillMs: 50, maxKeys: 1_024 }

export class Standing {
  readonly #options: StandingOptions
  readonly #provisional = new ProvisionalMembers()
  readonly #introducers = new Introducers()
  readonly #trickle = new TokenBuckets(trickle)
  readonly #reports = new TokenBuckets(reports)
  /**
   * When this member first found that a peer lacks a connected member, in monotonic milliseconds; Infinity if this member
   * has introduced it since.
   */
  readonly #missing = new Map<string, number>()
  #reviewDueMs = Number.POSITIVE_INFINITY

  constructor(options: StandingOptions) {
    this.#options = options
  }

  /** The number of provisional members. */
  get provisional(): number {
    return this.#provisional.size
  }

  /** The number of peers and introducers with stored quotas. */
  get quotas(): number {
    return Math.max(this.#introducers.size, this.#trickle.size, this.#reports.size)
  }

  /** When to call `review`, in monotonic milliseconds; Infinity while no id waits. */
  get reviewDueMs(): number {
    return this.#reviewDueMs
  }

  /**
   * Whether an id without a row becomes a member by this record.
   *
   * @param from the peer that sent the record directly; undefined if it arrived in a rumor
   */
  admits(fact: RecordFact, from: string | undefined, { monotonicMs: nowMs }: Instant): boolean {
    if (this.#options.mode === 'granted') return true
    return this.#isProven(fact.author, from) || (from !== undefined && this.#isFirstContact(nowMs))
  }

  /**
   * Whether the grants in a record make its author a member now. True in a cluster without an authority. All records but
   * those of this member itself must pass, also records of members.
   */
  hasGrants({ author, record }: RecordFact, { epochMs }: Instant): boolean {
    const { grants, refusedFacts } = this.#options
    if (!grants) return true
    const chain = grants.chainOf(author, record.grants)
    if (chain && grants.isCurrent(chain, epochMs)) return true
    refusedFacts.count('no-grant')
    return false
  }

  /** Whether the record is admitted even if the peer that sent it has used up its rate. Parameters as in `admits`. */
  admitsAtAnyRate(fact: RecordFact, from: string | undefined): boolean {
    return this.#isProven(fact.author, from) || (from !== undefined && !this.#options.antiEntropy.hasCompared)
  }

  /** Whether to check the signature of a record by an id without standing. Counts against the rate of the peer that sent it. */
  mayReport({ author: id, record }: RecordFact, reporter: string, nowMs: number): boolean {
    const known = this.#provisional.get(id)?.record.record
    if (known && !isLaterRecord(record, known)) return false
    if (this.#reports.take(reporter, nowMs)) return true
    this.#options.refusedFacts.count('provisional-rate')
    return false
  }

  /** The id of this record waits. */
  report(record: RecordFact, reporter: string, nowMs: number): void {
    const evicted = this.#provisional.add(record, reporter, nowMs)
    for (let i = 0; i < evicted; i++) this.#options.refusedFacts.count('provisional-evicted')
    this.#reviewDueMs = Math.min(this.#reviewDueMs, nowMs + reviewMs)
  }

  /** Whether suspicions by this author count: only those of members do. */
  mayAccuse(author: string): boolean {
    return this.#options.mode === 'assumed' || this.#options.table.get(author) !== undefined
  }

  /** Whether the id waits. */
  isProvisional(id: string): boolean {
    return this.#provisional.get(id) !== undefined
  }

  /** Whether to check the signature of an introduction of an id without standing. */
  lacks(fact: IntroductionFact): boolean {
    return this.#provisional.lacks(fact)
  }

  /** Stores the introduction of an id that waits. @returns whether the id becomes a member now */
  introduce(fact: IntroductionFact, nowMs: number): boolean {
    this.#provisional.introduce(fact)
    return this.isProvisional(fact.subject) && this.#isIntroduced(fact.subject, nowMs)
  }

  /** The record of an id that waits. */
  provisionalRecord(id: string): RecordFact | undefined {
    return this.#provisional.get(id)?.record
  }

  /** The id becomes a member: it waits no longer. @returns what arrived about it meanwhile */
  take(id: string): ProvisionalMember | undefined {
    return this.#provisional.take(id)
  }

  /** The waiting ids that become members now because this id became one and has introduced them. */
  introducedBy(author: string, nowMs: number): string[] {
    const waiting = [...this.#provisional.entries()].filter(([, { introductions }]) =>
      introductions.some(fact => fact.author === author),
    )
    return waiting.map(([id]) => id).filter(id => this.#isIntroduced(id, nowMs))
  }

  /**
   * The waiting ids that become members now: by an introducer's renewed quota, or by the trickle of the peer that reported
   * them.
   */
  review(nowMs: number): string[] {
    this.#provisional.expire(nowMs)
    this.#introducers.sweep(nowMs)
    this.#trickle.sweep(nowMs)
    this.#reports.sweep(nowMs)
    const members = [...this.#provisional.entries()]
      .filter(
        ([id, { reporter, sinceMs }]) =>
          this.#isIntroduced(id, nowMs) ||
          (nowMs - sinceMs >= reviewMs && this.#trickle.take(reporter, nowMs)),
      )
      .map(([id]) => id)
    const isIdle = this.#provisional.size === members.length && this.quotas === 0
    this.#reviewDueMs = isIdle ? Number.POSITIVE_INFINITY : nowMs + reviewMs
    return members
  }

  /**
   * Whether this member introduces an id that became a member by a connection. Before its first comparison this member
   * is itself the newcomer, and introduces only members that dialled it.
   */
  introduces(id: string): boolean {
    const { mode, antiEntropy, overlay } = this.#options
    if (mode !== 'required' || !overlay.isConnected(id)) return false
    return antiEntropy.hasCompared || overlay.isInbound(id)
  }

  /** Whether this member introduces a connected member that a peer lacks: once for each connection. */
  introducesAgain(id: string, nowMs: number): boolean {
    if (this.#options.mode !== 'required') return false
    const sinceMs = this.#missing.get(id) ?? nowMs
    const isDue = nowMs - sinceMs >= introduceAgainMs
    this.#missing.set(id, isDue ? Number.POSITIVE_INFINITY : sinceMs)
    return isDue
  }

  closed(id: string): void {
    this.#missing.delete(id)
  }

  /** A connection to a member opened. */
  connected(id: string, nowMs: number): void {
    this.#introducers.answered(this.#introducerOf(id), id, nowMs)
  }

  /** A dial of a member failed, and this member's own network was not the cause. */
  dialFailed(id: string, nowMs: number): void {
    const introducer = this.#introducerOf(id)
    if (introducer === undefined) return
    const connected = this.#options.overlay
      .connected()
      .filter(each => this.#introducerOf(each) === introducer)
    this.#introducers.dialFailed(introducer, id, connected.length, nowMs)
    this.#reviewDueMs = Math.min(this.#reviewDueMs, nowMs + reviewMs)
  }

  #introducerOf(id: string): string | undefined {
    return this.#options.table.get(id)?.introduction?.author
  }

  /** Whether the id is connected here, sent its record itself, or had a row before. */
  #isProven(id: string, from: string | undefined): boolean {
    const { mode, overlay, table } = this.#options
    return mode === 'assumed' || from === id || overlay.isConnected(id) || table.wasRemoved(id)
  }

  #isIntroduced(id: string, nowMs: number): boolean {
    const { table, refusedFacts } = this.#options
    const isFirstContact = this.#isFirstContact(nowMs)
    for (const { author } of this.#provisional.get(id)?.introductions ?? []) {
      if (!table.get(author)) continue
      if (isFirstContact) return true
      if (this.#introducers.isRevoked(author, nowMs)) refusedFacts.count('introducer-unreachable')
      else if (this.#introducers.take(author, table.size, nowMs)) return true
      else refusedFacts.count('introducer-quota')
    }
    return false
  }

  #isFirstContact(nowMs: number): boolean {
    const { comparedMs } = this.#options.antiEntropy
    return comparedMs === undefined || nowMs - comparedMs < firstContactMs
  }
}
