/** JSON values as users type and read them. Typing a printed value gives the same value again. */
import type { Json } from '@hearsay/core'
import { InvalidArgumentError } from 'commander'
import { printable } from './format.ts'

/**
 * The JSON value of the text, or the text itself if it is no JSON.
 *
 * @throws {InvalidArgumentError} JSON would change a number in it
 */
export function typedValue(text: string): Json {
  const { value, changed } = readTyped(text)
  if (changed === undefined) return value
  throw new InvalidArgumentError(`No number is ${changed}. As a text, put it in quotes: '"${changed}"'.`)
}

/** A text is printed as it is, unless it reads as JSON; then it is quoted. */
export function shownValue(value: Json): string {
  const isPlain = typeof value === 'string' && readTyped(value).value === value
  return printable(isPlain ? value : JSON.stringify(value))
}

/** @returns `changed`: a number in the text that JSON would change */
function readTyped(text: string): { value: Json; changed?: string } {
  let changed: string | undefined
  try {
    const value = JSON.parse(text, (_key, value: Json, context?: { readonly source?: string }) => {
      if (typeof value === 'number' && !isExact(value, context?.source ?? '')) changed ??= context?.source
      return value
    }) as Json
    return changed === undefined ? { value } : { value, changed }
  } catch {
    return { value: text }
  }
}

/** Infinity for 1e400, and too many digits in 9007199254740993. Fractions count as exact: rounding them is usual. */
function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false
  return !/^-?\d+$/.test(source) || BigInt(source) === BigInt(value)
}
