/** Cluster tag: 16 bytes that identify the cluster in hellos, topics and signatures, without its name. */
import { sha256 } from '@noble/hashes/sha2.js'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'

export function clusterTag(name: string): Uint8Array {
  return sha256(fromString(`hearsay cluster\n${name}`)).slice(0, 16)
}

/** The gossipsub topic of a cluster's rumors. It does not reveal the name of the cluster. */
export function rumorTopic(tag: Uint8Array): string {
  return `/hearsay/rumors/1/${toText(tag, 'base32')}`
}
