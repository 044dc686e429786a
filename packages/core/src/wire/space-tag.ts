/**
 * Space tag: 12 bytes that identify one space of a cluster: a room or a shared config.
 *
 * In memory the tag is a text of 24 hexadecimal digits. The tag is a hash: it does not reveal the name of the space.
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
