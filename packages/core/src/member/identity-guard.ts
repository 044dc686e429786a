/**
 * Identity guard: handles facts about this member that another process signed with its key.
 *
 * This member answers such a fact like a suspicion of itself, so the failure detector limits the rate of the answers.
 * copied-identity.ts decides when this member answers.
 */
import type { Instant } from '../base/clock.ts'
import { isLaterRecord } from '../table/incarnation.ts'
import type { HeartbeatFact, RecordFact } from '../table/row.ts'
import { CopiedIdentity } from './copied-identity.ts'
import type { DetectorBridge } from './detector-bridge.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { LocalRecord } from './local-record.ts'

export interface IdentityGuardOptions {
  readonly self: string
  readonly localRecord: LocalRecord
  readonly effectQueue: EffectQueue
  readonly detectorBridge: DetectorBridge
}

export class IdentityGuard {
  readonly #options: IdentityGuardOptions
  readonly #copied = new CopiedIdentity()
  #wasCopied = false

  constructor(options: IdentityGuardOptions) {
    this.#options = options
  }

  /** Whether another process with this member's identity was detected. */
  get isCopied(): boolean {
    return this.#copied.isCopied
  }

  /** When to call `advance`, in monotonic milliseconds. */
  nextMs(): number {
    return this.#copied.nextMs()
  }

  /** @returns whether another process signed the record: a record of this process is never ahead of the local one. */
  record({ record }: RecordFact, now: Instant): boolean {
    const isAhead = isLaterRecord(record, this.#options.localRecord)
    if (isAhead) this.#recordArrived(record.incarnation, record.leaving, now)
    return isAhead
  }

  heartbeat({ incarnation, sequence }: HeartbeatFact, now: Instant): void {
    const { localRecord } = this.#options
    if (incarnation > localRecord.incarnation) this.#copied.heartbeatArrived(now.monotonicMs)
    else if (incarnation === localRecord.incarnation && sequence > localRecord.heartbeatSequence)
      this.#recordArrived(incarnation, false, now)
  }

  advance(now: Instant): void {
    const incarnation = this.#copied.takeDue(now.monotonicMs)
    // Refuting a suspicion may have raised the local incarnation meanwhile.
    if (incarnation !== undefined && incarnation >= this.#options.localRecord.incarnation)
      this.#restart(incarnation, now)
    this.#report()
  }

  #recordArrived(incarnation: number, isLeaving: boolean, now: Instant): void {
    if (this.#copied.recordArrived(incarnation, isLeaving, now.monotonicMs)) this.#restart(incarnation, now)
    this.#report()
  }

  #restart(incarnation: number, now: Instant): void {
    const { self, detectorBridge } = this.#options
    detectorBridge.handle(
      { type: 'suspicion', subject: self, incarnation, observer: self, refused: false },
      now,
    )
  }

  #report(): void {
    const { isCopied } = this.#copied
    if (isCopied !== this.#wasCopied) this.#options.effectQueue.push({ type: 'identity', isCopied })
    this.#wasCopied = isCopied
  }
}
