/**
 * Checks: small checks of received values and of options.
 *
 * This file must not import `json.ts`, which is loaded only with the first room, because the checks of options need
 * this file earlier.
 */

/** Whether the value is a safe integer ≥ 0. */
export function isCount(value: number | undefined): value is number {
  return value !== undefined && Number.isSafeInteger(value) && value >= 0
}

/** The last time that a `Date` can show, in epoch milliseconds: in the year 275760. */
const lastDateMs = 8_640_000_000_000_000

/**
 * A time that another program wrote, as a time that a `Date` can show. Apps format such times, and `Date.toISOString` throws
 * for later ones.
 */
export function shownTime(epochMs: number): number {
  return Math.min(epochMs, lastDateMs)
}

/** How far a time that a member signed may be ahead of the local clock. Our choice: one day. */
export const maxAheadMs = 86_400_000

/**
 * Whether a time that a member signed is a whole number ≥ 0 and at most one day ahead of the local clock, both in
 * milliseconds since 1970.
 *
 * Incarnations and the times of config entries are such times. A member rejects a fact with an implausible time, so that no
 * member can block an id or a config key for ever. A stored time can become plausible or implausible when the local clock
 * is set.
 */
export function isPlausibleTimestamp(timestampMs: number, epochMs: number): boolean {
  return isCount(timestampMs) && timestampMs <= epochMs + maxAheadMs
}

/** September 2020. hearsay did not exist then, so a clock with an earlier time was never set. */
export const earliestEpochMs = 1_600_000_000_000

/** Whether a clock that shows this time can be right. */
export function isClockSet(epochMs: number): boolean {
  return epochMs >= earliestEpochMs
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
