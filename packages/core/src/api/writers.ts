/** Writers: the option of rooms and shared configs that names the members that may write. */
import { isRole, type WriterList, writerRule } from '../spaces/writer-rule.ts'
import { InvalidOptionsError, NotAllowedError } from './errors.ts'
import { checkOptionNames } from './option-names.ts'

/**
 * The members that may write: all members, the members with these ids, or the members with this role. Roles need a cluster
 * with an authority. There, members with the role `reader` may never write.
 */
export type Writers = 'anyone' | readonly string[] | { readonly role: string }

/**
 * Checks the option `writers`.
 *
 * @param isMemberId whether a string is a member id. A view over a port leaves that to the member, because the check is large
 * @throws {InvalidOptionsError}
 */
export function checkedWriters(writers: Writers, isMemberId: (id: string) => boolean): WriterList {
  if (writers === 'anyone') return writers
  if (Array.isArray(writers)) return checkedIds(writers, isMemberId)
  if (typeof writers !== 'object' || writers === null)
    throw new InvalidOptionsError(
      "writers: give 'anyone', a list of member ids, or a role like { role: 'editor' }",
    )
  const { role } = writers as { readonly role: string }
  checkOptionNames('writers', writers as { readonly role: string }, { role: true }, "{ role: 'editor' }")
  if (typeof role !== 'string' || !/^[a-z0-9-]{1,32}$/.test(role))
    throw new InvalidOptionsError('writers: role: give 1 to 32 of the characters a-z, 0-9 and -')
  return { role }
}

function checkedIds(ids: readonly string[], isMemberId: (id: string) => boolean): ReadonlySet<string> {
  for (const id of ids)
    if (typeof id !== 'string' || !isMemberId(id))
      throw new InvalidOptionsError(
        `writers: '${String(id)}' is not a member id. Give ids like cluster.self.id`,
      )
  return new Set(ids)
}

/** Checks that roles exist in the cluster. @throws {InvalidOptionsError} */
export function checkRoles(writers: WriterList, hasAuthority: boolean): void {
  if (isRole(writers) && !hasAuthority)
    throw new InvalidOptionsError(
      `writers: no member has the role '${writers.role}', because the cluster has no authority. Give ids instead`,
    )
}

/** Whether a member may write, by its present roles. */
export function mayWrite(
  writers: WriterList,
  { id, roles }: { id: string; roles: readonly string[] },
): boolean {
  return writerRule(writers, { rolesAt: () => roles })({ author: id, epochMs: 0 })
}

/**
 * The error of a member that is not one of the writers. The error names the role that is needed, and how to get the role.
 *
 * @param what what the member may not write @param ofWhat such as `its writers`
 */
export function notWriterError(what: string, ofWhat: string, writers: WriterList): NotAllowedError {
  const role = isRole(writers) ? writers.role : undefined
  const advice =
    role === undefined
      ? ''
      : `, the members with the role '${role}' and without 'reader'. An admin makes a ticket with this role (hearsay invite --role ${role}, or cluster.invite), and hearsay renew or cluster.renew takes the ticket`
  return new NotAllowedError(`${what}: this member is not one of ${ofWhat}${advice}`)
}

/** Converts checked writers back to the option that the app passed. */
export function givenWriters(writers: WriterList): Writers {
  return writers === 'anyone' || isRole(writers) ? writers : [...writers]
}

/** Whether both name the same writers, in any order. */
export function areSameWriters(a: WriterList, b: WriterList): boolean {
  return textOf(a) === textOf(b)
}

function textOf(writers: WriterList): string {
  if (writers === 'anyone') return writers
  return JSON.stringify(isRole(writers) ? writers : [...writers].sort())
}
