/**
 * Text: what may be a name, a key, or a text within a value.
 *
 * It is well-formed Unicode. Half of a surrogate pair has no bytes in UTF-8: the codec would write U+FFFD in its place,
 * and others would see another text than the author does. So a member refuses to send such a text, and whatever arrives
 * is read with U+FFFD in place of each half.
 */
import { byteLength } from './byte-length.ts'

/** Why the text cannot be shared, as the end of a sentence; undefined: it can. */
export function textFault(text: unknown, maxBytes: number): string | undefined {
  if (typeof text !== 'string') return `is no text: give one of at most ${maxBytes} bytes`
  const bytes = byteLength(text)
  return bytes > maxBytes ? `has ${bytes} bytes: give at most ${maxBytes}` : halfPairFault(text)
}

/** As `textFault`, of a text of any length. */
export function halfPairFault(text: string): string | undefined {
  if (text.isWellFormed()) return undefined
  const index = text.search(/\p{Surrogate}/u)
  return `has half of a surrogate pair at index ${index}: cut texts at whole characters`
}

/** A text that arrived, as every member reads it. */
export function receivedText(text: string): string {
  return text.toWellFormed()
}
