/**
 * Space exchange: the steps of anti-entropy about the facts of one space, between two members of it.
 *
 * offer: the hash of the facts, and the digest of each document → equal: silence → else: what is held → what the other
 * lacks, and the same question back → the rest. Above `bucketsAbove` facts the hashes of 256 buckets come before the
 * list. Every step is answered from its content and from what is held now; a lost, late or repeated one does no harm.
 */
import { equalBytes } from '../wire/hashes.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import { isCollision } from './documents/document-digest.ts'
import { offerDocument } from './documents/document-exchange.ts'
import type { SpaceReplica } from './space-replica.ts'

const bucketsAbove = 512

/** @param to whom */
export function offerSpace(space: string, replica: SpaceReplica, to: string): SpaceStep {
  const documents = [...replica.documents.values()].filter(({ name }) => replica.mayHaveDocument(to, name))
  return { space, hash: replica.facts.hash(), documents: documents.map(sync => offerDocument(sync, to)) }
}

/** Whether an offer names nothing that differs; undefined: it is no offer. */
export function agreesWithSpace(
  replica: SpaceReplica,
  { hash, documents = [] }: SpaceStep,
): boolean | undefined {
  if (!hash) return undefined
  if (!equalBytes(hash, replica.facts.hash())) return false
  return documents.every(step => {
    const sync = replica.documents.get(step.document)
    // What two wrote under one client id stays different: nothing that could be exchanged is missing.
    return !sync || !step.hash || equalBytes(step.hash, sync.hash()) || isCollision(step.hash, sync.hash())
  })
}

export interface FactAnswerOptions {
  /** Moves on, so that what did not fit comes first another time. */
  readonly startAt: number
  /** Bytes of facts in one step, about. */
  readonly maxDeltaBytes: number
}

/** What to answer about facts, or undefined if there is nothing. The facts in the step are the caller's to take, first. */
export function answerFacts(
  { facts }: SpaceReplica,
  step: SpaceStep,
  { startAt, maxDeltaBytes }: FactAnswerOptions,
): Partial<SpaceStep> | undefined {
  if (step.storedIds) {
    const beyond = facts.beyond(step.storedIds, startAt, maxDeltaBytes)
    if (step.storedIds.mutual) return { ...beyond, storedIds: facts.storedIds(step.storedIds.buckets, false) }
    return beyond.facts.length > 0 ? beyond : undefined
  }
  if (step.bucketHashes) {
    const differing = facts.differing(step.bucketHashes)
    return differing.size > 0 ? { storedIds: facts.storedIds(differing, true) } : undefined
  }
  if (!step.hash || equalBytes(step.hash, facts.hash())) return undefined
  return facts.size > bucketsAbove
    ? { bucketHashes: facts.bucketHashes() }
    : { storedIds: facts.storedIds(undefined, true) }
}
