/** Given identity: the private key of a member whose app keeps keys in a safe place. */
import { privateKeyFromRaw, publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import { concat } from 'uint8arrays/concat'
import { fromString } from 'uint8arrays/from-string'
import { StorageError } from '../../api/errors.ts'
import { identityKey } from '../../storage/member-storage.ts'
import { parseKey } from '../identity.ts'

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
