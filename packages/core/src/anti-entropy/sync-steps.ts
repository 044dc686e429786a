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
import { type FreshBeat, hashBytes, type SyncMessage, syncMessage } from '../wire/codec.ts'
import { equalBytes } from '../wire/equal-bytes.ts'
import { encodeHeartbeat } from '../wire/fact.ts'
import type { BeatExchange } from './heartbeat-sync.ts'

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

export function offer(table: Table, beats: BeatExchange): SyncMessage {
  return syncMessage({ offer: true, tableHash: table.hash(), ...beats.offer() })
}

/** What to say next, or undefined if this exchange is over. Facts in the message are the caller's to merge, first. */
export function answer(
  table: Table,
  beats: BeatExchange,
  said: SyncMessage,
  options: ExchangeOptions,
): SyncMessage | undefined {
  const { maxDeltaBytes, startAt, epochMs } = options
  const { digest, bucketHashes, heard } = said
  if (heard !== undefined) beats.heardUpTo(heard)
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
  if (agrees(table, said)) return beats.answer(said, maxDeltaBytes)
  if (!said.offer) return undefined
  const tableHash = table.hash()
  return table.shared().length > bucketsAbove
    ? syncMessage({ tableHash, bucketHashes: table.bucketHashes() })
    : syncMessage({ tableHash, ...digestOf(table, undefined, true, startAt) })
}

/** Whether the other's table equals this one, beats aside; undefined if it did not say. */
export function agrees(table: Table, { tableHash }: SyncMessage): boolean | undefined {
  return tableHash && equalBytes(tableHash, table.hash())
}

/** The heartbeats in a message between tables that agree; unverified. Those of other tables name nobody here. */
export function heartbeatsIn(table: Table, said: SyncMessage): HeartbeatFact[] {
  if (said.freshBeats.length === 0 || !agrees(table, said)) return []
  const members = table.shared()
  // The greatest of each place: who names one twice gives work, not news.
  const greatest = new Map<number, FreshBeat>()
  for (const fresh of said.freshBeats)
    if (fresh.beat > (greatest.get(fresh.place)?.beat ?? -1)) greatest.set(fresh.place, fresh)
  const facts: HeartbeatFact[] = []
  for (const { place, beat, signature } of greatest.values()) {
    const entry = members[place]
    if (!entry) continue
    const { incarnation } = entry.record.record
    const payload = encodeHeartbeat(incarnation, beat)
    facts.push({
      type: 'heartbeat',
      author: entry.id,
      incarnation,
      beat,
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
