/**
 * Cluster keys: what a member derives from the name of its cluster and, if there is one, from the cluster's secret.
 *
 * The name and the secret never leave the member. Before a peer is admitted, the member sends only values that were
 * computed with these keys, and from which the keys cannot be computed. Without a secret, the keys come from the
 * name: everybody who knows the name, or guesses it, has them.
 */
import { expand, extract } from '@noble/hashes/hkdf.js'
import { hmac } from '@noble/hashes/hmac.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { clusterTag } from './tags.ts'

const keyBytes = 32
const tokenBytes = 16

export interface ClusterKeys {
  /** The key that a member proves before it is admitted. */
  readonly admission: Uint8Array
  /** The key that hides the names of topics. */
  readonly topics: Uint8Array
  /** The token by which members find each other in a local network. */
  readonly discovery: string
}

/** The input from which the names of topics are computed. */
export type TopicKeys = Pick<ClusterKeys, 'topics'>

/**
 * @param secret the UTF-8 bytes of a string count as the secret
 * @param authority the public key of the cluster's authority
 */
export function clusterKeys(
  cluster: string,
  secret?: string | Uint8Array,
  authority?: Uint8Array,
): ClusterKeys {
  if (secret === undefined && !authority) return derived(secretKey(cluster, cluster), 'open')
  const { keyOf, keysOf } = secretKeys(cluster, authority)
  return keysOf(keyOf(secret ?? none))
}

/**
 * The key that stands for a secret in one cluster: 32 bytes, from which all other keys come and the secret cannot be computed.
 *
 * @param secret the UTF-8 bytes of a string count as the secret
 */
export function secretKey(cluster: string, secret: string | Uint8Array): Uint8Array {
  return extract(sha256, typeof secret === 'string' ? fromString(secret) : secret, clusterTag(cluster))
}

/** How a secret leads to the keys of a cluster, in two steps. */
export interface SecretKeys {
  /** The key that stands for a secret: 32 bytes, from which all other keys come and the secret cannot be computed. */
  readonly keyOf: (secret: string | Uint8Array) => Uint8Array
  /** The keys of the cluster if this key stands for its secret. */
  readonly keysOf: (key: Uint8Array) => ClusterKeys
}

/**
 * In a cluster with an authority, only the admission key depends on the secret. So a change of the secret changes no topic.
 *
 * @param authority the public key of the cluster's authority
 */
export function secretKeys(cluster: string, authority?: Uint8Array): SecretKeys {
  if (!authority)
    return { keyOf: secret => secretKey(cluster, secret), keysOf: key => derived(key, 'secret') }
  const fixed = derived(secretKey(cluster, authority), 'authority')
  return {
    keyOf: secret =>
      secretKey(cluster, concat([authority, typeof secret === 'string' ? fromString(secret) : secret])),
    keysOf: key => ({ ...fixed, admission: derived(key, 'authority').admission }),
  }
}

function derived(material: Uint8Array, mode: string): ClusterKeys {
  const key = (use: string) => expand(sha256, material, fromString(`hearsay/2 ${mode} ${use}`), keyBytes)
  return {
    admission: key('admission'),
    topics: key('topics'),
    discovery: toText(key('discovery').subarray(0, tokenBytes), 'base32'),
  }
}

const none = new Uint8Array()

/** The gossipsub topic of a cluster's rumors. */
export function rumorTopic(keys: TopicKeys): string {
  return token(keys, 'cluster')
}

/** The gossipsub topic of a space's rumors. @param space the space tag */
export function spaceTopic(keys: TopicKeys, space: string): string {
  return token(keys, `space ${space}`)
}

function token({ topics }: TopicKeys, what: string): string {
  return toText(hmac(sha256, topics, fromString(what)).subarray(0, tokenBytes), 'base32')
}
