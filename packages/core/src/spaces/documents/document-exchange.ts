/**
 * Document exchange: the steps by which two members make their replicas of a document equal.
 *
 * 1. An offer contains the digest of the sender's replica. A receiver whose replica has the same digest sends no answer,
 *    unless the offer asks for one.
 * 2. If the digests differ, the receiver sends a request with its state vector. If the state vector would be long, the
 *    receiver sends the digests of 256 buckets instead, and the other member requests what it lacks in the buckets that
 *    differ.
 * 3. The answer is a stream of everything beyond the request. If the request was mutual, the answer includes a request
 *    in the other direction.
 *
 * The answer to a step depends only on the step's content and on the present replica, so a lost, late or repeated step
 * does no harm.
 */
import * as Y from 'yjs'
import type { DocumentStep, Piece } from '../../wire/document-step.ts'
import { differingBuckets, equalBytes } from '../../wire/hashes.ts'
import { streamedChunks } from './chunk-sizes.ts'
import type { ChunkedTransfers } from './chunked-transfers.ts'
import { type ClientRates, clientRetryMs, declaredClients, maxClientsAtOnce } from './client-rates.ts'
import { DocumentDigest, digestBucketOf, digestBuckets, isCollision } from './document-digest.ts'
import type { DocumentSync } from './document-sync.ts'
import type { UpdateSource } from './piece-stream.ts'
import { requestBuckets, requestDocument } from './sync-requests.ts'
import { updateChunks } from './update-chunks.ts'

const emptyDigest = new DocumentDigest(new Y.Doc()).hash()

export interface DocumentExchangeOptions {
  readonly sync: DocumentSync
  readonly transfers: ChunkedTransfers
  readonly clientRates: ClientRates
  readonly nowMs: number
}

export interface DocumentAnswer {
  readonly steps: readonly DocumentStep[]
  /** Whether the document has changed. */
  readonly isNew: boolean
  /** Number of rejected updates. */
  readonly rejected: number
  /** Number of updates that exceeded a rate. */
  readonly limited: number
}

/** An answer that changes nothing. */
export const withoutChange = (steps: readonly DocumentStep[]): DocumentAnswer => ({
  steps,
  isNew: false,
  rejected: 0,
  limited: 0,
})

/**
 * @param to the receiver. The offer asks for the receiver's digest, unless this replica is synced and was already
 *   compared with the receiver's replica.
 */
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

/** Handles a step of `from` and returns the answer. */
export function answerDocument(
  options: DocumentExchangeOptions,
  from: string,
  step: DocumentStep,
): DocumentAnswer {
  const { sync, transfers, nowMs } = options
  if (step.piece) return receivePiece(options, from, step)
  if (step.ack) return withoutChange(transfers.acknowledged(from, step.ack, nowMs).map(each => each.step))
  if (step.stateVector) return withoutChange(answerRequest(options, from, step, step.stateVector))
  if (step.bucketHashes) return withoutChange(answerBuckets(options, from, step, step.bucketHashes))
  if (step.hash) return withoutChange(answerOffer(sync, from, step, step.hash, nowMs))
  return withoutChange([])
}

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
    // No exchange could bring either side content that it lacks.
    state.caughtUpWith(from, false)
    return mutual ? [back] : []
  }
  const hasNothing = equalBytes(hash, emptyDigest)
  if (hasNothing || !state.mayRequest(from, hash, isSynced, nowMs)) return mutual ? [back] : []
  return [{ ...requestDocument(sync, { from, digest: hash, isSynced }, nowMs), ...back }]
}

/**
 * Requests missing content in the buckets that differ, and asks the other member to do the same. If the other member
 * must not get a request, it gets the bucket hashes of this replica instead, and requests what it lacks.
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
  const isRequested = state.isRequestingBuckets(from, differing)
  if (mutual && (isRequested || !state.mayRequest(from, hash, isSynced, nowMs)))
    return [{ document: name, bucketHashes: own, mutual: false }]
  return [{ ...requestBuckets(sync, { from, digest: hash, isSynced }, differing, nowMs), mutual }]
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
  // Both documents have the same digest, so no bucket differs.
  if (hash && equalBytes(hash, sync.hash()))
    return answerOffer(sync, from, { document: sync.name, isSynced, mutual: true }, hash, nowMs)
  const isMore = [...since].some(([client, clock]) => Y.getState(doc.store, client) < clock)
  if (isMore) state.markAhead(from)
  const steps: DocumentStep[] = []
  // A request for buckets belongs to an exchange that is in progress, so it is permitted while this replica still
  // waits for an answer. Buckets that this replica has already requested are in transit: a new request would restart
  // the stream with the new buckets alone.
  const mayRequest =
    buckets && state.isRequesting(from)
      ? !state.isRequestingBuckets(from, buckets)
      : state.mayRequest(from, hash, isSynced, nowMs)
  if (mutual && mayRequest) {
    const target = { from, digest: hash, isSynced }
    const request = buckets
      ? requestBuckets(sync, target, buckets, nowMs)
      : requestDocument(sync, target, nowMs)
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
  // Read before the stream begins: content that is merged later may make this replica synced, but is not in
  // the stream.
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
    // If the document got new ids, the stream ended early and contains only a part of the content.
    isSynced: () => isSynced && generation === sync.epochs.generation,
  }
}

function receivePiece(
  options: DocumentExchangeOptions,
  from: string,
  { document, piece }: DocumentStep,
): DocumentAnswer {
  const { sync, transfers, nowMs } = options
  const received = piece && transfers.received(from, document, piece, nowMs)
  if (!piece || !received) return withoutChange([])
  const { update, end, ack } = received
  const { state } = sync
  if (!piece.isAnswer) state.receivesPush(from, nowMs)
  state.received(from, piece.content.length, nowMs)
  if (update && !mayAddClients(options, from, piece, update)) {
    state.postpone(from, nowMs + clientRetryMs)
    return { ...withoutChange([transfers.cancel(from, document, piece.transfer)]), limited: 1 }
  }
  const drops = sync.drops
  const outcome = update ? sync.apply(update) : 'stale'
  if (sync.drops > drops) state.markIncomplete(from)
  if (outcome === 'rejected') {
    state.reject(from, nowMs)
    return { ...withoutChange([transfers.cancel(from, document, piece.transfer)]), rejected: 1 }
  }
  if (outcome === 'new' && piece.isAnswer) state.merged(from)
  // The push is complete, and an offer shows whether anything is missing.
  const isPushed = piece.isLast && !piece.isAnswer && state.isRequesting(from)
  const isMore = (end !== undefined || isPushed) && state.ended(from, end?.isSynced ?? false)
  const steps = [...(ack ? [ack] : []), ...(isMore || isPushed ? [offerDocument(sync, from)] : [])]
  return { ...withoutChange(steps), isNew: outcome === 'new' }
}

/** Counts the clients that an update adds. An update with very many is not even decoded. */
function mayAddClients(
  { sync, clientRates, nowMs }: DocumentExchangeOptions,
  from: string,
  { isAnswer }: Piece,
  update: Uint8Array,
): boolean {
  const { state, digest } = sync
  if (isAnswer && !state.isEstablished && state.isRequesting(from)) return true
  if (declaredClients(update) > maxClientsAtOnce(digest.clients)) return false
  return clientRates.takeOfPeer(from, sync.newClients(update), digest.clients, nowMs)
}

function readStateVector(bytes: Uint8Array): ReadonlyMap<number, number> | undefined {
  try {
    return Y.decodeStateVector(bytes)
  } catch {
    return undefined
  }
}
