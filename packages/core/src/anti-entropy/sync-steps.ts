/**
 * Exchange: the steps of anti-entropy between two tables.
 *
 * Every step is answered from its content, the table, and of beats what the two have told each other; a lost, late
 * or repeated step does no harm.
 * offer: hash and beats → equal: the beats that either lacks → different: digest → delta and digest → delta.
 * Above `bucketsAbove` members the hashes of 256 buckets come before the digest, and only those that differ follow.
 */

import { deltaBeyond, digestOf } from '../table/delta.ts'
import type { HeartbeatFact, Table } from '../table/table.ts'
import { type FreshHeartbeat, hashBytes, type SyncMessage, syncMessage } from '../wire/codec.ts'
import { equalBytes } from '../wire/equal-bytes.ts'
import { encodeHeartbeat } from '../wire/fact.ts'
import type { HeartbeatSync } from './heartbeat-sync.ts'

/** Above this many members a digest of everybody is dearer than one more step. */
export const bucketsAbove = 512

export interface ExchangeOptions {
  /** Bytes of facts in one message, about. */
  readonly maxDeltaBytes: number
  /** A whole number that moves on, so that what did not fit comes first another time. */
  readonly startAt: number
  /** Which incarnations are believable: now, by one's own clock. */
  readonly epochMs: number
}

export function offer(table: Table, heartbeats: HeartbeatSync): SyncMessage {
  return syncMessage({ offer: true, tableHash: table.hash(), ...heartbeats.offer() })
}

/** What to say next, or undefined if this exchange is over. Facts in the message are the caller's to merge, first. */
export function answer(
  table: Table,
  heartbeats: HeartbeatSync,
  message: SyncMessage,
  options: ExchangeOptions,
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

/** Whether the other's table equals this one, beats aside; undefined if it did not say. */
export function agrees(table: Table, { tableHash }: SyncMessage): boolean | undefined {
  return tableHash && equalBytes(tableHash, table.hash())
}

/** The heartbeats in a message between tables that agree; unverified. Those of other tables name nobody here. */
export function heartbeatsIn(table: Table, message: SyncMessage): HeartbeatFact[] {
  if (message.freshHeartbeats.length === 0 || !agrees(table, message)) return []
  const members = table.advertised()
  // The greatest of each place: who names one twice gives work, not news.
  const greatest = new Map<number, FreshHeartbeat>()
  for (const fresh of message.freshHeartbeats)
    if (fresh.sequence > (greatest.get(fresh.index)?.sequence ?? -1)) greatest.set(fresh.index, fresh)
  const facts: HeartbeatFact[] = []
  for (const { index, sequence, signature } of greatest.values()) {
    const entry = members[index]
    if (!entry) continue
    const { incarnation } = entry.record.record
    const payload = encodeHeartbeat(incarnation, sequence)
    facts.push({
      type: 'heartbeat',
      author: entry.id,
      incarnation,
      sequence,
      payload,
      signature: signature.slice(),
    })
  }
  return facts
}

function differingBuckets(a: Uint8Array, b: Uint8Array): Set<number> {
  const differing = new Set<number>()
  a.forEach((byte, i) => {
    if (byte !== b[i]) differing.add(Math.floor(i / hashBytes))
  })
  return differing
}
