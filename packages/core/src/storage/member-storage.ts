/** Member storage: the identity of a member, its incarnation and its cached peers, stored over a restart. */
import { type Datastore, Key } from 'interface-datastore'
import { maxCachedPeers } from '../overlay/peer-cache.ts'
import { StoredValue } from './stored-value.ts'

/** Key of the member's private key. */
export const identityKey: Key = new Key('/hearsay/identity')

export interface MemberStorage {
  readonly incarnation: StoredValue<number>
  /** Multiaddrs. */
  readonly cachedPeers: StoredValue<readonly string[]>
}

/** Incarnation and cached peers of a member. @param cluster the cluster tag */
export function memberStorage(datastore: Datastore, cluster: Uint8Array): MemberStorage {
  return {
    incarnation: new StoredValue<number>({
      datastore,
      cluster,
      name: 'incarnation',
      parse: parseIncarnation,
      print: String,
    }),
    cachedPeers: new StoredValue<readonly string[]>({
      datastore,
      cluster,
      name: 'acquaintances',
      parse: parseAddresses,
      print: addresses => JSON.stringify(addresses),
    }),
  }
}

function parseIncarnation(text: string): number | undefined {
  const incarnation = Number(text)
  return text !== '' && Number.isSafeInteger(incarnation) && incarnation >= 0 ? incarnation : undefined
}

/** The addresses are hints only: a member starts without those that it cannot read. */
function parseAddresses(text: string): readonly string[] {
  try {
    const addresses: unknown = JSON.parse(text)
    if (!Array.isArray(addresses)) return []
    return addresses.filter(address => typeof address === 'string').slice(0, maxCachedPeers)
  } catch {
    return []
  }
}
