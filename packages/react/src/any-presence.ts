/** Presence of any type, for rooms whose presence type the app does not declare. */
import type { Json } from '@hearsay/core'

/** The presence fields of a member: any JSON values. */
export type AnyPresence = Record<string, Json>

/** Rejects a string or an array: spreading it would turn its characters or items into fields. @throws {TypeError} */
export function checkPresence(what: string, given: unknown): void {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    throw new TypeError(`${what}: give an object of fields, like { typing: true }`)
}
