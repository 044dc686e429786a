/**
 * Peer cache: the last addresses of other members, stored across restarts.
 *
 * While a restarted member has no connection, it dials some of these addresses besides its bootstrap addresses. So a
 * cluster that stopped as a whole reconnects through any address that is still valid.
 */

import { sample } from '../base/arrays.ts'

/** Our choice: in a cluster of up to 256 members, each member stores the last address of every other member. */
export const maxCachedPeers = 256

/** How many addresses are dialled at the same time. */
const maxDialsAtOnce = 8

/**
 * The addresses to store: the first address of each member, at most `maxCachedPeers` in all.
 *
 * @param groups ids, the preferred groups first; a member may be in several groups
 * @param addressesOf the multiaddrs of a member, in the member's order
 */
export function cachedPeersOf(
  groups: readonly Iterable<string>[],
  addressesOf: (id: string) => readonly string[],
): string[] {
  const addresses = new Set<string>()
  for (const ids of groups)
    for (const id of ids) {
      if (addresses.size >= maxCachedPeers) return [...addresses]
      const [address] = addressesOf(id)
      if (address !== undefined) addresses.add(address)
    }
  return [...addresses]
}

/** The addresses that were stored last. */
export class PeerCache {
  #stored = ''

  /**
   * The addresses to store now; undefined if they did not change, or if there are none: a member that is alone for a while
   * retains the addresses stored before. The parameters are those of {@link cachedPeersOf}.
   */
  changed(...parameters: Parameters<typeof cachedPeersOf>): readonly string[] | undefined {
    const addresses = cachedPeersOf(...parameters)
    if (addresses.length === 0 || addresses.join() === this.#stored) return undefined
    this.#stored = addresses.join()
    return addresses
  }
}

/** At most 8 of the addresses, chosen at random. */
export function sampleCachedPeers(cachedPeers: readonly string[], random: () => number): string[] {
  return sample(cachedPeers, maxDialsAtOnce, random)
}
