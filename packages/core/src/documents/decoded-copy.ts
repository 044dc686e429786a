/**
 * Decoded copy: the value that other members read, for a value that an app writes into a document.
 *
 * The copy shares no object with the original, so an app that changes the original later does not change the document.
 */
import { receivedText } from '../wire/text.ts'

/** What a copy does not have in common with its original. */
export interface CopyFaults {
  /** Yjs cannot encode the value. The copy is null. */
  isUnencodable?: boolean
  /** Other members read an empty object or undefined. */
  isUnreadable?: boolean
  /** A text has U+FFFD in place of half of a surrogate pair. */
  isHalfPair?: boolean
}

/** Our choice: far below the depth at which encoding or decoding overflows the stack. */
export const maxDepth = 1_000

/** The text with U+FFFD in place of each half of a surrogate pair. */
export function decodedText(text: string, faults: CopyFaults): string {
  if (text.isWellFormed()) return text
  faults.isHalfPair = true
  return receivedText(text)
}

/** A value that Yjs encodes in its own format for any value. */
export function decodedCopy(value: unknown, faults: CopyFaults): unknown {
  const own: CopyFaults = {}
  try {
    const copy = copyOf(value, own, [])
    if (!own.isUnencodable) {
      Object.assign(faults, own)
      return copy
    }
  } catch {
    // A getter of the app has thrown.
  }
  faults.isUnencodable = true
  return null
}

/** A value that Yjs encodes as JSON. */
export function decodedJson(value: unknown, faults: CopyFaults): unknown {
  // Only JSON's own escapes represent half of a surrogate pair, so texts remain as they are.
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value
  try {
    return JSON.parse(JSON.stringify(value))
  } catch {
    // JSON cannot represent the value: `JSON.stringify` has thrown, or has returned undefined.
    faults.isUnencodable = true
    return null
  }
}

/** @param above the objects that contain this value */
function copyOf(value: unknown, faults: CopyFaults, above: object[]): unknown {
  if (typeof value === 'string') return decodedText(value, faults)
  if (typeof value === 'bigint' && BigInt.asIntN(64, value) !== value) faults.isUnencodable = true
  if (typeof value === 'function' || typeof value === 'symbol') {
    faults.isUnreadable = true
    return undefined
  }
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return new Uint8Array(value)
  if (above.length >= maxDepth || above.includes(value)) {
    faults.isUnencodable = true
    return null
  }
  above.push(value)
  const copy = Array.isArray(value)
    ? // A hole becomes undefined. `Array.from` takes several times as long.
      [...value].map(each => copyOf(each, faults, above))
    : objectCopy(value, faults, above)
  above.pop()
  return copy
}

function objectCopy(value: object, faults: CopyFaults, above: object[]): object {
  if (Object.getPrototypeOf(value) !== Object.prototype && isBuiltIn(value)) faults.isUnreadable = true
  const copy: Record<string, unknown> = {}
  for (const key of Object.keys(value)) {
    if (key === '__proto__') faults.isUnencodable = true
    else copy[decodedText(key, faults)] = copyOf(Reflect.get(value, key), faults, above)
  }
  return copy
}

/** For example a `Date`: its content is not in properties. */
const isBuiltIn = (value: object): boolean => Object.prototype.toString.call(value) !== '[object Object]'
