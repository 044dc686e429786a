/** `hearsay join` and `hearsay relay`: one member, from its start to its goodbye. */
import type { Cluster } from '@hearsay/core'
import { leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { followMembers } from '../member/member-events.ts'
import { joinOptions, type MemberFlags } from '../member/options.ts'
import { startMember } from '../member/start-member.ts'
import { endProcess, outputClosed } from '../terminal/output.ts'
import { jsonLines } from './json-lines.ts'

/** Long enough for a slow start elsewhere, short enough that nobody looks for the mistake in the wrong place. */
const unansweredMs = 3_000

export interface JoinFlags extends MemberFlags {
  readonly relay?: boolean
}

export async function join(cluster: string, flags: JoinFlags): Promise<void> {
  // Before all else: who presses Ctrl-C during the start wants no more than that it ends.
  const stop = Promise.race([stopRequested(), outputClosed()])
  // Measuring the width of text takes a fifth of the start, so only people wait for it.
  const { ready, event } = flags.json ? jsonLines : (await import('./log.ts')).log
  const member = await Promise.race([startMember(joinOptions(cluster, flags)), stop])
  if (member) {
    ready(member)
    followMembers(member, event)
    warnOfCopy(member)
    if (flags.bootstrap) warnIfUnanswered(member, flags.bootstrap)
    await stop
    await leaveWithin(member)
  }
  await endProcess(0)
}

function warnOfCopy(member: Cluster): void {
  member.events.addEventListener('identity', ({ detail: { copied } }) => {
    console.error(
      copied
        ? 'hearsay: another process runs with the same identity: its storage was copied. Stop one of them, and delete its copy'
        : 'hearsay: no other process runs with the same identity any more',
    )
  })
}

function warnIfUnanswered(member: Cluster, bootstrap: readonly string[]): void {
  const warn = () => {
    if (member.members.getSnapshot().length > 1) return
    console.error(`hearsay: no answer from ${bootstrap.join(' or ')} yet; still trying`)
  }
  setTimeout(warn, unansweredMs)
}
