/** Given identity: the private key of a member whose app keeps keys in a safe place. */
import { publicKeyToProtobuf } from '@libp2p/crypto/keys'
import type { Ed25519PrivateKey } from '@libp2p/interface'
import type { Datastore } from 'interface-datastore'
import { StorageError } from '../../api/errors.ts'
import { identityKey } from '../../storage/member-storage.ts'
import { isWrapped, parseKey } from '../identity.ts'
import { keyOfSeed } from '../seed-keys.ts'

/**
 * Makes the key of a seed. The store receives the public key only, which marks it as hearsay's.
 *
 * @throws {StorageError} the store contains a private key, wrapped or not. Removing the key would not be enough: LevelDB
 *   keeps removed values in its files for a while.
 */
export async function givenIdentity(datastore: Datastore, seed: Uint8Array): Promise<Ed25519PrivateKey> {
  const key = await keyOfSeed(seed)
  const stored = (await datastore.has(identityKey)) ? await datastore.get(identityKey) : undefined
  if (stored && (parseKey(stored) || isWrapped(stored)))
    throw new StorageError(
      `storage: it contains ${isWrapped(stored) ? 'a wrapped' : 'an unencrypted'} identity already. Leave out 'identity', or give another storage`,
    )
  await datastore.put(identityKey, publicKeyToProtobuf(key.publicKey))
  return key
}
