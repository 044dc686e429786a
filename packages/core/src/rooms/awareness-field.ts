/** Awareness field: the field of a member's presence that carries its awareness in one document. No app sees it. */
import type { Json } from '../wire/json.ts'

/** No app sets a field that begins so. */
export const awarenessPrefix = 'awareness:'

export function awarenessField(document: string): string {
  return `${awarenessPrefix}${document}`
}

export function isAwarenessField(name: string): boolean {
  return name.startsWith(awarenessPrefix)
}

/** What a member says in it: which client of the document it is, and that client's state. */
export interface AwarenessClaim {
  readonly client: number
  readonly state: { readonly [key: string]: Json }
}

/** Undefined: it is none. */
export function readAwarenessClaim(value: Json | undefined): AwarenessClaim | undefined {
  if (!isObject(value)) return undefined
  const { client, state } = value
  if (typeof client !== 'number' || !Number.isInteger(client) || client < 0) return undefined
  return isObject(state) ? { client, state } : undefined
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
