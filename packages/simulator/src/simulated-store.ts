/** Simulated store: what a member's disk holds. What was written is there at once, and survives the process. */
import type { KeyValues } from '@hearsay/core/host'

/** @param used somebody waits for a promise of it: time must not go on before that has been kept. */
export function simulatedStore(used: () => void): KeyValues {
  const values = new Map<string, Uint8Array>()
  return {
    async read(prefix) {
      used()
      return [...values].filter(([key]) => key.startsWith(`${prefix}/`)).sort(([a], [b]) => (a < b ? -1 : 1))
    },
    async write(changes) {
      used()
      for (const { key, value } of changes) {
        if (value) values.set(key, value)
        else values.delete(key)
      }
    },
  }
}
