/** Plain object: apart from `json.ts`, which is loaded with the first room, because options are checked with it too. */

/** An object that is not of a class, whatever realm it is from. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return true
  return Object.getPrototypeOf(prototype) === null
}
