/**
 * Awareness field: the field of a member's presence that contains its awareness in one document. Apps do not see it.
 */
import type { Json } from '../wire/json.ts'

/** Apps cannot set fields with this prefix. */
export const awarenessPrefix = 'awareness:'

export function awarenessField(document: string): string {
  return `${awarenessPrefix}${document}`
}

export function isAwarenessField(name: string): boolean {
  return name.startsWith(awarenessPrefix)
}

/** The value of the field: a client of the document, and that client's awareness state. */
export interface AwarenessClaim {
  readonly client: number
  readonly state: { readonly [key: string]: Json }
}

/** @returns undefined: the value is no awareness claim */
export function readAwarenessClaim(value: Json | undefined): AwarenessClaim | undefined {
  if (!isObject(value)) return undefined
  const { client, state } = value
  if (typeof client !== 'number' || !Number.isInteger(client) || client < 0) return undefined
  return isObject(state) ? { client, state } : undefined
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
