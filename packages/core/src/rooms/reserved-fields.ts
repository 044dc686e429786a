/** Reserved fields: the fields of a member's presence that no app sees or sets, because rooms use them themselves. */
import { awarenessPrefix } from './awareness-field.ts'

/** Which documents the member has open. */
export const documentsField = 'documents:'
/** Which holders of its documents the member has dialled in vain. */
export const unreachableField = 'unreachable:'

export function isReservedField(name: string): boolean {
  return name === documentsField || name === unreachableField || name.startsWith(awarenessPrefix)
}
