/**
 * Step rules: which steps ask for an answer, and what to answer where no document is open.
 *
 * They look at steps alone, so that both ends agree on which silence means that nothing passes between them.
 */
import type { DocumentStep, SpaceStep } from '../wire/space-codec.ts'
import type { ChunkedTransfers } from './documents/chunked-transfers.ts'

/** To a step about a document that is not open here: a stream about it would fill the sender's window. */
export function rejectUnopened(
  transfers: ChunkedTransfers,
  from: string,
  step: DocumentStep,
): DocumentStep[] {
  const { document, piece, mutual, stateVector } = step
  if (piece) return [transfers.cancel(from, document, piece.transfer)]
  return mutual || stateVector ? [{ document }] : []
}

/** The same offers, the first of a document with a request for an answer. */
export function requestingAnswer(steps: readonly SpaceStep[]): SpaceStep[] {
  const at = steps.findIndex(({ documents = [] }) => documents.length > 0)
  return steps.map((step, i) => {
    const [first, ...rest] = step.documents ?? []
    return i === at && first ? { ...step, documents: [{ ...first, mutual: true }, ...rest] } : step
  })
}

/** A question that is always answered, if the other end gets it and is still in the space. */
export function requestsAnswer({ storedIds, documents = [] }: SpaceStep): boolean {
  return storedIds?.mutual === true || documents.some(step => step.mutual || step.stateVector)
}

/** Of a space that was left: what was written until then is still sent on. */
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
