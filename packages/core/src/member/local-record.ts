/**
 * Local record: this member's description of itself.
 *
 * Every change raises the version or the incarnation. The incarnation decreases only if the current one has become
 * implausible.
 */

import { refutingIncarnation } from '../table/incarnation.ts'
import type { RecordFact } from '../table/row.ts'
import type { FactBody, MemberRecord } from '../wire/fact.ts'

export type LocalChange = Partial<Omit<MemberRecord, 'incarnation' | 'version'>>

export class LocalRecord {
  #record: MemberRecord
  #sequence = 0
  /** The last record that this process signed. Other members may store a record of another process with the same identity. */
  signed: RecordFact | undefined

  constructor(record: MemberRecord) {
    this.#record = record
  }

  get incarnation(): number {
    return this.#record.incarnation
  }

  get version(): number {
    return this.#record.version
  }

  /** The encoded grants of this member; undefined in a cluster without an authority. */
  get grants(): Uint8Array | undefined {
    return this.#record.grants
  }

  /** The number of heartbeats in this incarnation so far. */
  get heartbeatSequence(): number {
    return this.#sequence
  }

  get leaving(): boolean {
    return this.#record.leaving
  }

  /** Whether this member is a page in the background, whose timers fire late. The user may see a view of it in another page. */
  get isHidden(): boolean {
    const { state, leaseMs } = this.#record.attention
    return state === 'hidden' || (state === 'full' && leaseMs > 0)
  }

  /** Whether this member announced that its machine goes to sleep, and has not resumed since. */
  get isAsleep(): boolean {
    return this.#record.attention.state === 'asleep'
  }

  fact(): FactBody & { type: 'record' } {
    return { type: 'record', record: this.#record }
  }

  /**
   * Whether the change needs a new record. A name or tags that equal the present ones need no new record. The same
   * attention needs one, because it renews the lease.
   */
  isChangedBy({ attention, name, tags, ...others }: LocalChange): boolean {
    const isDifferent =
      (name !== undefined && name !== this.#record.name) ||
      (tags !== undefined && !isSameTags(tags, this.#record.tags))
    return isDifferent || attention !== undefined || Object.keys(others).length > 0
  }

  change(change: LocalChange): void {
    this.#record = { ...this.#record, ...change, version: this.#record.version + 1 }
  }

  /** Starts an incarnation above `claimed` and above the current one. */
  refute(claimed: number): void {
    this.restart(refutingIncarnation(this.#record.incarnation, claimed))
  }

  /** Starts another incarnation, with version 1 and no heartbeats. */
  restart(incarnation: number): void {
    this.#record = { ...this.#record, incarnation, version: 1 }
    this.#sequence = 0
  }

  nextHeartbeat(): FactBody & { type: 'heartbeat' } {
    this.#sequence += 1
    return { type: 'heartbeat', incarnation: this.#record.incarnation, sequence: this.#sequence }
  }
}

function isSameTags(a: MemberRecord['tags'], b: MemberRecord['tags']): boolean {
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length && keys.every(key => Object.hasOwn(b, key) && a[key] === b[key])
  )
}

/** The first record of a new process: version 1, no addresses or spaces, full attention. */
export function firstRecord(of: {
  name: string
  tags: Readonly<Record<string, string>>
  incarnation: number
  ephemeral?: boolean
}): MemberRecord {
  return {
    ephemeral: false,
    ...of,
    version: 1,
    addresses: [],
    spaces: [],
    leaving: false,
    leftEpochMs: 0,
    attention: { state: 'full', leaseMs: 0 },
    returnsWithinMs: 0,
  }
}
