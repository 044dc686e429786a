/**
 * Unconfirmed members: members that this member took during its first contact although one peer alone reported them.
 *
 * A member is confirmed by a connection, or when the table of another peer has it. It is denied if the table of an
 * established peer lacks it 12 s later. A denied member is dropped. If it exists, the next sync brings it again, with an
 * introduction. A peer or introducer of three denied members is not trusted for ten minutes.
 */
import { agrees } from '../anti-entropy/sync-steps.ts'
import type { Instant } from '../base/clock.ts'
import type { Overlay } from '../overlay/overlay.ts'
import type { Table } from '../table/table.ts'
import type { Digest, SyncMessage } from '../wire/codec.ts'
import { differingBuckets } from '../wire/hashes.ts'
import { limits } from '../wire/limits.ts'

export interface UnconfirmedMembersOptions {
  readonly table: Table
  readonly overlay: Overlay
}

interface Unconfirmed {
  readonly reporter: string
  readonly sinceMs: number
}

/** Our choice: longer than 88 newcomers through one member wait for its quota. */
const quotaWaitMs = 12_000
/** Our choice: 30 s. A peer that started later may itself lack members, as when many members start together. */
const establishedMs = 30_000
const maxDenials = 3
const distrustMs = 600_000
const maxStored = 1_024

export class UnconfirmedMembers {
  readonly #options: UnconfirmedMembersOptions
  readonly #members = new Map<string, Unconfirmed>()
  readonly #denied = new Set<string>()
  /** By the id of the peer that reported them or of the member that introduced them, the latest last. */
  readonly #denials = new Map<string, { readonly count: number; readonly lastMs: number }>()

  constructor(options: UnconfirmedMembersOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#members.size
  }

  add(id: string, reporter: string, nowMs: number): void {
    this.#members.set(id, { reporter, sinceMs: nowMs })
  }

  /** Whether reports and introductions by this member count. */
  trusts(id: string, nowMs: number): boolean {
    const { count, lastMs } = this.#denials.get(id) ?? { count: 0, lastMs: nowMs }
    return count < maxDenials || nowMs - lastMs >= distrustMs
  }

  /** A sync step of a peer arrived. Its facts are merged. */
  compared(from: string, message: SyncMessage, now: Instant): void {
    if (this.#members.size === 0) return
    const { table } = this.#options
    const { bucketHashes, digest } = message
    if (agrees(table, message)) this.#confirm(from, () => true)
    if (bucketHashes) {
      const differing = differingBuckets(bucketHashes, table.bucketHashes())
      this.#confirm(from, ({ bucket }) => !differing.has(bucket))
    }
    if (digest) this.#comparedDigest(from, digest, now)
  }

  /** The members that were denied since the last call. */
  takeDenied(): string[] {
    const denied = [...this.#denied]
    this.#denied.clear()
    return denied
  }

  #comparedDigest(from: string, { buckets, rows }: Digest, { monotonicMs, epochMs }: Instant): void {
    const { table, overlay } = this.#options
    const prefixes = new Set(rows.map(({ prefix }) => prefix))
    this.#confirm(from, ({ id, prefix }) => prefixes.has(prefix) || overlay.isConnected(id))
    const startedEpochMs = table.get(from)?.record.record.incarnation ?? epochMs
    // A digest of the greatest length may have been cut.
    if (epochMs - startedEpochMs < establishedMs || rows.length >= limits.maxDigestRows) return
    for (const [id, { reporter, sinceMs }] of this.#members) {
      const row = table.get(id)
      if (!row || reporter === from || monotonicMs - sinceMs < quotaWaitMs) continue
      if (buckets && !buckets.has(row.bucket)) continue
      this.#members.delete(id)
      this.#denied.add(id)
      for (const author of new Set([reporter, row.introduction?.author ?? reporter]))
        this.#countDenial(author, monotonicMs)
    }
  }

  #countDenial(id: string, nowMs: number): void {
    const count = this.trusts(id, nowMs) ? (this.#denials.get(id)?.count ?? 0) + 1 : maxDenials
    this.#denials.delete(id)
    this.#denials.set(id, { count, lastMs: nowMs })
    const [oldest] = this.#denials.keys()
    if (this.#denials.size > maxStored && oldest !== undefined) this.#denials.delete(oldest)
  }

  /** The peer has these rows. */
  #confirm(from: string, has: (row: { id: string; prefix: string; bucket: number }) => boolean): void {
    for (const [id, { reporter }] of this.#members) {
      const row = this.#options.table.get(id)
      if (!row || (reporter !== from && has(row))) this.#members.delete(id)
    }
  }
}
