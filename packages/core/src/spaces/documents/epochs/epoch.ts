/**
 * Epoch: a version of a document's internal ids. Each compaction of the document begins a new epoch. An epoch
 * has a number, which each compaction increments, and an id, which identifies the content at the start of the
 * epoch.
 *
 * The id is a hash of the previous epoch and of the document's digest. So members that compact the same
 * document begin the same epoch, even if they do not know each other, and each member can check the initial
 * content of an epoch.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { compare } from 'uint8arrays/compare'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { type EpochName, epochIdBytes } from '../../../wire/epoch-name.ts'
import { equalBytes } from '../../../wire/hashes.ts'
import { clientIdOf, type EpochIds } from './id-map.ts'

/** An epoch: its number, its id, and the Yjs client id under which the epoch stores its initial content. */
export interface Epoch extends EpochName, EpochIds {}

/** The whole document at the start of an epoch, with the ids that its content had before the epoch. */
export interface Past {
  readonly parent: Epoch
  /** Yjs updates, version 1, each depending only on the updates before it. */
  readonly updates: readonly Uint8Array[]
}

/** The epoch of a document that was never compacted. */
export const firstEpoch: Epoch = named({ number: 0, id: new Uint8Array(epochIdBytes) })

export function named({ number, id }: EpochName): Epoch {
  return { number, id, client: clientIdOf(id, 'content') }
}

/** @param digest digest of the document that is compacted */
export function nextEpoch({ number, id }: Epoch, digest: Uint8Array): Epoch {
  const hash = sha256(concat([fromString(`${number + 1}`), id, digest]))
  return named({ number: number + 1, id: hash.subarray(0, epochIdBytes) })
}

export function isSameEpoch(a: EpochName | undefined, b: EpochName | undefined): boolean {
  return a === b || (a !== undefined && b !== undefined && a.number === b.number && equalBytes(a.id, b.id))
}

/** If two epochs of the same number began concurrently, the greater id is the later epoch on all members. */
export function isLaterEpoch(a: EpochName, b: EpochName): boolean {
  return a.number > b.number || (a.number === b.number && compare(a.id, b.id) > 0)
}

export function printEpoch({ number, id }: EpochName): string {
  return `${number}.${toText(id, 'base16')}`
}

export function readEpoch(text: string): EpochName | undefined {
  const [, number, id] = /^(\d{1,15})\.([0-9a-f]{32})$/.exec(text) ?? []
  return number && id ? { number: Number(number), id: fromString(id, 'base16') } : undefined
}
