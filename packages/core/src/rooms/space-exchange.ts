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
    documents: documents.map(sync => ({ document: sync.name, hash: sync.hash() })),
  }
}

/** Whether an offer names nothing that differs; undefined: it is no offer. */
export function agreesWithSpace(
  content: SpaceContent,
  { hash, documents = [] }: SpaceStep,
): boolean | undefined {
  if (!hash) return undefined
  if (!equalBytes(hash, content.facts.hash())) return false
  return documents.every(step => !differs(content, step))
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
  const { document, stateVector, mutual, wanted } = step
  const sync = content.documents.get(document)
  if (!sync) return undefined
  if (wanted) {
    const next = transfers.wanted(from, document, wanted, nowMs)
    return next && [next]
  }
  if (stateVector) {
    const update = sync.beyond(stateVector)
    if (!update) return undefined
    const answer = transfers.send(from, document, update, nowMs)
    return [mutual ? { ...answer, stateVector: sync.stateVector() } : answer]
  }
  return differs(content, step) ? [{ document, stateVector: sync.stateVector(), mutual: true }] : undefined
}

/** Whether it is an offer of a document that is another here. */
function differs(content: SpaceContent, { document, hash }: DocumentStep): boolean {
  const sync = content.documents.get(document)
  return hash !== undefined && sync !== undefined && !equalBytes(hash, sync.hash())
}
