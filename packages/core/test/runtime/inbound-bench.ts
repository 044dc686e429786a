/** One cluster inbound over a table, and what it delivers and reports. Delivered facts are merged, as the machine does. */

import { mulberry32 } from '../../../../test/helpers/mulberry32.ts'
import { idOf, testTag } from '../../../../test/helpers/signed-facts.ts'
import { signatureOf } from '../../../simulator/src/simulated-signature.ts'
import { firstRecord } from '../../src/member/local-record.ts'
import type { MachineInput } from '../../src/member/machine-io.ts'
import { createMemberParts } from '../../src/member/member-parts.ts'
import { ClusterInbound } from '../../src/runtime/cluster-inbound.ts'
import type { RumorVerdict } from '../../src/runtime/ports.ts'
import type { Table } from '../../src/table/table.ts'
import { encodeRumors, encodeSync, type SyncMessage, syncMessage } from '../../src/wire/codec.ts'
import type { SignedFact } from '../../src/wire/fact.ts'

export const nowEpochMs = 1_700_000_000_000
export const relay: string = idOf('relay')

export class InboundBench {
  readonly table: Table
  readonly delivered: MachineInput[] = []
  readonly violations: string[] = []
  excessBytes = 0
  /** The authors of the facts that were verified, in order. */
  readonly verified: string[] = []
  readonly inbound: ClusterInbound

  constructor({
    isAsync = false,
    intern,
  }: { isAsync?: boolean; intern?: (fact: SignedFact) => SignedFact } = {}) {
    const now = { monotonicMs: 0, epochMs: nowEpochMs }
    const record = firstRecord({ name: 'self', tags: {}, incarnation: nowEpochMs })
    const { table, policy, factFilter } = createMemberParts(
      {
        self: idOf('self'),
        record,
        bootstrap: [],
        profile: 'lan',
        random: mulberry32(1),
        maxMembers: 100,
        standing: 'assumed',
      },
      now,
    )
    this.table = table
    this.inbound = new ClusterInbound({
      table,
      policy,
      filter: factFilter,
      cluster: testTag,
      clock: { now: () => now, setTimer: () => () => {} },
      keys: {
        verify: (author, bytes, signature) => {
          this.verified.push(author)
          const isValid = Buffer.compare(signatureOf(author, bytes), signature) === 0
          return isAsync ? Promise.resolve(isValid) : isValid
        },
      },
      ...(intern && { intern }),
      receiver: {
        handle: input => {
          this.delivered.push(input)
          if (input.type === 'rumors' || input.type === 'sync') this.merge(...input.facts)
        },
      },
      reporter: {
        reportViolation: (from, violation) =>
          this.violations.push(`${violation} ${from === relay ? 'relay' : from}`),
        reportExcess: (_, bytes) => {
          this.excessBytes += bytes
        },
      },
    })
  }

  merge(...facts: readonly SignedFact[]): void {
    for (const fact of facts) this.table.merge(fact, nowEpochMs)
  }

  rumor(...facts: readonly SignedFact[]): RumorVerdict | Promise<RumorVerdict> {
    return this.inbound.rumor(relay, encodeRumors(facts))
  }

  sync(message: Partial<SyncMessage>): void {
    this.inbound.sync(relay, encodeSync(syncMessage(message)))
  }

  get deliveredFacts(): SignedFact[] {
    return this.delivered.flatMap(input =>
      input.type === 'rumors' || input.type === 'sync' ? input.facts : [],
    )
  }
}
