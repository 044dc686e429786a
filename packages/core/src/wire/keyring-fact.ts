/**
 * Keyring fact: the keys of a cluster, sealed for members that have one of them.
 *
 * The content is sealed once for each key that may open it, with XChaCha20-Poly1305 and a random nonce. The sealing key
 * comes from the key by HKDF. The cluster and the version are authenticated, too, so a box opens in its own fact only. A
 * member that has none of the keys learns the version and the size.
 */
import { xchacha20poly1305 } from '@noble/ciphers/chacha.js'
import { expand, hkdf } from '@noble/hashes/hkdf.js'
import { sha256 } from '@noble/hashes/sha2.js'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { isCount } from './checks.ts'
import type { PolicyBody } from './fact.ts'
import { KeyringContent as Message } from './keyring-messages.ts'

export type KeyringBody = PolicyBody & { readonly type: 'keyring' }

/** One key of a cluster. */
export interface KeyringKey {
  /** 32 bytes, which stand for a secret in this cluster. */
  readonly key: Uint8Array
  /** 16 hexadecimal digits, from which the key cannot be computed. */
  readonly fingerprint: string
  /** When it was added, by the clock of the member that added it; 0: it was there from the start. */
  readonly addedEpochMs: number
}

export interface KeyringContent {
  /** 1 to 4 keys; the first one is the primary key. */
  readonly keys: readonly KeyringKey[]
  /** The fingerprints of removed keys, at most 32, the latest last. */
  readonly removed: readonly string[]
  /** The key that hides the names of topics: that of the first key of the cluster. */
  readonly topics: Uint8Array
}

export const maxKeys = 4
export const maxRemovedKeys = 32
const keyBytes = 32
const nonceBytes = 24
/** One key and the key of the topics. */
const minContentBytes = 2 * keyBytes
const fingerprintBytes = 8

/** @param key 32 bytes that stand for a secret */
export function keyringKey(key: Uint8Array, addedEpochMs: number): KeyringKey {
  const bytes = expand(sha256, key, fromString('hearsay/2 keyring fingerprint'), fingerprintBytes)
  return { key, fingerprint: toText(bytes, 'base16'), addedEpochMs }
}

/** The key that proves in a handshake that somebody knows a removed key. @param fingerprint that of the removed key */
export function removedKey(fingerprint: string): Uint8Array {
  const info = fromString('hearsay/2 removed key')
  return hkdf(sha256, fromString(fingerprint, 'base16'), undefined, info, keyBytes)
}

/**
 * @param cluster the cluster tag
 * @param openers the keys that open the fact, at most 8
 * @param nonce returns 24 random bytes that were never used before
 */
export function sealKeyring(
  cluster: Uint8Array,
  version: number,
  content: KeyringContent,
  openers: readonly KeyringKey[],
  nonce: () => Uint8Array,
): KeyringBody {
  const bytes = Message.encode({
    keys: content.keys.map(({ key, addedEpochMs }) => ({
      key: key as Uint8Array<ArrayBuffer>,
      addedEpochMs,
    })),
    removed: content.removed.map(fingerprint => fromString(fingerprint, 'base16') as Uint8Array<ArrayBuffer>),
    topics: content.topics as Uint8Array<ArrayBuffer>,
  })
  const boxes = openers.map(({ key }) => {
    const random = nonce()
    return concat([random, cipherOf(key, random, cluster, version).encrypt(bytes)])
  })
  return { type: 'keyring', version, boxes }
}

/** A key of 32 bytes → the key that seals. */
const sealingKeys = new WeakMap<Uint8Array, Uint8Array>()

function sealingKey(key: Uint8Array): Uint8Array {
  const known = sealingKeys.get(key)
  if (known) return known
  const derived = expand(sha256, key, fromString('hearsay/2 keyring sealing'), keyBytes)
  sealingKeys.set(key, derived)
  return derived
}

/** The content of the fact; undefined if none of the keys opens it, or the content is invalid. */
export function openKeyring(
  cluster: Uint8Array,
  { version, boxes }: KeyringBody,
  keys: readonly KeyringKey[],
): KeyringContent | undefined {
  for (const box of boxes) {
    if (box.length < nonceBytes + minContentBytes) continue
    for (const { key } of keys) {
      const bytes = opened(cipherOf(key, box.subarray(0, nonceBytes), cluster, version), box)
      if (bytes) return decoded(bytes)
    }
  }
  return undefined
}

type Cipher = ReturnType<typeof xchacha20poly1305>

function cipherOf(key: Uint8Array, nonce: Uint8Array, cluster: Uint8Array, version: number): Cipher {
  return xchacha20poly1305(
    sealingKey(key),
    nonce,
    concat([fromString('hearsay/2 keyring\n'), cluster, numberBytes(version)]),
  )
}

function opened(cipher: Cipher, box: Uint8Array): Uint8Array | undefined {
  try {
    return cipher.decrypt(box.subarray(nonceBytes))
  } catch {
    return undefined
  }
}

function decoded(bytes: Uint8Array): KeyringContent | undefined {
  try {
    const limits = { keys: maxKeys, removed: maxRemovedKeys }
    const { keys, removed, topics } = Message.decode(bytes, { limits })
    const isValid =
      keys.length > 0 &&
      keys.every(({ key, addedEpochMs }) => key.length === keyBytes && isCount(addedEpochMs)) &&
      removed.every(({ length }) => length === fingerprintBytes) &&
      topics.length === keyBytes
    if (!isValid) return undefined
    return {
      keys: keys.map(({ key, addedEpochMs }) => keyringKey(key, addedEpochMs)),
      removed: removed.map(fingerprint => toText(fingerprint, 'base16')),
      topics,
    }
  } catch {
    return undefined
  }
}

function numberBytes(number: number): Uint8Array {
  const bytes = new Uint8Array(8)
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number))
  return bytes
}
