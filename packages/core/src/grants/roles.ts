/**
 * Roles: which roles an issuer may grant.
 *
 * A role allows something, with one exception: `reader` forbids to write. So a reader never grants less than `reader`,
 * and everybody may add it.
 */

/** May revoke, and with `mayInvite` may invite. Only the authority grants it. */
export const adminRole = 'admin'
const readerRole = 'reader'

/** Whether a member with these roles writes nothing that the cluster shares. */
export const isReader = (roles: readonly string[]): boolean => roles.includes(readerRole)

/** Whether a holder of the roles `own` may grant the roles `granted`. */
export function mayGrant(own: readonly string[], granted: readonly string[]): boolean {
  return (
    granted.every(role => role === readerRole || own.includes(role)) && (!isReader(own) || isReader(granted))
  )
}
