/** Change parts: splits an update of a document with writers into the bodies of signed facts. */
import { sha256 } from '@noble/hashes/sha2.js'
import { toString as toText } from 'uint8arrays/to-string'
import * as limits from '../wire/limits.ts'
import { type SpaceFactBody, updateIdBytes } from '../wire/space-fact.ts'

export interface ChangeOptions {
  readonly document: string
  readonly epochMs: number
  readonly isCheckpoint: boolean
  /** Ids of updates in several parts that a checkpoint replaces. */
  readonly replaces: readonly string[]
  /** The encoded grants of this member; undefined: the cluster has no authority. */
  readonly grants?: Uint8Array | undefined
}

/** @throws {RangeError} the update has more than `limits.maxChangeParts` parts */
export function changesOf(update: Uint8Array, { replaces, ...options }: ChangeOptions): SpaceFactBody[] {
  const count = Math.ceil(update.length / limits.maxChangeBytes)
  if (count > limits.maxChangeParts) throw new RangeError(`an update of ${update.length} bytes`)
  if (count <= 1) return [{ type: 'change', ...options, content: update, part: undefined, replaces }]
  const id = updateId(update)
  return Array.from({ length: count }, (_, index) => ({
    type: 'change',
    ...options,
    content: update.slice(index * limits.maxChangeBytes, (index + 1) * limits.maxChangeBytes),
    part: { update: id, index, count },
    replaces: index === 0 ? replaces : [],
  }))
}

/** The id of an update in several parts. */
export function updateId(update: Uint8Array): string {
  return toText(sha256(update).subarray(0, updateIdBytes), 'base16')
}
