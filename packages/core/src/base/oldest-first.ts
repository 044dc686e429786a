/**
 * Oldest first: maps and sets with a greatest size, in which the oldest entry makes room for a further one.
 *
 * Maps and sets have their entries in the order in which they were added. Setting the value of an existing key does not change
 * that order.
 */

/**
 * Deletes the oldest entry if there are more than `max`. Call it after each addition, so that there is never more than one
 * entry to delete.
 */
export function dropOldest<K>(entries: Map<K, unknown> | Set<K>, max: number): void {
  const [oldest] = entries.keys()
  if (entries.size > max && oldest !== undefined) entries.delete(oldest)
}

/** Sets a value and makes its entry the newest one. Deletes the oldest entry if there are more than `max`. */
export function setNewest<K, V>(entries: Map<K, V>, key: K, value: V, max: number): void {
  entries.delete(key)
  entries.set(key, value)
  dropOldest(entries, max)
}
