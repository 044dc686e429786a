/** `hearsay join` and `hearsay relay`: run one member from its start until it leaves. */
import type { Cluster } from '@hearsay/core'
import { leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { followMembers } from '../member/member-events.ts'
import { joinOptions, type MemberFlags } from '../member/options.ts'
import { startMember } from '../member/start-member.ts'
import { endProcess, outputClosed } from '../terminal/output.ts'
import { jsonLines } from './json-lines.ts'

/** 3 s (our choice): enough for a bootstrap member that starts slowly, and soon enough to show a wrong address. */
const unansweredMs = 3_000

export interface JoinFlags extends MemberFlags {
  readonly relay?: boolean
}

export async function join(cluster: string, flags: JoinFlags): Promise<void> {
  // Do this first, because Ctrl-C during the start must end the process at once.
  const stop = Promise.race([stopRequested(), outputClosed()])
  // Measuring the width of text takes a fifth of the start, so only the text output loads it.
  const { ready, event } = flags.json ? jsonLines : (await import('./log.ts')).log
  const options = joinOptions(cluster, flags)
  const member = await Promise.race([startMember(options), stop])
  if (member) {
    ready(member)
    followMembers(member, event)
    warnOfCopy(member)
    if (flags.relay && options.secret === undefined)
      console.error(
        "hearsay: anybody who knows the cluster's name may use this relay. Give all members a secret to prevent that",
      )
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
    const { admissionError } = member.health.getSnapshot()
    if (admissionError !== undefined) console.error(`hearsay: ${admissionError} Still trying`)
    else console.error(`hearsay: no answer from ${bootstrap.join(' or ')} yet; still trying`)
  }
  setTimeout(warn, unansweredMs)
}
