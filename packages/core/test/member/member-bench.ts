/** The parts of one member, for tests of a single part. Time stands still until a test moves it. */
import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf, signedFact } from '../../../../test/helpers/signed-facts.ts'
import type { Instant } from '../../src/base/clock.ts'
import { firstRecord } from '../../src/member/local-record.ts'
import type { MachineEffect } from '../../src/member/machine-io.ts'
import {
  createMemberParts,
  type MemberParts,
  type MemberPartsOptions,
} from '../../src/member/member-parts.ts'
import type { RecordFact } from '../../src/table/row.ts'
import type { FactBody, SignedFact } from '../../src/wire/fact.ts'

export const startEpochMs = 1_700_000_000_000
export const self: string = idOf('self')

type Tuning = Partial<Pick<MemberPartsOptions, 'maxMembers' | 'retentionMs' | 'standing' | 'policy'>>

export class MemberBench {
  readonly parts: MemberParts
  now: Instant = { monotonicMs: 0, epochMs: startEpochMs }

  constructor(tuning: Tuning = {}) {
    const record = firstRecord({ name: 'self', tags: {}, incarnation: startEpochMs })
    this.parts = createMemberParts(
      { self, record, bootstrap: [], profile: 'lan', random: mulberry32(1), standing: 'assumed', ...tuning },
      this.now,
    )
    const body = this.parts.localRecord.fact()
    this.parts.localRecord.signed = this.handle(self, body, self) as RecordFact
    this.endStep()
    this.parts.rumors.take(this.now.monotonicMs)
  }

  pass(ms: number): void {
    const { monotonicMs, epochMs } = this.now
    this.now = { monotonicMs: monotonicMs + ms, epochMs: epochMs + ms }
  }

  /** Handles a verified fact. @param from the peer that sent the fact directly; undefined: it arrived in a rumor */
  handle(author: string, body: FactBody, from?: string): SignedFact {
    const fact = signedFact(author, body)
    this.parts.factHandler.handle(fact, from, this.now)
    return fact
  }

  /** Ends the step as the machine does, but publishes no facts. @returns the effects since the last step */
  endStep(): MachineEffect[] {
    this.parts.memberEvents.emitChanges(this.now)
    this.parts.detectorBridge.updateSubjects(this.now)
    return this.parts.effectQueue.take()
  }

  /** Ends the step. @returns its events for the app, as `type name` */
  events(): string[] {
    return this.endStep().flatMap(effect =>
      effect.type === 'event' ? [`${effect.event.type} ${effect.event.member.name}`] : [],
    )
  }
}
