/**
 * Document exchange: the steps by which two members make their replicas of a document equal.
 *
 * offer: the digest → equal: silence, or the digest back if it was asked for → else a request: the state vector, or,
 * where that would be long, the digests of 256 buckets, whereupon the other requests what it lacks in those that
 * differ → a stream of what is beyond the request, and, if it was mutual, a request back. Every step is answered from
 * its content and from what is held now; a lost, late or repeated one does no harm.
 */
import * as Y from 'yjs'
import { equalBytes } from '../../wire/hashes.ts'
import { limits } from '../../wire/limits.ts'
import type { DocumentStep } from '../../wire/space-codec.ts'
import type { ChunkedTransfers, UpdateSource } from './chunked-transfers.ts'
import {
  bucketDigestBytes,
  DocumentDigest,
  digestBucketOf,
  digestBuckets,
  isCollision,
} from './document-digest.ts'
import type { DocumentSync } from './document-sync.ts'
import type { SyncRequest } from './sync-state.ts'
import { streamedChunks, updateChunks } from './update-chunks.ts'

const emptyDigest = new DocumentDigest(new Y.Doc()).hash()
/** Clients beyond which buckets are compared first: a state vector of 10 kB. */
const maxClientsInRequest = 1_024

export interface DocumentExchangeOptions {
  readonly sync: DocumentSync
  readonly transfers: ChunkedTransfers
  readonly nowMs: number
}

export interface DocumentAnswer {
  readonly steps: readonly DocumentStep[]
  /** Whether the document has changed. */
  readonly isNew: boolean
  /** Updates that were refused. */
  readonly rejected: number
}

/** @param to whom; a member that was not compared with yet is asked for its digest in any case */
export function offerDocument(sync: DocumentSync, to: string): DocumentStep {
  const { state, name } = sync
  const isSettled = state.isSynced && state.hasCompared(to)
  return {
    document: name,
    epoch: sync.epochs.current,
    hash: sync.hash(),
    isSynced: state.isSynced,
    mutual: !isSettled,
  }
}

/** A request to a member that is said to hold the document: what it has beyond this replica. */
export function requestDocument(
  sync: DocumentSync,
  of: Omit<SyncRequest, 'isPartial' | 'buckets'>,
  nowMs: number,
): DocumentStep {
  const document = sync.name
  const isPartial = sync.digest.clients > maxClientsInRequest
  sync.state.request({ ...of, isPartial }, nowMs)
  return isPartial
    ? { document, bucketHashes: sync.digest.bucketHashes(), mutual: true }
    : { document, stateVector: Y.encodeStateVector(sync.doc), mutual: true }
}

/** What a step of `from` means for this replica, and what to answer. */
export function answerDocument(
  options: DocumentExchangeOptions,
  from: string,
  step: DocumentStep,
): DocumentAnswer {
  const { sync, transfers, nowMs } = options
  if (step.piece) return receivePiece(options, from, step)
  if (step.ack) return withoutNews(transfers.acknowledged(from, step.ack, nowMs).map(each => each.step))
  if (step.stateVector) return withoutNews(answerRequest(options, from, step, step.stateVector))
  if (step.bucketHashes) return withoutNews(answerBuckets(options, from, step, step.bucketHashes))
  if (step.hash) return withoutNews(answerOffer(sync, from, step, step.hash, nowMs))
  return withoutNews([])
}

const withoutNews = (steps: readonly DocumentStep[]): DocumentAnswer => ({ steps, isNew: false, rejected: 0 })

function answerOffer(
  sync: DocumentSync,
  from: string,
  { isSynced = false, mutual = false }: DocumentStep,
  hash: Uint8Array,
  nowMs: number,
): DocumentStep[] {
  const { state, name } = sync
  const own = sync.hash()
  const back = { document: name, hash: own, isSynced: state.isSynced }
  if (equalBytes(own, hash)) {
    state.caughtUpWith(from, isSynced)
    return mutual ? [{ ...back, isSynced: state.isSynced }] : []
  }
  if (isCollision(own, hash)) {
    sync.reportCollision(from)
    // Nothing that could be exchanged is missing anywhere.
    state.caughtUpWith(from, false)
    return mutual ? [back] : []
  }
  const hasNothing = equalBytes(hash, emptyDigest)
  if (hasNothing || !state.mayRequest(from, hash, isSynced, nowMs)) return mutual ? [back] : []
  return [{ ...requestDocument(sync, { from, digest: hash, isSynced }, nowMs), ...back }]
}

/**
 * Requests what is lacking in the buckets that differ, and is asked for what the other lacks there. A member that may
 * not be asked for anything is sent the bucket hashes of this replica instead, and requests what it lacks.
 */
function answerBuckets(
  { sync, nowMs }: DocumentExchangeOptions,
  from: string,
  { hash, isSynced = false, mutual = false }: DocumentStep,
  theirs: Uint8Array,
): DocumentStep[] {
  const { state, name } = sync
  if (!mutual && !state.isRequesting(from)) return []
  const own = sync.digest.bucketHashes()
  const differing = differingBuckets(own, theirs)
  if (differing.size === 0)
    return answerOffer(sync, from, { document: name, isSynced, mutual }, sync.hash(), nowMs)
  const isAsking = state.isRequestingBuckets(from, differing)
  if (mutual && (isAsking || !state.mayRequest(from, hash, isSynced, nowMs)))
    return [{ document: name, bucketHashes: own, mutual: false }]
  return [{ ...requestBuckets(sync, { from, digest: hash, isSynced }, differing, nowMs), mutual }]
}

