/**
 * Open inviter: opens the member that invites and revokes. With the key of the authority, this command starts an ephemeral
 * member. Otherwise the command attaches to the member that runs on this machine, of several to the first with the role
 * `admin`.
 */
import { asUsageError } from '../member/as-usage-error.ts'
import { joinFor, type OpenedCluster, openAsked } from './open-cluster.ts'
import { type AskFlags, controlFolder } from './options.ts'

/**
 * @param isAlone whether a member that this command starts contacts no other member
 * @throws {UsageError} no such member runs here, and there is nothing to join with
 */
export async function openInviter(flags: AskFlags, isAlone = false): Promise<OpenedCluster> {
  const { cluster, attach, authorityFile, bootstrap, ...others } = flags
  if (authorityFile === undefined) {
    const admin = attach && flags.member === undefined ? await adminOfSeveral(flags) : undefined
    return await openAsked({ ...flags, ...(admin !== undefined && { member: admin }) })
  }
  // No other member needs to dial a member that leaves at once.
  const own = { ...others, authorityFile, listen: flags.listen ?? [] }
  if (isAlone) return await joinFor(cluster, { ...own, mdns: false })
  // The key has rights that the running member may lack.
  return await openAsked({
    ...own,
    ...(cluster !== undefined && { cluster }),
    ...(bootstrap && { bootstrap }),
    attach: false,
  })
}

/**
 * The first member with the role `admin`, if several members of one cluster run here.
 *
 * @returns undefined: there is none. {@link openAsked} then chooses, or says what to do
 */
async function adminOfSeveral(flags: AskFlags): Promise<string | undefined> {
  const { cluster } = flags
  const { listControl, connectControl } = await import('./control-client.ts')
  const where = { ...(cluster !== undefined && { cluster }), ...controlFolder(flags) }
  const all = await asUsageError(listControl(where))
  const members = all.filter(({ state }) => state === 'present')
  if (members.length < 2 || members.some(member => member.cluster !== members[0]?.cluster)) return undefined
  for (const { id } of members) {
    const view = await asUsageError(connectControl({ ...where, member: id }))
    const isAdmin = view.self.roles.includes('admin')
    await view.leave()
    if (isAdmin) return id
  }
  return undefined
}
