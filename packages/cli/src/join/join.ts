/** `hearsay join` and `hearsay relay`: run one member from its start until it leaves. */
import type { Cluster } from '@hearsay/core'
import type { ControlSocket } from '@hearsay/port/node'
import { type ControlFlags, controlFolder } from '../attach/options.ts'
import { leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { followMembers } from '../member/member-events.ts'
import { joinOptions, type MemberFlags } from '../member/options.ts'
import { startMember } from '../member/start-member.ts'
import { endProcess, outputClosed } from '../terminal/output.ts'
import { jsonLines } from './json-lines.ts'

/** 3 s (our choice): enough for a bootstrap member that starts slowly, and soon enough to show a wrong address. */
const unansweredMs = 3_000

export interface JoinFlags extends MemberFlags, ControlFlags {
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
    const control = flags.control === false ? undefined : serveControlSocket(member, flags)
    await Promise.race([stop, hasLeft(member)])
    await leaveWithin(member)
    await (await control)?.close()
  }
  await endProcess(0)
}

/** A member without a control socket is still a member. */
async function serveControlSocket(member: Cluster, flags: ControlFlags): Promise<ControlSocket | undefined> {
  const { serveControl } = await import('./control-server.ts')
  try {
    return await serveControl(member, controlFolder(flags))
  } catch (error) {
    console.error(`hearsay: other commands cannot ask this member: ${(error as Error).message}`)
    return undefined
  }
}

/** Another command let the member leave. */
function hasLeft({ members, self: { id } }: Cluster): Promise<void> {
  return new Promise(resolve => {
    members.subscribe(() => {
      if (members.getSnapshot().find(member => member.id === id)?.status === 'left') resolve()
    })
  })
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
