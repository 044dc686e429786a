/**
 * Identity guard: handles facts about this member that another process signed with its key.
 *
 * This member answers them like a suspicion of itself, so the failure detector limits the rate of the answers.
 * copied-identity.ts decides when to answer.
 */
import type { DetectorInput } from '@hearsay/failure-detector'
import type { HeartbeatFact, RecordFact } from '../table/table.ts'
import { CopiedIdentity } from './copied-identity.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { LocalRecord } from './local-record.ts'

export interface IdentityGuardOptions {
  readonly self: string
  readonly localRecord: LocalRecord
  readonly effectQueue: EffectQueue
  /** Passes an input to the detector and carries out its effects. */
  readonly detect: (input: DetectorInput) => void
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
  record({ record: { incarnation, version, leaving } }: RecordFact, nowMs: number): boolean {
    const { localRecord } = this.#options
    const isAhead =
      incarnation > localRecord.incarnation ||
      (incarnation === localRecord.incarnation && version > localRecord.version)
    if (isAhead) this.#recordArrived(incarnation, leaving, nowMs)
    return isAhead
  }

  heartbeat({ incarnation, sequence }: HeartbeatFact, nowMs: number): void {
    const { localRecord } = this.#options
    if (incarnation > localRecord.incarnation) this.#copied.heartbeatArrived(nowMs)
    else if (incarnation === localRecord.incarnation && sequence > localRecord.heartbeatSequence)
      this.#recordArrived(incarnation, false, nowMs)
  }

  advance(nowMs: number): void {
    const incarnation = this.#copied.takeDue(nowMs)
    // Refuting a suspicion may have raised the local incarnation meanwhile.
    if (incarnation !== undefined && incarnation >= this.#options.localRecord.incarnation)
      this.#restart(incarnation)
    this.#report()
  }

  #recordArrived(incarnation: number, isLeaving: boolean, nowMs: number): void {
    if (this.#copied.recordArrived(incarnation, isLeaving, nowMs)) this.#restart(incarnation)
    this.#report()
  }

  #restart(incarnation: number): void {
    const { self, detect } = this.#options
    detect({ type: 'suspicion', subject: self, incarnation, observer: self, refused: false })
  }

  #report(): void {
    const { isCopied } = this.#copied
    if (isCopied !== this.#wasCopied) this.#options.effectQueue.push({ type: 'identity', isCopied })
    this.#wasCopied = isCopied
  }
}
