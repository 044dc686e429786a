/** `hearsay join` and `hearsay relay`: run one member from its start until it leaves. */
import type { Cluster, JoinOptions } from '@hearsay/core'
import type { ControlSocket } from '@hearsay/port/node'
import { type ControlFlags, commandMessage, controlFolder } from '../attach/options.ts'
import type { ExecFlags } from '../exec/options.ts'
import type { LogFlags } from '../log/options.ts'
import { openLog, type ProcessLog } from '../log/process-log.ts'
import { hasLeft, leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { followBroadcasts, followMembers } from '../member/member-events.ts'
import { joinOptions, type MemberFlags } from '../member/options.ts'
import { startMember } from '../member/start-member.ts'
import { askForTicket, hasTerminal, hasTicket } from '../member/ticket.ts'
import { endProcess, neverWaitForReader, outputClosed, printError } from '../terminal/output.ts'
import { UsageError } from '../usage-error.ts'
import { jsonLines } from './json-lines.ts'
import type { ServedMetrics } from './metrics.ts'
import { warnIfUnanswered, warnOfCopy, warnOfProblems } from './warnings.ts'

export interface JoinFlags extends MemberFlags, ControlFlags, LogFlags, ExecFlags {
  readonly relay?: boolean
  readonly metrics?: string
}

export async function join(cluster: string | undefined, flags: JoinFlags): Promise<void> {
  // Do this first, because Ctrl-C during the start must end the process at once.
  const stop = Promise.race([stopRequested(), outputClosed()])
  const log = await openLog(flags)
  try {
    await run(cluster, flags, stop, log)
  } catch (error) {
    if (!log) throw error
    // All lines of the log have its format.
    log.write('error', (error as Error).message)
    await endProcess(error instanceof UsageError ? 2 : 1)
  }
  await endProcess(0)
}

async function run(
  cluster: string | undefined,
  flags: JoinFlags,
  stop: Promise<undefined>,
  log: ProcessLog | undefined,
): Promise<void> {
  const warn = (line: string) => (log ? log.write('warn', line) : printError(line))
  const print = neverWaitForReader(warn)
  // Measuring the width of text takes a fifth of the start, so only the text output loads it.
  const { ready, event, broadcast } = flags.json ? jsonLines : (await import('./log.ts')).log
  // Only a member with metrics loads their code.
  const served = flags.metrics === undefined ? undefined : await metricsAt(flags.metrics)
  const given = await Promise.race([optionsOf(cluster, flags), stop])
  if (!given) return
  const options = {
    ...given,
    ...(flags.relay && { relay: true }),
    ...(served && { metrics: served.metrics }),
  }
  const member = await Promise.race([startMember(options), stop])
  if (!member) return
  // A program that waits for the first line can ask this member.
  const control = flags.control === false ? undefined : await openControl(member, flags, warn)
  log?.started(member.self.id)
  log?.write('info', `ready at ${member.self.addresses.join(', ')}`)
  ready(member, served?.url)
  const commands = flags.exec && (await import('../exec/commands.ts')).runCommands(flags.exec, member, warn)
  followMembers(member, each => {
    print(() => event(each))
    log?.event(each)
    commands?.handle(each)
  })
  followBroadcasts(member, each => {
    print(() => broadcast(each))
    commands?.handle({ event: 'event', from: each.from, name: each.name, value: each.value })
  })
  warnOfCopy(member, warn)
  warnOfProblems(member, warn)
  if (flags.relay && (options.secret ?? options.ticket ?? options.authority) === undefined)
    warn("anybody who knows the cluster's name may use this relay. Give all members a secret to prevent that")
  const addresses = [
    ...(flags.bootstrap ?? []),
    ...(options.ticket === undefined ? [] : ["the ticket's addresses"]),
  ]
  if (addresses.length > 0) warnIfUnanswered(member, addresses, warn)
  await Promise.race([stop, hasLeft(member)])
  await leaveWithin(member)
  await Promise.all([control?.close(), commands?.close()])
  log?.write('info', 'left')
}

/** The options of the member. In a terminal, a user who gives nothing to join with is asked for a ticket. */
async function optionsOf(cluster: string | undefined, flags: JoinFlags): Promise<JoinOptions> {
  const isGiven =
    (cluster ?? flags.authorityFile ?? flags.secretFile) !== undefined || hasTicket(flags.ticketFile)
  const ticket = isGiven || !hasTerminal() ? undefined : await askForTicket()
  return await joinOptions(cluster, flags, ticket)
}

async function metricsAt(address: string): Promise<ServedMetrics> {
  const { serveMetrics } = await import('./metrics.ts')
  return await serveMetrics(address)
}

/** A member without a control socket is still a member. */
async function openControl(
  member: Cluster,
  flags: ControlFlags,
  warn: (line: string) => void,
): Promise<ControlSocket | undefined> {
  const { serveControl } = await import('./control-server.ts')
  try {
    return await serveControl(member, { ...controlFolder(flags), allow: { invitations: true } })
  } catch (error) {
    warn(`other commands cannot ask this member: ${commandMessage((error as Error).message)}`)
    return undefined
  }
}
