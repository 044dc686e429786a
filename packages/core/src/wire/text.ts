/**
 * Text: checks names, keys and texts within values.
 *
 * A shared text is well-formed Unicode. UTF-8 cannot represent half of a surrogate pair: the codec would write U+FFFD
 * instead, and other members would read a text that differs from the author's. So a member rejects such a text before
 * sending it, and replaces each half in received texts by U+FFFD.
 */
import { byteLength } from './checks.ts'

/** Why the text cannot be shared, as the predicate of a sentence; undefined if it can be shared. */
export function textFault(text: unknown, maxBytes: number): string | undefined {
  if (typeof text !== 'string') return `is not a string: give one of at most ${maxBytes} bytes`
  const bytes = byteLength(text)
  return bytes > maxBytes ? `has ${bytes} bytes: give at most ${maxBytes}` : halfPairFault(text)
}

/**
 * Why a text of any length cannot be shared, as the predicate of a sentence; undefined if it can be shared.
 */
export function halfPairFault(text: string): string | undefined {
  if (text.isWellFormed()) return undefined
  const index = text.search(/\p{Surrogate}/u)
  return `has half of a surrogate pair at index ${index}: cut texts at whole characters`
}

/**
 * The received text, in which U+FFFD replaces each half of a broken surrogate pair. Every member reads the same text.
 */
export function receivedText(text: string): string {
  return text.toWellFormed()
}
