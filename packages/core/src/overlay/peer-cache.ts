/**
 * Acquaintances: where others were found last, kept over a restart.
 *
 * A member that starts again and finds nobody at its bootstrap addresses tries these, a few at a time, and only
 * while it is alone: so a cluster that stopped as a whole finds itself again through any address that still holds.
 */

import { sample } from '../base/sample.ts'

/** Our choice: with 256 every member of a cluster up to that size knows of every other's last address. */
export const maxCachedPeers = 256

/** How many are tried at once. */
const maxDialsAtOnce = 8

/**
 * The addresses to keep: one of each member.
 *
 * @param groups ids, the dearest first; a member may be in several
 * @param addressesOf multiaddrs, as the member lists them
 */
export function cachedPeersOf(
  groups: readonly Iterable<string>[],
  addressesOf: (id: string) => readonly string[],
): string[] {
  const kept = new Set<string>()
  for (const ids of groups)
    for (const id of ids) {
      if (kept.size >= maxCachedPeers) return [...kept]
      const [address] = addressesOf(id)
      if (address !== undefined) kept.add(address)
    }
  return [...kept]
}

/** Some of them, drawn by chance. */
export function sampleCachedPeers(cachedPeers: readonly string[], random: () => number): string[] {
  return sample(cachedPeers, maxDialsAtOnce, random)
}
