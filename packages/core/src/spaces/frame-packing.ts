/**
 * Frame packing: divides steps about spaces so that the receiver accepts each frame, and facts so that it accepts each
 * rumor.
 *
 * After a long separation, two members exchange a step for each common space, up to `limits.maxSpaces`, and
 * for each document in these spaces. These steps do not fit into one frame.
 */
import { batchesOf } from '../base/arrays.ts'
import type { DocumentStep } from '../wire/document-step.ts'
import { factBytes } from '../wire/fact-envelope.ts'
import * as limits from '../wire/limits.ts'
import type { SpaceStep } from '../wire/space-codec.ts'
import type { SpaceFact } from '../wire/space-fact.ts'

/** Our choice, far below the limit: a receiver handles a frame as a whole, while all later frames wait. */
const maxBytes = 131_072
/** A longer step is divided into one step for each document. Our choice: more than a state vector or a piece needs. */
const maxStepBytes = 65_536

export function framesOf(steps: readonly SpaceStep[]): SpaceStep[][] {
  const frames: SpaceStep[][] = []
  let left = 0
  for (const step of steps.flatMap(divided)) {
    const bytes = bytesOf(step)
    const frame = frames.at(-1)
    if (frame && bytes <= left && frame.length < limits.maxSpaces) {
      frame.push(step)
      left -= bytes
    } else {
      frames.push([step])
      left = maxBytes - bytes
    }
  }
  return frames
}

/** An upper bound for the bytes that sealing adds to a message: nonce, authentication tag and length. */
const sealBytes = 64

/** The facts in as few rumors as their lengths allow, sealed or not, in the same order. */
export function rumorsOf(facts: readonly SpaceFact[]): SpaceFact[][] {
  return batchesOf(facts, limits.maxRumorBytes - sealBytes, factBytes)
}

function divided(step: SpaceStep): SpaceStep[] {
  const { space, documents = [] } = step
  const isShort = documents.length <= limits.maxDocuments && bytesOf(step) <= maxStepBytes
  if (documents.length < 2 || isShort) return [step]
  const { documents: _, ...facts } = step
  return [facts, ...documents.map(document => ({ space, documents: [document] }))]
}

/** Approximate bytes of a step, encoded: at least as many as it has. */
export function bytesOf({ facts = [], storedIds, bucketHashes, documents = [] }: SpaceStep): number {
  const factsBytes = facts.reduce((sum, fact) => sum + factBytes(fact), 0)
  const documentsBytes = documents.reduce((sum, document) => sum + documentBytes(document), 0)
  const hashesBytes = bucketHashes?.length ?? 0
  return (
    sealBytes + 64 + factsBytes + documentsBytes + hashesBytes + (storedIds ? storedIds.ids.length + 64 : 0)
  )
}

function documentBytes({ document, stateVector, bucketHashes, piece }: DocumentStep): number {
  const parts = [stateVector, bucketHashes, piece?.content].map(part => part?.length ?? 0)
  return 3 * document.length + parts.reduce((sum, bytes) => sum + bytes, 96)
}
