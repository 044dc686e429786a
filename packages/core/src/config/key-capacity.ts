/**
 * Key capacity: how many keys a config can have. A deleted key uses storage until it is forgotten, but does not count
 * against the limit for keys with a value.
 */

/** Keys with a value that the local member may write. 134 MB with the largest values and full histories. */
export const maxKeys = 1_024
/**
 * Keys with entries, deleted keys included, up to which the local member may write a new key. Twice `maxKeys`, because deleted
 * keys are stored until their retention ends, and new keys must be possible meanwhile.
 */
export const maxOwnStoredKeys: number = 2 * maxKeys
/**
 * Keys with entries, deleted keys included, that a member stores. Four times `maxKeys`: the members on each side of a partition
 * may write `maxKeys` keys, and a config has all of them when four sides are connected again. Beyond that, all members keep
 * the same keys: those whose newest entries are the latest.
 */
export const maxStoredKeys: number = 4 * maxKeys

/**
 * Whether the local member may write a new key.
 *
 * @param hasValue whether the newest of these entries of a key is a value, not a deletion
 */
export function hasSpaceForKey<Entries>(
  keys: ReadonlyMap<string, Entries>,
  hasValue: (entries: Entries) => boolean,
): boolean {
  if (keys.size < maxKeys) return true
  if (keys.size >= maxOwnStoredKeys) return false
  let withValue = 0
  for (const entries of keys.values()) if (hasValue(entries)) withValue += 1
  return withValue < maxKeys
}
