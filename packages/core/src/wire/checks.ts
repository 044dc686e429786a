/**
 * Checks: small checks of received values and of options.
 *
 * This file must not import `json.ts`, which is loaded with the first room: the checks of options need this file before.
 */

/** Whether the value is a safe integer ≥ 0. */
export function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0
}

/**
 * Whether the value is a plain object, not an instance of a class. The object may come from another realm.
 */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false
  const prototype: unknown = Object.getPrototypeOf(value)
  if (prototype === null || prototype === Object.prototype) return true
  return Object.getPrototypeOf(prototype) === null
}

/** The number of UTF-8 bytes of a text. An unpaired surrogate counts as three bytes, the size of U+FFFD. */
export function byteLength(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) bytes += 1
    else if (unit < 0x800) bytes += 2
    else if (isHighHalf(unit) && isLowHalf(text.charCodeAt(i + 1))) {
      bytes += 4
      i += 1
    } else bytes += 3
  }
  return bytes
}

const isHighHalf = (unit: number): boolean => (unit & 0xfc00) === 0xd800
const isLowHalf = (unit: number): boolean => (unit & 0xfc00) === 0xdc00
