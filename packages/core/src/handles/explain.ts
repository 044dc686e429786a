/**
 * Explain: why this member sees a member or does not see it. Facts as plain sentences, most important first,
 * and a hint.
 */

import type { Explanation } from '../api/cluster.ts'
import type { Instant } from '../base/clock.ts'
import type { GrantsEnd } from '../member/expulsions.ts'
import type { Member } from '../member/member.ts'
import type { MembershipMachine } from '../member/membership-machine.ts'

export function explain(machine: MembershipMachine, id: string, now: Instant): Explanation {
  const member = machine.member(id)
  if (!member) {
    const facts = ['No record of this member was received, or it was removed.']
    return {
      id,
      status: 'unknown',
      connected: false,
      facts,
      hint: machine.health().full
        ? 'The table is full of members that are present: no other member can be shown.'
        : 'Is it in the same cluster, and can it reach any member of the cluster?',
    }
  }
  const connected = machine.overlay.isConnected(id)
  const { identityCopied, grantsEnd } = machine.health()
  const isCopied = machine.isSelf(id) && identityCopied
  const facts = [
    ...(grantsEnd ? [`This member is no longer in its cluster, ${causes[grantsEnd]}.`] : []),
    ...(isCopied ? ['Another process runs with the same identity: its storage was copied.'] : []),
    ...statusFacts(machine, member, now),
    `Its incarnation is ${member.incarnation}; addresses where it can be dialled: ${member.addresses.length}.`,
  ]
  return {
    id,
    status: member.status,
    connected,
    facts,
    hint: isCopied ? copiedHint : grantsEnd ? hints[grantsEnd] : hintFor(member.status, connected),
  }
}

const causes: Readonly<Record<GrantsEnd, string>> = {
  expired: 'because its ticket has expired',
  'ticket-revoked': 'because its ticket was revoked',
  revoked: 'because it was revoked itself',
}

const newTicketHint = 'Ask for a new ticket, and give it to `renew` or as the option `ticket`.'
const hints: Readonly<Record<GrantsEnd, string>> = {
  expired: newTicketHint,
  'ticket-revoked': newTicketHint,
  revoked: 'Ask for a new ticket, and join with another identity, in another storage.',
}

function statusFacts(machine: MembershipMachine, { id, status }: Member, now: Instant): readonly string[] {
  if (machine.isSelf(id)) return ['This is the member that answers. Its health says how it is doing.']
  return status === 'left' ? leaveFacts(machine, id, now) : livenessFacts(machine, id, now)
}

const copiedHint =
  'Stop one of the two processes, and delete its copy of the storage folder: it then starts with its own identity.'

function leaveFacts(machine: MembershipMachine, id: string, now: Instant): string[] {
  const leftEpochMs = machine.table.get(id)?.record.record.leftEpochMs ?? now.epochMs
  return [`It left ${seconds(now.epochMs - leftEpochMs)} ago.`]
}

/** Facts about a member that has not announced a leave. */
function livenessFacts(machine: MembershipMachine, id: string, now: Instant): string[] {
  const facts: string[] = []
  const { heartbeat, suspicions } = machine.table.get(id) ?? {}
  const verdict = machine.detector.status(id)
  const claims = suspicions?.claims ?? []
  const refused = claims.filter(claim => claim.refused).length
  if (claims.length > refused)
    facts.push(`It did not answer a probe: ${reports(claims.length - refused)} it.`)
  if (refused > 0)
    facts.push(
      `Its host refuses connections at its port: ${reports(refused)} it. Probably its process has ended.`,
    )
  if (verdict?.type === 'suspect')
    facts.push(`Unless it answers, it counts as dead in ${seconds(verdict.deadlineMs - now.monotonicMs)}.`)
  const indirectMs = machine.indirectMs(id, now.monotonicMs)
  if (indirectMs !== undefined && verdict?.type === 'alive')
    facts.push(
      `It has not answered this member directly for ${seconds(indirectMs)}, but others reach it: the network between the two machines loses packets.`,
    )
  if (machine.overlay.isConnected(id)) facts.push('This member is connected to it.')
  else if (machine.overlay.isUndialable(id))
    facts.push(
      'It cannot be dialled from here: a NAT or a firewall is probably in between. It can dial this member.',
    )
  else if (verdict?.type === 'dead' || machine.overlay.isNeighbour(id))
    facts.push('This member has no connection to it.')
  else facts.push('This member has no connection to it and needs none: other members monitor it.')
  const attention = attentionText(machine, id, now)
  if (attention !== undefined) facts.push(`${attention}: it asked other members not to suspect its silence.`)
  const receivedEpochMs = machine.lastHeartbeatEpochMs(id, now)
  if (receivedEpochMs !== undefined && heartbeat)
    facts.push(
      `Its last heartbeat, number ${heartbeat.sequence}, was received ${seconds(now.epochMs - receivedEpochMs)} ago.`,
    )
  if (machine.detector.graceUntilMs() > now.monotonicMs)
    facts.push('This member was paused a moment ago and suspects nobody yet.')
  return facts
}

function attentionText(machine: MembershipMachine, id: string, now: Instant): string | undefined {
  const attention = machine.member(id)?.attention
  switch (attention?.state) {
    case undefined:
      return undefined
    case 'active':
      return machine.table.get(id)?.record.record.attention.leaseMs
        ? 'Its page is in the background, and its user sees it in another tab'
        : undefined
    case 'hidden':
      return 'Its page is in the background'
    case 'frozen':
      return 'Its page is frozen'
    case 'asleep':
      return `It has been asleep for ${seconds(now.epochMs - attention.sinceMs)}`
  }
}

function hintFor(status: Explanation['status'], connected: boolean): string | undefined {
  switch (status) {
    case 'alive':
    case 'unknown':
      return undefined
    case 'suspect':
      return connected
        ? 'It is connected but silent: is its process stopped or busy?'
        : 'Is its process running?'
    case 'dead':
      return 'If only the network fails, it becomes alive again once it is reachable.'
    case 'left':
      return 'It becomes alive when it joins again.'
  }
}

const reports = (members: number): string =>
  members === 1 ? '1 member reports' : `${members} members report`

function seconds(ms: number): string {
  return `${(Math.max(0, ms) / 1000).toFixed(1)} s`
}
