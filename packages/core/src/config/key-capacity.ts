/**
 * Key capacity: how many keys a config can have. A deleted key uses storage until it is forgotten, but does not count
 * against the limit for keys with a value.
 */

/** Keys with a value. 134 MB with the largest values and full histories. */
export const maxKeys = 1_024
/**
 * Keys with entries, deleted keys included. Twice `maxKeys`, because deleted keys are stored until their retention
 * ends, and new keys must be possible meanwhile.
 */
const maxStoredKeys = 2 * maxKeys

/**
 * Whether an entry of a new key can be added.
 *
 * @param hasValue whether the newest of these entries of a key is a value, not a deletion
 */
export function hasSpaceForKey<Entries>(
  keys: ReadonlyMap<string, Entries>,
  hasValue: (entries: Entries) => boolean,
): boolean {
  if (keys.size < maxKeys) return true
  if (keys.size >= maxStoredKeys) return false
  let withValue = 0
  for (const entries of keys.values()) if (hasValue(entries)) withValue += 1
  return withValue < maxKeys
}
