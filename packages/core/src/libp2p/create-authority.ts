/** Create authority: the key that founds a cluster of invited members. */
import { memberIdFromKey } from '../wire/member-id.ts'
import { keyOfSeed } from './seed-keys.ts'

/** The key of an authority. */
export interface Authority {
  /**
   * The private key: 32 random bytes, the seed of an Ed25519 key (RFC 8032). Store it where only the founder can read it:
   * everybody who has the key can grant every role. Keep a copy: without the key, nobody can make admins.
   */
  readonly key: Uint8Array
  /** The public key, written as a member id. Not secret: it is in every ticket. */
  readonly id: string
}

/** Makes a new authority. Give its key to `joinCluster({ cluster, authority: key })` of the first member. */
export async function createAuthority(): Promise<Authority> {
  const key = crypto.getRandomValues(new Uint8Array(32))
  const { publicKey } = await keyOfSeed(key)
  return { key, id: memberIdFromKey(publicKey.raw) ?? '' }
}
