/**
 * Identity guard: what arrives in this member's own name, and was signed by another process.
 *
 * It is answered as a claim about this member is, so the failure detector bounds how often; copied-identity.ts says when.
 */
import type { DetectorInput } from '@hearsay/failure-detector'
import type { HeartbeatFact, RecordFact } from '../table/table.ts'
import { CopiedIdentity } from './copied-identity.ts'
import type { Outbox } from './effect-queue.ts'
import type { OwnRecord } from './local-record.ts'

export interface IdentityGuardOptions {
  readonly self: string
  readonly own: OwnRecord
  readonly outbox: Outbox
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
    if (isAhead) this.#arrived(incarnation, leaving, nowMs)
    return isAhead
  }

  heartbeat({ incarnation, beat }: HeartbeatFact, nowMs: number): void {
    const { own } = this.#options
    if (incarnation > own.incarnation) this.#copied.beat(nowMs)
    else if (incarnation === own.incarnation && beat > own.beats) this.#arrived(incarnation, false, nowMs)
  }

  advance(nowMs: number): void {
    const incarnation = this.#copied.takeDue(nowMs)
    // Something else may have raised one's own meanwhile, as a suspicion does.
    if (incarnation !== undefined && incarnation >= this.#options.own.incarnation) this.#answer(incarnation)
    this.#report()
  }

  #arrived(incarnation: number, isGoodbye: boolean, nowMs: number): void {
    if (this.#copied.arrived(incarnation, isGoodbye, nowMs)) this.#answer(incarnation)
    this.#report()
  }

  #answer(incarnation: number): void {
    const { self, detect } = this.#options
    detect({ type: 'suspicion', subject: self, incarnation, observer: self, hard: false })
  }

  #report(): void {
    const { isCopied } = this.#copied
    if (isCopied !== this.#wasCopied) this.#options.outbox.push({ type: 'identity', isCopied })
    this.#wasCopied = isCopied
  }
}
