/**
 * Reserved fields: the fields of a member's presence that rooms use themselves. Apps do not see them and cannot set
 * them.
 */
import { isPlainObject } from '../wire/checks.ts'
import type { Json } from '../wire/json.ts'
import { isViewAwarenessField, isViewField, readViewField } from './view-fields.ts'

/** Which documents the member has open. */
export const documentsField = 'documents:'
/** Which holders of its documents the member could not dial. */
export const unreachableField = 'unreachable:'
/**
 * In a room with writers: whether the member has all signed changes of the documents. The prefix is that of views, so that
 * members of earlier releases hide the field from their apps, too.
 */
export const signedField = 'view:=signed'
/** The member's awareness in one document. The document's name follows. */
const awarenessPrefix = 'awareness:'

export function isReservedField(name: string): boolean {
  return (
    name === documentsField ||
    name === unreachableField ||
    name.startsWith(awarenessPrefix) ||
    isViewField(name)
  )
}

/** Whether the field is an announcement of the room itself, which has limits of its own. */
export function isAnnouncement(name: string): boolean {
  return name === documentsField || name === unreachableField || name === signedField
}

export function awarenessField(document: string): string {
  return `${awarenessPrefix}${document}`
}

/** Whether the field is the awareness of a member or of one of its views. */
export function isAwarenessField(name: string): boolean {
  return name.startsWith(awarenessPrefix) || isViewAwarenessField(name)
}

/** Whether a change of the field may change the awareness that is shown: the awareness of a view ends with the view. */
export function concernsAwareness(name: string): boolean {
  return isAwarenessField(name) || readViewField(name)?.type === 'header'
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
