/**
 * Unconfirmed members: members that this member took during its first contact although one peer alone reported them.
 *
 * A member is confirmed by a connection, or when the table of another established peer has it. It is denied if such a table
 * lacks it 12 s later. A denied member is dropped. If it exists, the next sync brings it again, with an introduction. A peer
 * or introducer of three denied members is not trusted for ten minutes. Peers that started a moment ago count for nothing:
 * they may themselves lack members, or have them from the same source.
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
/** Our choice: three times as long as a first contact. */
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
    const { table } = this.#options
    const startedEpochMs = table.get(from)?.record.record.incarnation ?? now.epochMs
    if (this.#members.size === 0 || now.epochMs - startedEpochMs < establishedMs) return
    const { bucketHashes, digest } = message
    if (agrees(table, message)) this.#confirm(from, () => true)
    if (bucketHashes) {
      const differing = differingBuckets(bucketHashes, table.bucketHashes())
      this.#confirm(from, ({ bucket }) => !differing.has(bucket))
    }
    if (digest) this.#comparedDigest(from, digest, now.monotonicMs)
  }

  /** The members that were denied since the last call. */
  takeDenied(): string[] {
    const denied = [...this.#denied]
    this.#denied.clear()
    return denied
  }

  #comparedDigest(from: string, { buckets, rows }: Digest, nowMs: number): void {
    const { table, overlay } = this.#options
    const prefixes = new Set(rows.map(({ prefix }) => prefix))
    this.#confirm(from, ({ id, prefix }) => prefixes.has(prefix) || overlay.isConnected(id))
    // A digest of the greatest length may have been cut.
    if (rows.length >= limits.maxDigestRows) return
    for (const [id, { reporter, sinceMs }] of this.#members) {
      const row = table.get(id)
      if (!row || reporter === from || nowMs - sinceMs < quotaWaitMs) continue
      if (buckets && !buckets.has(row.bucket)) continue
      this.#members.delete(id)
      this.#denied.add(id)
      for (const author of new Set([reporter, row.introduction?.author ?? reporter]))
        this.#countDenial(author, nowMs)
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
