/**
 * Space exchange: the anti-entropy steps about the facts of one space, between two of its members.
 *
 * 1. An offer contains the hash of the sender's facts and the digest of each document. If they are equal, nothing
 *    follows.
 * 2. Otherwise the receiver sends the ids of its stored facts and asks for the sender's ids.
 * 3. The sender answers with the facts that the receiver lacks and with its own ids.
 * 4. The receiver sends the facts that the sender lacks.
 *
 * Above `bucketsAbove` facts, the hashes of 256 buckets are compared before the ids. The answer to a step depends
 * only on the step's content and on the present facts, so a lost, late or repeated step does no harm.
 */
import { equalBytes } from '../wire/hashes.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import { isCollision } from './documents/document-digest.ts'
import { offerDocument } from './documents/document-exchange.ts'
import type { SpaceReplica } from './space-replica.ts'

const bucketsAbove = 512

/** @param to the member that gets the offer */
export function offerSpace(space: string, replica: SpaceReplica, to: string): SpaceStep {
  const documents = [...replica.documents.values()].filter(({ name }) => replica.mayHaveDocument(to, name))
  return { space, hash: replica.facts.hash(), documents: documents.map(sync => offerDocument(sync, to)) }
}

/** Whether an offer contains nothing that differs; undefined: the step is not an offer. */
export function agreesWithSpace(
  replica: SpaceReplica,
  { hash, documents = [] }: SpaceStep,
): boolean | undefined {
  if (!hash) return undefined
  if (!equalBytes(hash, replica.facts.hash())) return false
  return documents.every(step => {
    const sync = replica.documents.get(step.document)
    // Two contents that were written under one client id stay different: no exchange can make them equal.
    return !sync || !step.hash || equalBytes(step.hash, sync.hash()) || isCollision(step.hash, sync.hash())
  })
}

export interface FactAnswerOptions {
  /** Changes with each answer, so that the facts that did not fit are first in another answer. */
  readonly startAt: number
  /** Approximate number of bytes of facts in one step. */
  readonly maxDeltaBytes: number
}

/** The answer about facts; undefined: nothing to answer. The caller merges the facts in the step first. */
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
