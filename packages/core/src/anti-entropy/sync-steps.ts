/**
 * Sync steps: the steps of one sync between two tables.
 *
 * The answer to a step depends only on the step, the table and the heartbeat sync of the connection. A lost, late or
 * repeated step does no harm.
 * An offer contains the table hash and a heartbeat list. Equal hashes: both ends send the heartbeats that the other end
 * lacks. Different hashes: digest → delta and digest → delta. Above `bucketsAbove` members, 256 bucket hashes precede the
 * digest, and the digest covers only buckets that differ.
 */

import { deltaBeyond, digestOf } from '../table/delta.ts'
import type { HeartbeatFact } from '../table/row.ts'
import type { Table } from '../table/table.ts'
import { type FreshHeartbeat, type SyncMessage, syncMessage } from '../wire/codec.ts'
import { encodeHeartbeat } from '../wire/fact.ts'
import { differingBuckets, equalBytes } from '../wire/hashes.ts'
import type { HeartbeatSync } from './heartbeat-sync.ts'

/** Above this number of members a digest of all members costs more than one additional step. */
export const bucketsAbove = 512

export interface AnswerOptions {
  /** The approximate greatest number of bytes of facts in one message. */
  readonly maxDeltaBytes: number
  /** A whole number that grows with each answer, so that facts that did not fit come first another time. */
  readonly startAt: number
  /** Now, to decide which incarnations are plausible. */
  readonly epochMs: number
}

/** The first step of a sync. */
export function offer(table: Table, heartbeats: HeartbeatSync): SyncMessage {
  return syncMessage({ offer: true, tableHash: table.hash(), ...heartbeats.offer() })
}

/** The next step, or undefined if the sync is complete. The caller merges the facts of the message first. */
export function answer(
  table: Table,
  heartbeats: HeartbeatSync,
  message: SyncMessage,
  options: AnswerOptions,
): SyncMessage | undefined {
  const { maxDeltaBytes, startAt, epochMs } = options
  const { digest, bucketHashes, receivedUpTo } = message
  if (receivedUpTo !== undefined) heartbeats.acknowledge(receivedUpTo)
  if (digest) {
    const { facts, more } = deltaBeyond(table, digest, startAt, maxDeltaBytes, epochMs)
    if (!digest.mutual) return facts.length > 0 ? syncMessage({ facts, more }) : undefined
    const own = digestOf(table, digest.buckets, false, startAt)
    return syncMessage({ facts, digest: own.digest, more: more || own.more })
  }
  if (bucketHashes) {
    const differing = differingBuckets(bucketHashes, table.bucketHashes())
    return differing.size > 0 ? syncMessage(digestOf(table, differing, true, startAt)) : undefined
  }
  if (agrees(table, message)) return heartbeats.answer(message, maxDeltaBytes)
  if (!message.offer) return undefined
  const tableHash = table.hash()
  return table.advertised().length > bucketsAbove
    ? syncMessage({ tableHash, bucketHashes: table.bucketHashes() })
    : syncMessage({ tableHash, ...digestOf(table, undefined, true, startAt) })
}

/** Whether the peer's table equals the local one, except for heartbeats; undefined: the message has no table hash. */
export function agrees(table: Table, { tableHash }: SyncMessage): boolean | undefined {
  return tableHash && equalBytes(tableHash, table.hash())
}

/**
 * The unverified heartbeats of a message, or none if the tables differ: a message names a member by its index in the
 * table, and an index means the same member only in equal tables.
 */
export function heartbeatsIn(table: Table, message: SyncMessage): HeartbeatFact[] {
  if (message.freshHeartbeats.length === 0 || !agrees(table, message)) return []
  const rows = table.advertised()
  // Return only the greatest heartbeat of each index, because repeated indexes must not cause repeated signature
  // checks.
  const greatest = new Map<number, FreshHeartbeat>()
  for (const fresh of message.freshHeartbeats)
    if (fresh.sequence > (greatest.get(fresh.index)?.sequence ?? -1)) greatest.set(fresh.index, fresh)
  const facts: HeartbeatFact[] = []
  for (const { index, sequence, signature } of greatest.values()) {
    const row = rows[index]
    if (!row) continue
    const { incarnation } = row.record.record
    const payload = encodeHeartbeat(incarnation, sequence)
    facts.push({
      type: 'heartbeat',
      author: row.id,
      incarnation,
      sequence,
      payload,
      signature: signature.slice(),
    })
  }
  return facts
}
