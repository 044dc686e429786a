/** Cluster tag: 16 bytes that stand for the cluster's name wherever members prove that they mean the same one. */
import { sha256 } from '@noble/hashes/sha2.js'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'

export function clusterTag(name: string): Uint8Array {
  return sha256(fromString(`hearsay cluster\n${name}`)).slice(0, 16)
}

/** The gossipsub topic of a cluster's rumors. Says nothing of the name to those who do not know it. */
export function rumorTopic(tag: Uint8Array): string {
  return `/hearsay/rumors/1/${toText(tag, 'base32')}`
}
