/** JSON value: as somebody types it, and as people read it. What is read can be typed again, and is the same then. */
import type { Json } from '@hearsay/core'
import { printable } from './printable.ts'

/** JSON, if it is JSON, else the text itself. */
export function typedValue(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}

/** A text as it is, unless it would be taken for something else. */
export function shownValue(value: Json): string {
  const isPlain = typeof value === 'string' && typedValue(value) === value
  return printable(isPlain ? value : JSON.stringify(value))
}
