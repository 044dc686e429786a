/** Identity: a member's private key, stored in its datastore. A key that cannot be read is left unchanged. */

import { generateKeyPair, privateKeyFromProtobuf, privateKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { StorageError } from '../api/errors.ts'
import { identityKey } from '../storage/member-storage.ts'

/** Reads the identity, or creates and stores a new one if there is none. @throws {StorageError} it is damaged */
export async function loadIdentity(datastore: Datastore): Promise<Ed25519PrivateKey> {
  if (!(await datastore.has(identityKey))) {
    const created = await generateKeyPair('Ed25519')
    await datastore.put(identityKey, privateKeyToProtobuf(created))
    return created
  }
  const stored = await datastore.get(identityKey)
  if (isWrapped(stored))
    throw new StorageError("the identity in the store is wrapped. Give the options 'wrapKey' and 'unwrapKey'")
  return parseIdentity(stored)
}

/** Marks a wrapped identity. No unwrapped one begins with these bytes. */
export const wrappedMark: Uint8Array = fromString('hearsay wrapped key 1\n')

export function isWrapped(stored: Uint8Array): boolean {
  return wrappedMark.every((byte, i) => stored[i] === byte)
}

/** @throws {StorageError} the bytes are no unwrapped identity */
export function parseIdentity(stored: Uint8Array): Ed25519PrivateKey {
  const key = parseKey(stored)
  if (key?.type !== 'Ed25519')
    throw new StorageError(
      "the store contains no Ed25519 key as identity: it is damaged or not hearsay's, or its member was started with the option 'identity'. Give this option again, or another storage",
    )
  return key
}

/** @returns undefined: the bytes are no private key */
export function parseKey(bytes: Uint8Array): ReturnType<typeof privateKeyFromProtobuf> | undefined {
  try {
    return privateKeyFromProtobuf(bytes)
  } catch {
    return undefined
  }
}
