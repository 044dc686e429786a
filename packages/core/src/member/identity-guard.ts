/**
 * Identity guard: what arrives in this member's own name, and was signed by another process.
 *
 * It is answered as a claim about this member is, so the failure detector bounds how often; copied-identity.ts says when.
 */
import type { DetectorInput } from '@hearsay/failure-detector'
import type { HeartbeatFact, RecordFact } from '../table/table.ts'
import { CopiedIdentity } from './copied-identity.ts'
import type { EffectQueue } from './effect-queue.ts'
import type { LocalRecord } from './local-record.ts'

export interface IdentityGuardOptions {
  readonly self: string
  readonly own: LocalRecord
  readonly effectQueue: EffectQueue
  /** Tells the detector, and does what it asks. */
  readonly detect: (input: DetectorInput) => void
}

export class IdentityGuard {
  readonly #options: IdentityGuardOptions
  readonly #copied = new CopiedIdentity()
  #wasCopied = false

  constructor(options: IdentityGuardOptions) {
    this.#options = options
  }

  /** Whether another process runs with this member's identity, as far as is known. */
  get isCopied(): boolean {
    return this.#copied.isCopied
  }

  nextMs(): number {
    return this.#copied.nextMs()
  }

  /** @returns whether it is another process's: one's own is never ahead. */
  record({ record: { incarnation, version, leaving } }: RecordFact, nowMs: number): boolean {
    const { own } = this.#options
    const isAhead =
      incarnation > own.incarnation || (incarnation === own.incarnation && version > own.version)
    if (isAhead) this.#recordArrived(incarnation, leaving, nowMs)
    return isAhead
  }

  heartbeat({ incarnation, sequence }: HeartbeatFact, nowMs: number): void {
    const { own } = this.#options
    if (incarnation > own.incarnation) this.#copied.heartbeatArrived(nowMs)
    else if (incarnation === own.incarnation && sequence > own.heartbeatSequence)
      this.#recordArrived(incarnation, false, nowMs)
  }

  advance(nowMs: number): void {
    const incarnation = this.#copied.takeDue(nowMs)
    // Something else may have raised one's own meanwhile, as a suspicion does.
    if (incarnation !== undefined && incarnation >= this.#options.own.incarnation) this.#restart(incarnation)
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
