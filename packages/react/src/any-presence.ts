/** Any presence: what members show of themselves, whatever its type. */
import type { Json } from '@hearsay/core'

/** What members show in a room of which nothing else is said. */
export type AnyPresence = Record<string, Json>

/** For apps without types: spread or assigned, a text would become fields. @throws {TypeError} */
export function checkPresence(what: string, given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(`${what}: give an object of fields, like { typing: true }`)
}
