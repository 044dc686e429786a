import { generateKeyPairFromSeed } from '@libp2p/crypto/keys'
import { MemoryDatastore } from 'datastore-core'
import { expect, it } from 'vitest'
import { StorageError } from '../../../src/api/errors.ts'
import { loadIdentity } from '../../../src/libp2p/identity.ts'
import { givenIdentity } from '../../../src/libp2p/node/given-identity.ts'

const seed = new Uint8Array(32).fill(7)

/** Whether any value of the store contains these bytes. */
async function contains(datastore: MemoryDatastore, bytes: Uint8Array): Promise<boolean> {
  for await (const { value } of datastore.query({}))
    if (Buffer.from(value).includes(Buffer.from(bytes))) return true
  return false
}

it('a given identity is the same for the same bytes, and is not stored', async () => {
  const datastore = new MemoryDatastore()
  const [first, second] = [await givenIdentity(datastore, seed), await givenIdentity(datastore, seed)]
  expect(second.equals(first)).toBe(true)
  expect(first.equals(await generateKeyPairFromSeed('Ed25519', seed))).toBe(true)
  expect(await contains(datastore, seed)).toBe(false)
  await expect(loadIdentity(datastore)).rejects.toThrow(/was started with the option 'identity'/)
})

it('a store with an unencrypted identity takes no given identity', async () => {
  const datastore = new MemoryDatastore()
  const before = await loadIdentity(datastore)
  await expect(givenIdentity(datastore, seed)).rejects.toThrow(StorageError)
  expect((await loadIdentity(datastore)).equals(before)).toBe(true)
})
