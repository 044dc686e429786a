/**
 * Tags: hashes that identify a cluster or a space on the wire without revealing its name.
 *
 * A space is a room or a shared config.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'

export const clusterTagBytes = 16

/** The cluster tag: 16 bytes that identify the cluster in hellos, proofs and signatures. */
export function clusterTag(name: string): Uint8Array {
  return sha256(fromString(`hearsay cluster\n${name}`)).slice(0, clusterTagBytes)
}

/** `documents`: the signed changes of the documents of a room that has writers. */
export type SpaceKind = 'room' | 'config' | 'documents'

export const spaceTagBytes = 12

/** The space tag as text: 12 bytes as 24 hexadecimal digits. @param cluster the cluster tag */
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
