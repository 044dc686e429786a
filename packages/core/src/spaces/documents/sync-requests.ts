/**
 * Sync requests: the steps by which a replica requests what it lacks: with its state vector, or with the digests of 256
 * buckets if the state vector would be long.
 *
 * Each request is noted in the sync state, so that the answer is recognised.
 */
import * as Y from 'yjs'
import type { DocumentStep } from '../../wire/document-step.ts'
import * as limits from '../../wire/limits.ts'
import { digestBucketOf } from './document-digest.ts'
import type { DocumentSync } from './document-sync.ts'
import type { SyncRequest } from './sync-state.ts'

/** For a document with more clients, members compare buckets first. The state vector of 1,024 clients has 10 kB. */
const maxClientsInRequest = 1_024

/** The member to ask, and what is known about that member's replica. */
type RequestTarget = Omit<SyncRequest, 'isPartial' | 'buckets'>

/** A request for everything that another holder has beyond this replica. */
export function requestDocument(sync: DocumentSync, of: RequestTarget, nowMs: number): DocumentStep {
  const document = sync.name
  const isPartial = sync.digest.clients > maxClientsInRequest
  sync.state.request({ ...of, isPartial }, nowMs)
  return isPartial
    ? { document, bucketHashes: sync.digest.bucketHashes(), mutual: true }
    : { document, stateVector: Y.encodeStateVector(sync.doc), mutual: true }
}

/**
 * A request for as many of these buckets as one state vector may cover. The remaining buckets still differ in the next
 * exchange, which then requests them. A request that omits buckets includes the bucket hashes. With these hashes the
 * answering member finds the content in the omitted buckets that its answer depends on.
 */
export function requestBuckets(
  sync: DocumentSync,
  of: RequestTarget,
  differing: ReadonlySet<number>,
  nowMs: number,
): DocumentStep {
  const { store } = sync.doc
  const bytesOf = new Map([...differing].map(bucket => [bucket, 0]))
  for (const client of store.clients.keys()) {
    const bucket = digestBucketOf(client)
    const known = bytesOf.get(bucket)
    if (known === undefined) continue
    bytesOf.set(bucket, known + varintBytes(client) + varintBytes(Y.getState(store, client)))
  }
  const buckets = new Set<number>()
  // The state vector begins with the number of clients.
  let left = limits.maxStateVectorBytes - maxVarintBytes
  for (const [bucket, bytes] of bytesOf) {
    left -= bytes
    if (buckets.size > 0 && left < 0) break
    buckets.add(bucket)
  }
  const covered = new Map<number, number>()
  for (const client of store.clients.keys())
    if (buckets.has(digestBucketOf(client))) covered.set(client, Y.getState(store, client))
  sync.state.request({ ...of, isPartial: true, buckets }, nowMs)
  const rest = buckets.size < differing.size && { bucketHashes: sync.digest.bucketHashes() }
  return { document: sync.name, stateVector: Y.encodeStateVector(covered), buckets, ...rest, mutual: true }
}

/** Maximum bytes of a variable-length integer below 2^53, with seven bits in each byte. */
const maxVarintBytes = 8

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1
  return bytes
}
