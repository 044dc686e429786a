/**
 * Space exchange: the steps of anti-entropy about one space, between two members of it.
 *
 * offer: the hash of the facts and that of each document → all equal: silence → else: what is held, and the state
 * vectors of the documents that differ → what the other lacks, and the same question back → the rest. Above
 * `bucketsAbove` facts the hashes of 256 buckets come before the list. Every step is answered from its content and
 * from what is held now; a lost, late or repeated one does no harm.
 */
import { equalBytes } from '../wire/equal-bytes.ts'
import type { DocumentStep, SpaceStep } from '../wire/space-codec.ts'
import type { DocumentSync } from './document-sync.ts'
import type { SpaceContent } from './space-content.ts'
import type { Transfers } from './transfers.ts'

const bucketsAbove = 512

export interface SpaceExchangeOptions {
  readonly space: string
  readonly content: SpaceContent
  readonly transfers: Transfers
  /** Bytes of facts in one step, about. */
  readonly maxDeltaBytes: number
}

export function offerSpace({ space, content }: SpaceExchangeOptions): SpaceStep {
  const documents = [...content.documents.values()]
  return {
    space,
    hash: content.facts.hash(),
    documents: documents.map(sync => ({
      document: sync.name,
      hash: sync.hash(),
      ...(!sync.isMet && { mutual: true }),
    })),
  }
}

/** Whether an offer names nothing that differs; undefined: it is no offer. */
export function agreesWithSpace(
  content: SpaceContent,
  { hash, documents = [] }: SpaceStep,
): boolean | undefined {
  if (!hash) return undefined
  if (!equalBytes(hash, content.facts.hash())) return false
  return documents.every(step => !differs(content.documents.get(step.document), step))
}

/**
 * What to say next, or undefined if there is nothing. The facts, updates and pieces in what was said are the caller's
 * to take, first.
 *
 * @param startAt moves on, so that what did not fit comes first another time.
 */
export function answerSpace(
  options: SpaceExchangeOptions,
  from: string,
  said: SpaceStep,
  startAt: number,
  nowMs: number,
): SpaceStep | undefined {
  const { space, content, maxDeltaBytes } = options
  const { facts } = content
  const documents = (said.documents ?? []).flatMap(step => answerDocument(options, from, step, nowMs) ?? [])
  const aboutFacts = (): Partial<SpaceStep> | undefined => {
    if (said.held) {
      const beyond = facts.beyond(said.held, startAt, maxDeltaBytes)
      if (said.held.mutual) return { ...beyond, held: facts.held(said.held.buckets, false) }
      return beyond.facts.length > 0 ? beyond : undefined
    }
    if (said.bucketHashes) {
      const differing = facts.differing(said.bucketHashes)
      return differing.size > 0 ? { held: facts.held(differing, true) } : undefined
    }
    if (!said.hash || equalBytes(said.hash, facts.hash())) return undefined
    return facts.size > bucketsAbove
      ? { bucketHashes: facts.bucketHashes() }
      : { held: facts.held(undefined, true) }
  }
  const answer = aboutFacts()
  if (!answer && documents.length === 0) return undefined
  return { space, ...answer, documents }
}

function answerDocument(
  { content, transfers }: SpaceExchangeOptions,
  from: string,
  step: DocumentStep,
  nowMs: number,
): DocumentStep[] | undefined {
  const { document, hash, stateVector, mutual, wanted } = step
  const sync = content.documents.get(document)
  if (!sync) return hash && mutual ? [{ document }] : undefined
  if (wanted) {
    const next = transfers.wanted(from, document, wanted, nowMs)
    return next && [next]
  }
  if (stateVector) {
    const update = sync.beyond(stateVector)
    if (!update) return undefined
    const answer = transfers.send(from, document, update, nowMs)
    return [mutual && sync.ask(from, nowMs) ? { ...answer, stateVector: sync.stateVector() } : answer]
  }
  if (differs(sync, step))
    return sync.ask(from, nowMs) ? [{ document, stateVector: sync.stateVector(), mutual: true }] : undefined
  return hash && mutual ? [{ document, hash: sync.hash() }] : undefined
}

/** Whether it says of a document that is another here what it is there. */
function differs(sync: DocumentSync | undefined, { hash }: DocumentStep): boolean {
  return hash !== undefined && sync !== undefined && !equalBytes(hash, sync.hash())
}

/** Whether it says of a document that it is the same there. */
export function isEqual(sync: DocumentSync, { hash }: DocumentStep): boolean {
  return hash !== undefined && equalBytes(hash, sync.hash())
}

/** The answer to who asked for a document that one does not hold: its name alone. */
export function isUnheld({ hash, stateVector, update, piece, wanted }: DocumentStep): boolean {
  return !hash && !stateVector && !update && !piece && !wanted
}
