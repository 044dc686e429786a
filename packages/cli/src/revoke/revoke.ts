/**
 * `hearsay revoke`: ends an invitation or a membership. The running member publishes the revocation. With the key of the
 * authority, this command publishes it by a member of its own, and waits until all members agree.
 */
import type { Cluster } from '@hearsay/core'
import { decodeTicket } from '@hearsay/core/app'
import { openInviter } from '../attach/open-inviter.ts'
import type { AskFlags } from '../attach/options.ts'
import { asUsageError } from '../member/as-usage-error.ts'
import { leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { printable, shortId } from '../terminal/format.ts'
import { endProcess, printError, printJson } from '../terminal/output.ts'
import { type RevokedSubject, revokedSubject } from './revoked-subject.ts'

export async function revoke(what: string, flags: AskFlags): Promise<void> {
  const stop = stopRequested()
  const opened = await Promise.race([openInviter(flags), stop])
  if (!opened) return endProcess(1)
  const { cluster, isAttached } = opened
  let isDone: boolean | undefined
  try {
    isDone = await Promise.race([run(what, cluster, isAttached, flags), stop])
  } finally {
    await leaveWithin(cluster)
  }
  await endProcess(isDone ? 0 : 1)
}

async function run(
  what: string,
  cluster: Cluster,
  isAttached: boolean,
  { wait, json }: AskFlags,
): Promise<boolean> {
  const members = cluster.members.getSnapshot()
  const subject = await revokedSubject(members, what)
  // This member leaves at once, so another member must store the revocation.
  if (!isAttached && members.filter(({ status }) => status === 'alive').length < 2) {
    printError('nothing was revoked, because no other member is there to store it')
    return false
  }
  await asUsageError(cluster.revoke(textOf(subject)))
  if (!isAttached && !(await settled(cluster, wait * 1_000)))
    printError(
      `not all members have confirmed the revocation within ${wait} s. The others receive it from the members that have it`,
    )
  const id = idOf(subject)
  if (json) printJson({ event: 'revoked', id, cluster: cluster.name, at: Date.now() })
  else console.log(`revoked ${nameOf(subject, id)} in ${printable(cluster.name)}`)
  if (subject.type === 'member')
    printError('with its ticket, it can join again as another member. Revoke the ticket, too')
  return true
}

async function settled(cluster: Cluster, timeoutMs: number): Promise<boolean> {
  const signal = AbortSignal.timeout(timeoutMs)
  try {
    await cluster.settled({ signal })
    return true
  } catch (error) {
    if (error !== signal.reason) throw error
    return false
  }
}

function textOf(subject: RevokedSubject): string {
  switch (subject.type) {
    case 'member':
      return subject.member.id
    case 'ticket':
      return subject.ticket
    case 'id':
      return subject.id
  }
}

/** The id of the invitation or of the member; undefined: the ticket has expired. */
function idOf(subject: RevokedSubject): string | undefined {
  if (subject.type !== 'ticket') return textOf(subject)
  try {
    return decodeTicket(subject.ticket).invitation
  } catch {
    return undefined
  }
}

function nameOf(subject: RevokedSubject, id: string | undefined): string {
  switch (subject.type) {
    case 'member':
      return `the membership of ${printable(subject.member.name)} ${shortId(subject.member.id)}`
    case 'ticket':
      return `the ticket${id === undefined ? '' : ` of invitation ${id}`} and all memberships that come from it`
    case 'id':
      return id ?? ''
  }
}
