/** Member storage: what a member keeps over a restart beside its key: its incarnation, and where it found others. */
import { type Datastore, Key } from 'interface-datastore'
import { maxCachedPeers } from '../overlay/peer-cache.ts'
import { StoredValue } from './stored-value.ts'

/** Of the private key that a member is. */
export const identityKey: Key = new Key('/hearsay/identity')

export interface MemberStorage {
  readonly incarnation: StoredValue<number>
  /** Multiaddrs. */
  readonly cachedPeers: StoredValue<readonly string[]>
}

/** @param cluster the cluster tag */
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

/** Hints only: what cannot be read is no reason not to start. */
function parseAddresses(text: string): readonly string[] {
  try {
    const addresses: unknown = JSON.parse(text)
    if (!Array.isArray(addresses)) return []
    return addresses.filter(address => typeof address === 'string').slice(0, maxCachedPeers)
  } catch {
    return []
  }
}
