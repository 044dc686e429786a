/**
 * Roles: which roles an issuer may grant.
 *
 * A role gives a right, with one exception: `reader` takes the right to write away. So every issuer may add `reader`, and an
 * issuer with `reader` must add it.
 */

/** May revoke, and with `mayInvite` may invite. Only the authority grants it. */
export const adminRole = 'admin'
const readerRole = 'reader'

/** Whether a member with these roles cannot write configs, documents and broadcasts of the cluster. */
export const isReader = (roles: readonly string[]): boolean => roles.includes(readerRole)

/** Whether a holder of the roles `own` may grant the roles `granted`. */
export function mayGrant(own: readonly string[], granted: readonly string[]): boolean {
  return (
    granted.every(role => role === readerRole || own.includes(role)) && (!isReader(own) || isReader(granted))
  )
}
