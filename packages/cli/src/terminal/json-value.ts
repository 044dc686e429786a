/** JSON value: as somebody types it, and as people read it. What is read can be typed again, and is the same then. */
import type { Json } from '@hearsay/core'
import { InvalidArgumentError } from 'commander'
import { printable } from './printable.ts'

/**
 * JSON, if it is JSON, else the text itself.
 *
 * @throws {InvalidArgumentError} a number that would become another one
 */
export function typedValue(text: string): Json {
  const { value, changed } = readTyped(text)
  if (changed === undefined) return value
  throw new InvalidArgumentError(`No number is ${changed}. As a text, put it in quotes: '"${changed}"'.`)
}

/** A text as it is, unless it would be taken for something else. */
export function shownValue(value: Json): string {
  const isPlain = typeof value === 'string' && readTyped(value).value === value
  return printable(isPlain ? value : JSON.stringify(value))
}

/** @returns `changed`: a number in it that is read as another one */
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

/** 1e400 is Infinity, and 9007199254740993 has more digits than a number holds. Fractions are rounded everywhere. */
function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false
  return !/^-?\d+$/.test(source) || BigInt(source) === BigInt(value)
}
