/** Identity: a member's private key, given by the app or stored in its datastore. A key that cannot be read stays as it is. */

import {
  generateKeyPair,
  privateKeyFromProtobuf,
  privateKeyFromRaw,
  privateKeyToProtobuf,
  publicKeyToProtobuf,
} from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import { concat } from 'uint8arrays/concat'
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
  const key = parseKey(await datastore.get(identityKey))
  if (key?.type !== 'Ed25519')
    throw new StorageError(
      "the store contains no Ed25519 key as identity: it is damaged or not hearsay's, or its member was started with the option 'identity'",
    )
  return key
}

/**
 * Makes the key of a seed. The store receives the public key only, which marks it as hearsay's.
 *
 * @throws {StorageError} the store contains a private key. Removing the key would not be enough: LevelDB keeps removed
 *   values in its files for a while.
 */
export async function givenIdentity(datastore: Datastore, seed: Uint8Array): Promise<Ed25519PrivateKey> {
  const key = await keyOf(seed)
  if ((await datastore.has(identityKey)) && parseKey(await datastore.get(identityKey)))
    throw new StorageError(
      "storage: it contains an unencrypted identity already. Leave out 'identity', or give another storage",
    )
  await datastore.put(identityKey, publicKeyToProtobuf(key.publicKey))
  return key
}

/** The ASN.1 in front of the seed of an Ed25519 key (RFC 8410). */
const pkcs8Head = fromString('302e020100300506032b657004220420', 'base16')

/** libp2p's own function takes some 90 ms when it is first called. */
async function keyOf(seed: Uint8Array): Promise<Ed25519PrivateKey> {
  const key = await crypto.subtle.importKey('pkcs8', concat([pkcs8Head, seed]), 'Ed25519', true, ['sign'])
  const { x = '' } = await crypto.subtle.exportKey('jwk', key)
  return privateKeyFromRaw(concat([seed, fromString(x, 'base64url')])) as Ed25519PrivateKey
}

function parseKey(bytes: Uint8Array): ReturnType<typeof privateKeyFromProtobuf> | undefined {
  try {
    return privateKeyFromProtobuf(bytes)
  } catch {
    return undefined
  }
}
