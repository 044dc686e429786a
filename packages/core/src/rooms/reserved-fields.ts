/**
 * Reserved fields: the fields of a member's presence that rooms use themselves. Apps do not see them and cannot set
 * them.
 */
import { awarenessPrefix } from './awareness-field.ts'

/** Which documents the member has open. */
export const documentsField = 'documents:'
/** Which holders of its documents the member could not dial. */
export const unreachableField = 'unreachable:'

export function isReservedField(name: string): boolean {
  return name === documentsField || name === unreachableField || name.startsWith(awarenessPrefix)
}
