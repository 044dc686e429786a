/**
 * Reserved fields: the fields of a member's presence that rooms use themselves. Apps do not see them and cannot set
 * them.
 */
import { isPlainObject } from '../wire/checks.ts'
import type { Json } from '../wire/json.ts'

/** Which documents the member has open. */
export const documentsField = 'documents:'
/** Which holders of its documents the member could not dial. */
export const unreachableField = 'unreachable:'
/** The member's awareness in one document. The document's name follows. */
const awarenessPrefix = 'awareness:'

export function isReservedField(name: string): boolean {
  return name === documentsField || name === unreachableField || isAwarenessField(name)
}

export function awarenessField(document: string): string {
  return `${awarenessPrefix}${document}`
}

export function isAwarenessField(name: string): boolean {
  return name.startsWith(awarenessPrefix)
}

/** The value of an awareness field: a client of the document, and that client's awareness state. */
export interface AwarenessClaim {
  readonly client: number
  readonly state: { readonly [key: string]: Json }
}

/** @returns undefined: the value is no awareness claim */
export function readAwarenessClaim(value: Json | undefined): AwarenessClaim | undefined {
  if (!isPlainObject(value)) return undefined
  const { client, state } = value
  if (typeof client !== 'number' || !Number.isInteger(client) || client < 0) return undefined
  return isPlainObject(state) ? { client, state } : undefined
}