function differingBuckets(own: Uint8Array, theirs: Uint8Array): ReadonlySet<number> {
  const differing = new Set<number>()
  for (let bucket = 0; bucket < digestBuckets; bucket++) {
    const [at, end] = [bucket * bucketDigestBytes, (bucket + 1) * bucketDigestBytes]
    if (!equalBytes(own.subarray(at, end), theirs.subarray(at, end))) differing.add(bucket)
  }
  return differing
}

/**
 * As many of these buckets as one state vector may cover; the rest differs in the next exchange, too. Then the bucket
 * hashes go with it: so the other knows that what is sent may build upon something lacking in the rest.
 */
function requestBuckets(
  sync: DocumentSync,
  of: Omit<SyncRequest, 'isPartial' | 'buckets'>,
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
  // The count of clients comes first.
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

/** A whole number below 2^53 has up to so many bytes, seven bits in each. */
const maxVarintBytes = 8

function varintBytes(value: number): number {
  let bytes = 1
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) bytes += 1
  return bytes
}

function answerRequest(
  options: DocumentExchangeOptions,
  from: string,
  { buckets, bucketHashes, mutual = false, hash, isSynced = false }: DocumentStep,
  stateVector: Uint8Array,
): DocumentStep[] {
  const { sync, transfers, nowMs } = options
  const since = readStateVector(stateVector)
  if (!since) return []
  const { state, doc } = sync
  // Equal as a whole, so in each bucket.
  if (hash && equalBytes(hash, sync.hash()))
    return answerOffer(sync, from, { document: sync.name, isSynced, mutual: true }, hash, nowMs)
  const isMore = [...since].some(([client, clock]) => Y.getState(doc.store, client) < clock)
  if (isMore) state.markAhead(from)
  const steps: DocumentStep[] = []
  // A request about buckets is what the comparison of buckets led to: the question that began it is answered so. What
  // was requested already is on its way: the stream would begin anew, with these buckets alone.
  const mayAsk =
    buckets && state.isRequesting(from)
      ? !state.isRequestingBuckets(from, buckets)
      : state.mayRequest(from, hash, isSynced, nowMs)
  if (mutual && mayAsk) {
    const question = { from, digest: hash, isSynced }
    const request = buckets
      ? requestBuckets(sync, question, buckets, nowMs)
      : requestDocument(sync, question, nowMs)
    const rest = buckets && bucketHashes && { bucketHashes: sync.digest.bucketHashes() }
    steps.push({ ...request, ...rest, mutual: request.stateVector === undefined })
  }
  const source = sourceOf(sync, from, since, buckets, bucketHashes)
  return [...steps, ...transfers.answer(from, sync.name, source, nowMs).map(({ step }) => step)]
}

function sourceOf(
  sync: DocumentSync,
  to: string,
  since: ReadonlyMap<number, number>,
  buckets: ReadonlySet<number> | undefined,
  theirs: Uint8Array | undefined,
): UpdateSource {
  const includes = buckets && ((client: number) => buckets.has(digestBucketOf(client)))
  const differing = buckets && theirs && differingBuckets(sync.digest.bucketHashes(), theirs)
  const mayLack =
    differing &&
    ((client: number) => {
      const bucket = digestBucketOf(client)
      return differing.has(bucket) && !buckets.has(bucket)
    })
  // Of the state at the beginning: what is merged meanwhile, and may make this replica synced, is not in the stream.
  const isSynced = sync.state.isSyncedFor(to)
  // Clients are spread evenly over the buckets.
  const receiverClients = since.size * (buckets?.size ? digestBuckets / buckets.size : 1)
  if (!sync.isEmpty) sync.epochs.markShared()
  const { current: epoch, generation } = sync.epochs
  return {
    epoch,
    updates: sync.epochs.whileIn(
      updateChunks(sync.doc, { since, includes, mayLack, receiverClients, ...streamedChunks }),
    ),
    // A stream that ended because the document got other ids brought only a part.
    isSynced: () => isSynced && generation === sync.epochs.generation,
  }
}

function receivePiece(
  { sync, transfers, nowMs }: DocumentExchangeOptions,
  from: string,
  { document, piece }: DocumentStep,
): DocumentAnswer {
  const received = piece && transfers.received(from, document, piece, nowMs)
  if (!piece || !received) return withoutNews([])
  const { update, end, ack } = received
  const { state } = sync
  if (!piece.isAnswer) state.receivesPush(from, nowMs)
  state.received(from, piece.content.length, nowMs)
  const drops = sync.drops
  const outcome = update ? sync.apply(update) : 'stale'
  if (sync.drops > drops) state.markIncomplete(from)
  if (outcome === 'rejected') {
    state.reject(from, nowMs)
    return { steps: [transfers.cancel(from, document, piece.transfer)], isNew: false, rejected: 1 }
  }
  if (outcome === 'new' && piece.isAnswer) state.merged(from)
  // What was pushed has come, and an offer shows whether that was all.
  const isPushed = piece.isLast && !piece.isAnswer && state.isRequesting(from)
  const isMore = (end !== undefined || isPushed) && state.ended(from, end?.isSynced ?? false)
  const steps = [...(ack ? [ack] : []), ...(isMore || isPushed ? [offerDocument(sync, from)] : [])]
  return { steps, isNew: outcome === 'new', rejected: 0 }
}

function readStateVector(bytes: Uint8Array): ReadonlyMap<number, number> | undefined {
  try {
    return Y.decodeStateVector(bytes)
  } catch {
    return undefined
  }
}
