/**
 * Exchanges: with whom anti-entropy is under way, and with whom it comes next.
 *
 * Nothing is lost with an exchange that never ends: the next one starts from the tables as they are then.
 */
import type { Instant } from '../base/clock.ts'
import { sample } from '../base/sample.ts'
import type { Table } from '../table/table.ts'
import type { SyncMessage } from '../wire/codec.ts'
import { ArrivalLog } from './arrival-log.ts'
import { HeartbeatSync } from './heartbeat-sync.ts'
import { SyncSchedule } from './sync-schedule.ts'
import { agrees, answer, offer } from './sync-steps.ts'

export interface AntiEntropyOptions {
  readonly table: Table
  readonly random: () => number
  /** Bytes of facts in one step, about. */
  readonly maxDeltaBytes: number
  /** The table is one that others had, too. @default false */
  readonly hasCompared?: boolean
}

/** One step to be sent. */
export interface SyncStep {
  readonly to: string
  readonly message: SyncMessage
}

/** What a step that came in leads to. */
export interface SyncResult {
  readonly steps: readonly SyncStep[]
  /** How long the other took to answer an offer; undefined if this was no answer. */
  readonly roundTripMs: number | undefined
}

/** Answers to one member in a second: several times what catching up with 10,000 members takes. Beyond, silence. */
const maxAnswersPerSecond = 100
/** Peers that are kept account of; more than that are not connected at once. */
const maxPeers = 4_096
/** Four minutes of beats among 10,000 members; a neighbour is told several times a minute. */
const maxArrivals = 4_096

const minIntervalMs = 1_000
const maxIntervalMs = 5_000

export class AntiEntropy {
  readonly #options: AntiEntropyOptions
  readonly #schedule: SyncSchedule
  /** To whom an offer was made, since when. */
  readonly #offered = new Map<string, number>()
  /** Who was sent a digest: facts from it are what it has beyond that, unless there are more. */
  readonly #digestSentTo = new Set<string>()
  /** To whom how much was answered, since when. */
  readonly #answered = new Map<string, { count: number; sinceMs: number }>()
  readonly #arrivals = new ArrivalLog(maxArrivals)
  readonly #heartbeatSyncs = new Map<string, HeartbeatSync>()
  #startAt = 0
  #hasCompared: boolean

  constructor(options: AntiEntropyOptions, nowMs: number) {
    this.#options = options
    this.#hasCompared = options.hasCompared ?? false
    this.#schedule = new SyncSchedule({ minIntervalMs, maxIntervalMs, random: options.random }, nowMs)
  }

  /** Whether a member's table was found equal, or all that it had beyond this one has come. */
  get hasCompared(): boolean {
    return this.#hasCompared
  }

  /** Peers that are kept account of. */
  get size(): number {
    return Math.max(
      this.#offered.size,
      this.#digestSentTo.size,
      this.#answered.size,
      this.#heartbeatSyncs.size,
    )
  }

  get dueMs(): number {
    return this.#schedule.dueMs
  }

  /** There is news to spread. */
  changed(nowMs: number): void {
    this.#schedule.changed(nowMs)
  }

  /** A newer beat of this member was merged. @param from who handed it over; oneself for one's own. */
  heartbeatArrived(id: string, from: string | undefined): void {
    this.#arrivals.arrived(id, from)
  }

  /** Offers to `fanout` of these members, drawn by chance. */
  begin(candidates: readonly string[], fanout: number, nowMs: number): SyncStep[] {
    this.#schedule.started(nowMs)
    return sample(candidates, fanout, this.#options.random).map(to => this.offer(to, nowMs))
  }

  offer(to: string, nowMs: number): SyncStep {
    this.#offered.set(to, nowMs)
    return { to, message: offer(this.#options.table, this.#heartbeatSyncWith(to)) }
  }

  /** The connection is gone, and with it what was under way. */
  closed(id: string): void {
    this.#offered.delete(id)
    this.#digestSentTo.delete(id)
    this.#answered.delete(id)
    this.#heartbeatSyncs.delete(id)
  }

  /** @param isNew whether facts in this step were merged, before this call. */
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
    // A goodbye brings facts unasked.
    const hasBroughtAll = message.facts.length > 0 && !message.more && this.#digestSentTo.has(from)
    if (agreed || hasBroughtAll) this.#hasCompared = true
    if (agreed) this.#schedule.agreed()
    else if (agreed === false) this.#schedule.changed(nowMs)
    const reply = this.#mayAnswer(from, nowMs)
      ? answer(table, this.#heartbeatSyncWith(from), message, {
          maxDeltaBytes,
          startAt: this.#startAt++,
          epochMs,
        })
      : undefined
    if (reply?.digest) this.#digestSent(from)
    const steps = reply ? [{ to: from, message: reply }] : []
    // More waits there. Without progress it would be the same again.
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

  /** A question of fifty bytes can ask for an answer of fifty thousand: nobody is given too many. */
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
