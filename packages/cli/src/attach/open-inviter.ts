/**
 * Open inviter: the member that invites and revokes. It is the one that runs on this machine, or, with the key of the
 * authority, an ephemeral member that this command starts.
 */
import { joinFor, type OpenedCluster, openAsked } from './open-cluster.ts'
import type { AskFlags } from './options.ts'

/**
 * @param isAlone whether a member that this command starts contacts no other member
 * @throws {UsageError} no such member runs here, and there is nothing to join with
 */
export async function openInviter(flags: AskFlags, isAlone = false): Promise<OpenedCluster> {
  const { cluster, attach, authorityFile, bootstrap, ...others } = flags
  if (authorityFile === undefined) return await openAsked(flags)
  // No other member needs to dial a member that leaves at once.
  const own = { ...others, authorityFile, listen: flags.listen ?? [] }
  if (isAlone) return await joinFor(cluster, { ...own, mdns: false })
  // The key may do what the running member may not.
  return await openAsked({
    ...own,
    ...(cluster !== undefined && { cluster }),
    ...(bootstrap && { bootstrap }),
    attach: false,
  })
}
