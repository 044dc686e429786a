/**
 * Anti-entropy: starts syncs with connected members and answers their steps.
 *
 * An unfinished sync loses nothing: the next sync compares the current tables from the start.
 */

import { sample } from '../base/arrays.ts'
import type { Instant } from '../base/clock.ts'
import { noPolicy, type Policy } from '../policy/policy.ts'
import type { PolicyStep } from '../policy/policy-sync.ts'
import type { Table } from '../table/table.ts'
import { type SyncMessage, syncMessage } from '../wire/codec.ts'
import { isPolicyFact } from '../wire/fact.ts'
import { ArrivalLog } from './arrival-log.ts'
import { HeartbeatSync } from './heartbeat-sync.ts'
import { SyncSchedule } from './sync-schedule.ts'
import { agrees, answer, offer } from './sync-steps.ts'

export interface AntiEntropyOptions {
  readonly table: Table
  /** @default no policy fact counts */
  readonly policy?: Policy
  readonly random: () => number
  /** The approximate greatest number of bytes of facts in one step. */
  readonly maxDeltaBytes: number
  /** Whether the table starts as a copy of a table that other members have. @default false */
  readonly hasCompared?: boolean
}

/** One sync step to be sent. */
export interface SyncStep {
  readonly to: string
  readonly message: SyncMessage
}

/** The result of handling one received step. */
export interface SyncResult {
  readonly steps: readonly SyncStep[]
  /** How long the peer took to answer this member's offer; undefined if the step does not answer an offer. */
  readonly roundTripMs: number | undefined
}

/**
 * Steps above this rate get no answer. Our choice: several times the steps of a full sync of 10,000 members.
 */
const maxAnswersPerSecond = 100
/** Our choice: more than the number of peers that are connected at the same time. */
const maxPeers = 4_096

const minIntervalMs = 1_000
const maxIntervalMs = 5_000

/** The syncs of one member with its peers. Times are monotonic milliseconds. */
export class AntiEntropy {
  readonly #options: AntiEntropyOptions
  readonly #schedule: SyncSchedule
  /** When an unanswered offer was sent, by peer. */
  readonly #offered = new Map<string, number>()
  /**
   * Peers that received this member's digest. The next step of such a peer contains all facts that this member lacks,
   * unless the step sets `more`.
   */
  readonly #digestSentTo = new Set<string>()
  /** The number of answers in the current second, by peer. */
  readonly #answered = new Map<string, { count: number; sinceMs: number }>()
  readonly #arrivals = new ArrivalLog()
  readonly #heartbeatSyncs = new Map<string, HeartbeatSync>()
  readonly #policy: ReturnType<Policy['syncing']>
  #startAt = 0
  #comparedMs: number | undefined

  constructor(options: AntiEntropyOptions, nowMs: number) {
    this.#options = options
    this.#policy = (options.policy ?? noPolicy).syncing(options.maxDeltaBytes)
    this.#comparedMs = options.hasCompared ? Number.NEGATIVE_INFINITY : undefined
    this.#schedule = new SyncSchedule({ minIntervalMs, maxIntervalMs, random: options.random }, nowMs)
  }

  /** Whether the table has once equalled a peer's table, or has received all additional facts of a peer. */
  get hasCompared(): boolean {
    return this.#comparedMs !== undefined
  }

  /** Since when `hasCompared` is true, in monotonic milliseconds; undefined while it is false. */
  get comparedMs(): number | undefined {
    return this.#comparedMs
  }

  /** The number of peers with stored state, at most 4,096. */
  get size(): number {
    return Math.max(
      this.#offered.size,
      this.#digestSentTo.size,
      this.#answered.size,
      this.#heartbeatSyncs.size,
    )
  }

  /** When to start the next sync, in monotonic milliseconds. */
  get dueMs(): number {
    return this.#schedule.dueMs
  }

  /** The table changed, so the next sync starts soon. */
  changed(nowMs: number): void {
    this.#schedule.changed(nowMs)
  }

  /**
   * A newer heartbeat of this member was merged.
   *
   * @param from the peer that sent the heartbeat, or the local id for the local heartbeat; undefined if the heartbeat
   *   arrived in a rumor
   */
  heartbeatArrived(id: string, from: string | undefined): void {
    this.#arrivals.arrived(id, from)
  }

