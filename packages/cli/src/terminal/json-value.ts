/** JSON values as users type and read them. Typing a printed value gives the same value again. */
import type { Json } from '@hearsay/core'
import { InvalidArgumentError } from 'commander'
import { printable } from './format.ts'

/** Stands for the standard input until a command reads it. */
export const standardInput: unique symbol = Symbol('standard input')

/** A value on the command line: `-` stands for the standard input. */
export type Typed = Json | typeof standardInput

/** The value of an argument. @throws {InvalidArgumentError} as `typedValue` */
export const typedArgument = (text: string): Typed => (text === '-' ? standardInput : typedValue(text))

/** The value, which the standard input may contain. @throws as `typedValue` and `textFromInput` */
export async function given(value: Typed): Promise<Json> {
  if (value !== standardInput) return value
  const { textFromInput } = await import('./standard-input.ts')
  return typedValue(await textFromInput())
}

/**
 * The JSON value of the text, or the text itself if it is no JSON.
 *
 * @throws {InvalidArgumentError} JSON would change a number in the text
 */
export function typedValue(text: string): Json {
  const { value, changed } = readTyped(text)
  if (changed === undefined) return value
  throw new InvalidArgumentError(`No number is ${changed}. As a text, put it in quotes: '"${changed}"'.`)
}

/** Prints a text without quotes, unless the text could be read as JSON. */
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

/**
 * False for a number that JSON changes: 1e400 becomes Infinity, and 9007199254740993 loses its last digit.
 * Fractions count as exact, because users expect that they are rounded.
 */
function isExact(value: number, source: string): boolean {
  if (!Number.isFinite(value)) return false
  return !/^-?\d+$/.test(source) || BigInt(source) === BigInt(value)
}
