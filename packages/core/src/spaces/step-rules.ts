/**
 * Step rules: which steps require an answer, and how to answer steps about a document that is not open.
 *
 * The rules depend on the step alone, so both ends agree on which missing answer means that the connection is dead.
 */

import type { DocumentStep } from '../wire/document-step.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import type { ChunkedTransfers } from './documents/chunked-transfers.ts'

/**
 * Answers a step about a document that is not open: without an answer, its stream would fill the sender's
 * window.
 */
export function rejectUnopened(
  transfers: ChunkedTransfers,
  from: string,
  step: DocumentStep,
): DocumentStep[] {
  const { document, piece, mutual, stateVector } = step
  if (piece) return [transfers.cancel(from, document, piece.transfer)]
  return mutual || stateVector ? [{ document }] : []
}

/** Returns the steps unchanged, except that the first document offer asks for an answer. */
export function requestingAnswer(steps: readonly SpaceStep[]): SpaceStep[] {
  const at = steps.findIndex(({ documents = [] }) => documents.length > 0)
  return steps.map((step, i) => {
    const [first, ...rest] = step.documents ?? []
    return i === at && first ? { ...step, documents: [{ ...first, mutual: true }, ...rest] } : step
  })
}

/** Whether a receiver that is still in the space always answers this step. */
export function requestsAnswer({ storedIds, documents = [] }: SpaceStep): boolean {
  return storedIds?.mutual === true || documents.some(step => step.mutual || step.stateVector)
}

/** Whether the answer to this step may be much longer than the step. */
export function isRequest({ hash, bucketHashes, storedIds, documents = [] }: SpaceStep): boolean {
  return Boolean(hash ?? bucketHashes ?? storedIds) || documents.some(step => !isPartOfStream(step))
}

/** The step without its requests. Streams continue. */
export function withoutRequests({ space, facts = [], more = false, documents = [] }: SpaceStep): SpaceStep {
  return { space, facts, more, documents: documents.filter(isPartOfStream) }
}

const isPartOfStream = ({ piece, ack, hasNoPast }: DocumentStep): boolean =>
  piece !== undefined || ack !== undefined || hasNoPast === true

/** Continues the streams of a space that was left, so that content that was written before is still sent. */
export function continueStreams(
  transfers: ChunkedTransfers,
  from: string,
  { space, documents = [] }: SpaceStep,
  nowMs: number,
): SpaceStep[] {
  return documents.flatMap(({ ack }) =>
    ack ? transfers.acknowledged(from, ack, nowMs).map(({ step }) => ({ space, documents: [step] })) : [],
  )
}