  /** Offers for at most `fanout` of these members, chosen at random. */
  begin(candidates: readonly string[], fanout: number, nowMs: number): SyncStep[] {
    this.#schedule.started(nowMs)
    return sample(candidates, fanout, this.#options.random).map(to => this.offer(to, nowMs))
  }

  /** Starts a sync with one peer. */
  offer(to: string, nowMs: number): SyncStep {
    this.#offered.set(to, nowMs)
    const message = offer(this.#options.table, this.#heartbeatSyncWith(to))
    return { to, message: { ...message, ...this.#policy.offer() } }
  }

  /** The connection closed. Discards the syncs with this peer. */
  closed(id: string): void {
    this.#offered.delete(id)
    this.#digestSentTo.delete(id)
    this.#answered.delete(id)
    this.#heartbeatSyncs.delete(id)
  }

  /**
   * Handles a received sync step, whose facts the caller has merged, and returns the steps to send.
   *
   * @param isNew whether the merge changed the table
   */
  handle(
    from: string,
    message: SyncMessage,
    isNew: boolean,
    { monotonicMs: nowMs, epochMs }: Instant,
  ): SyncResult {
    const { table, maxDeltaBytes } = this.#options
    const offeredMs = message.offer || !message.tableHash ? undefined : this.#offered.get(from)
    if (offeredMs !== undefined) this.#offered.delete(from)
    const agreed = agrees(table, message)
    // A member that leaves gracefully also sends facts to peers whose digest it has not received.
    const hasBroughtAll =
      message.facts.some(fact => !isPolicyFact(fact)) && !message.more && this.#digestSentTo.has(from)
    if (agreed || hasBroughtAll) this.#comparedMs ??= nowMs
    if (agreed) this.#schedule.agreed()
    else if (agreed === false) this.#schedule.changed(nowMs)
    const reply = this.#mayAnswer(from, nowMs)
      ? joined(
          answer(table, this.#heartbeatSyncWith(from), message, {
            maxDeltaBytes,
            startAt: this.#startAt++,
            epochMs,
          }),
          this.#policy.answer(message),
        )
      : undefined
    if (reply?.digest) this.#digestSent(from)
    const steps = reply ? [{ to: from, message: reply }] : []
    // The peer has more facts. Ask again only after new facts: otherwise the next sync would bring the same
    // facts again.
    if (message.more && isNew) steps.push(this.offer(from, nowMs))
    return { steps, roundTripMs: offeredMs === undefined ? undefined : nowMs - offeredMs }
  }

  #digestSent(id: string): void {
    if (this.#digestSentTo.size >= maxPeers) this.#digestSentTo.clear()
    this.#digestSentTo.add(id)
  }

  #heartbeatSyncWith(id: string): HeartbeatSync {
    const known = this.#heartbeatSyncs.get(id)
    if (known) return known
    if (this.#heartbeatSyncs.size >= maxPeers) this.#heartbeatSyncs.clear()
    const begun = new HeartbeatSync(id, this.#options.table, this.#arrivals)
    this.#heartbeatSyncs.set(id, begun)
    return begun
  }

  /** Whether the rate of answers to one peer allows one more: a request of 50 bytes can cause an answer of 50,000 bytes. */
  #mayAnswer(id: string, nowMs: number): boolean {
    const answered = this.#answered.get(id)
    if (!answered || nowMs - answered.sinceMs >= 1_000) {
      if (this.#answered.size >= maxPeers) this.#answered.clear()
      this.#answered.set(id, { count: 1, sinceMs: nowMs })
      return true
    }
    answered.count += 1
    return answered.count <= maxAnswersPerSecond
  }
}

/** One step with both answers. */
function joined(message: SyncMessage | undefined, policy: PolicyStep | undefined): SyncMessage | undefined {
  if (!policy) return message
  const { facts, more, ...fields } = policy
  const all = message ?? syncMessage({})
  return { ...all, ...fields, facts: [...all.facts, ...facts], more: all.more || more === true }
}
