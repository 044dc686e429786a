/** JSON: what apps share as values, within bounds. */
import { limits } from './limits.ts'

/** What JSON can say. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

/** The value; undefined: it is no JSON, or deeper than anybody needs. */
export function parseJson(text: string): Json | undefined {
  try {
    const value = JSON.parse(text) as Json
    return isShallow(value, limits.maxJsonDepth) ? value : undefined
  } catch {
    return undefined
  }
}

/**
 * The value as JSON would carry it, and as text.
 *
 * @returns undefined if JSON cannot say it: a function, a BigInt, a circle, or too deep.
 */
export function printJson(value: unknown): { text: string; value: Json } | undefined {
  try {
    const text = JSON.stringify(value)
    if (text === undefined) return undefined
    const carried = parseJson(text)
    return carried === undefined ? undefined : { text, value: carried }
  } catch {
    return undefined
  }
}

function isShallow(value: Json, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return true
  if (depth === 0) return false
  for (const inner of Object.values(value)) if (!isShallow(inner, depth - 1)) return false
  return true
}
