/**
 * Own record: what this member says of itself.
 *
 * Whatever changes, changes by a greater version or a greater incarnation; nothing said is ever taken back, but for an
 * incarnation that nobody can believe.
 */

import { refutingIncarnation } from '../table/incarnation.ts'
import type { RecordFact } from '../table/table.ts'
import type { FactBody, MemberRecord } from '../wire/fact.ts'

export type LocalChange = Partial<Omit<MemberRecord, 'incarnation' | 'version'>>

export class LocalRecord {
  #record: MemberRecord
  #sequence = 0
  /** As last signed. What others hold of this member may be another process's, if its identity was copied. */
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

  /** Heartbeats in this incarnation so far. */
  get heartbeatSequence(): number {
    return this.#sequence
  }

  get leaving(): boolean {
    return this.#record.leaving
  }

  /** A page in the background: its timers are late, and it says so. */
  get isHidden(): boolean {
    return this.#record.attention.state === 'hidden'
  }

  fact(): FactBody & { type: 'record' } {
    return { type: 'record', record: this.#record }
  }

  /** Whether there is anything new in it. A lease is renewed by the same words. */
  isChangedBy({ attention, name, tags, ...others }: LocalChange): boolean {
    const isAnother =
      (name !== undefined && name !== this.#record.name) ||
      (tags !== undefined && !isSameTags(tags, this.#record.tags))
    return isAnother || attention !== undefined || Object.keys(others).length > 0
  }

  change(change: LocalChange): void {
    this.#record = { ...this.#record, ...change, version: this.#record.version + 1 }
  }

  /** Answers a claim about `claimed` by an incarnation above it. */
  refute(claimed: number): void {
    this.restart(refutingIncarnation(this.#record.incarnation, claimed))
  }

  /** In another incarnation; versions and beats count from the start again. */
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

export function firstRecord(of: {
  name: string
  tags: Readonly<Record<string, string>>
  incarnation: number
}): MemberRecord {
  return {
    ...of,
    version: 1,
    addresses: [],
    spaces: [],
    leaving: false,
    leftEpochMs: 0,
    attention: { state: 'full', leaseMs: 0 },
  }
}
