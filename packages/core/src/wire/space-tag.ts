/**
 * Space tag: 12 bytes that stand for one space of a cluster, wherever members prove that they mean the same one.
 *
 * A space is what some of the members share: a room, or a shared config. In memory its tag is text, 24 hexadecimal
 * digits. It says nothing of the name to those who do not know it.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'

export type SpaceKind = 'room' | 'config'

export const spaceTagBytes = 12

/** @param cluster the cluster tag */
export function spaceTag(cluster: Uint8Array, kind: SpaceKind, name: string): string {
  const bytes = concat([fromString(`hearsay ${kind}\n`), cluster, fromString(name)])
  return spaceFromBytes(sha256(bytes).subarray(0, spaceTagBytes))
}

export function spaceFromBytes(bytes: Uint8Array): string {
  return toText(bytes, 'base16')
}

export function bytesOfSpace(tag: string): Uint8Array<ArrayBuffer> {
  return fromString(tag, 'base16')
}

/** The gossipsub topic of a space's rumors. */
export function spaceTopic(tag: string): string {
  return `/hearsay/space/1/${tag}`
}
