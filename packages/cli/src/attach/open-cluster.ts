/**
 * Open cluster: attaches to a member that runs on this machine, or joins as a new member if there is none.
 *
 * A member that joins here is ephemeral, unless it has a storage: other members forget it when it has left. Attaching loads
 * neither libp2p nor a member.
 */
import type { Cluster } from '@hearsay/core'
import type { ControlMember, LogLevel, LogRecord } from '@hearsay/port/node'
import { asUsageError } from '../member/as-usage-error.ts'
import { type JoiningFlags, joinOptions, type MemberFlags } from '../member/options.ts'
import { hasTicket } from '../member/ticket.ts'
import { shortId } from '../terminal/format.ts'
import { printError } from '../terminal/output.ts'
import { UsageError } from '../usage-error.ts'
import {
  type AskFlags,
  type AttachFlags,
  type ControlFlags,
  commandMessage,
  controlFolder,
  type RunningFlags,
} from './options.ts'

export interface OpenedCluster {
  /** A view of the running member, or the member that joined. */
  readonly cluster: Cluster
  readonly isAttached: boolean
  /** Follows the log of the member's process. */
  followLog(level: LogLevel, write: (record: LogRecord, dropped: number) => void): Promise<() => void>
}

/** Opens the cluster of a command that needs no member of its own. */
export async function openAsked({ cluster, member, attach, ...flags }: AskFlags): Promise<OpenedCluster> {
  if (attach) {
    const attached = await attachTo({ ...flags, ...named({ cluster, member }) })
    if (attached) return attached
    if (member !== undefined || !namesCluster(cluster, flags))
      throw new UsageError(
        `no member${described(member)} runs here. Start one with 'hearsay join', or give --cluster, --ticket-file or --authority-file to join for this question`,
      )
  } else if (!namesCluster(cluster, flags))
    throw new UsageError(
      '--no-attach: give the cluster to join with --cluster, --ticket-file or --authority-file',
    )
  const opened = await joinFor(cluster, { ...flags, mdns: flags.mdns })
  const { untilKnown } = await import('./until-known.ts')
  if (!(await untilKnown(opened.cluster, flags.wait * 1_000)))
    printError(`no other member of '${opened.cluster.name}' answered within ${flags.wait} s`)
  return opened
}

/**
 * Opens the cluster of a command that may be a member of its own. The command joins if the command line gives a name, tags or
 * a storage for that member; otherwise it attaches to a running member if there is one.
 */
export async function openMember(
  cluster: string,
  { attach, member, ...flags }: MemberFlags & AttachFlags,
): Promise<OpenedCluster> {
  const isDescribed = [flags.name, flags.tag, flags.storage].some(each => each !== undefined)
  if (member !== undefined && (isDescribed || !attach))
    throw new UsageError('--member: leave out --name, --tag, --storage and --no-attach')
  const attached =
    attach && !isDescribed ? await attachTo({ ...flags, ...named({ cluster, member }) }) : undefined
  if (member !== undefined && !attached)
    throw new UsageError(`no member '${member}' of '${cluster}' runs here`)
  return attached ?? joinFor(cluster, flags)
}

/**
 * Connects to a running member.
 *
 * @param mayLeave whether `leave` ends the member
 * @throws {UsageError} no such member runs here, or more than one
 */
export async function openRunning(flags: RunningFlags, mayLeave = false): Promise<Cluster> {
  const { connectControl } = await import('./control-client.ts')
  const { cluster, member } = flags
  const which = { ...named({ cluster, member }), ...controlFolder(flags), only: true, mayLeave }
  try {
    return await fromControl(connectControl(which))
  } catch (error) {
    if ((error as Error).name !== 'NotRunningError') throw error
    throw new UsageError(`no member${described(member, cluster)} runs here`)
  }
}

/** Rewrites errors for users of the command, who know options of the command line, but neither functions nor their options. */
async function fromControl<T>(asked: Promise<T>): Promise<T> {
  try {
    return await asUsageError(asked)
  } catch (error) {
    throw Object.assign(error as Error, { message: commandMessage((error as Error).message) })
  }
}

/** @returns undefined: no such member runs here */
async function attachTo(
  flags: ControlFlags & { readonly cluster?: string; readonly member?: string },
): Promise<OpenedCluster | undefined> {
  const { cluster, member } = flags
  const { connectControl, followControlLog } = await import('./control-client.ts')
  const which = { ...named({ cluster, member }), ...controlFolder(flags) }
  try {
    const view = await fromControl(connectControl({ ...which, chosen }))
    const { name, self } = view
    return {
      cluster: view,
      isAttached: true,
      followLog: (level, write) =>
        followControlLog(write, { ...which, cluster: name, member: self.id, level }),
    }
  } catch (error) {
    if ((error as Error).name === 'NotRunningError') return undefined
    throw error
  }
}

/** The member that a message is about, such as ` 'ada' of 'atlas'`. Empty if the user named neither. */
function described(member: string | undefined, cluster?: string): string {
  const name = member === undefined ? '' : ` '${member}'`
  return cluster === undefined ? name : `${name} of '${cluster}'`
}

/** Answers differ from member to member, so the user learns which one was asked. */
const chosen = ({ name, id }: ControlMember, count: number): void =>
  printError(
    `asked ${name} ${shortId(id)}, one of ${count} members that run here. Choose another one with --member`,
  )

/** Whether there is anything that names the cluster to join. */
const namesCluster = (cluster: string | undefined, { ticketFile, authorityFile }: JoiningFlags): boolean =>
  (cluster ?? authorityFile) !== undefined || hasTicket(ticketFile)

/** Joins as a member that others forget when it leaves, unless it has a storage. */
export async function joinFor(
  cluster: string | undefined,
  { control: _, ...flags }: Omit<MemberFlags, 'json'> & ControlFlags & { readonly json?: true },
): Promise<OpenedCluster> {
  const { startMember } = await import('../member/start-member.ts')
  const options = await joinOptions(cluster, flags)
  return {
    cluster: await startMember({ ...options, ...(flags.storage === undefined && { ephemeral: true }) }),
    isAttached: false,
    followLog: async (level, write) => {
      const { followLog } = await import('../join/control-server.ts')
      return followLog(level, record => write(record, 0))
    },
  }
}

/** Without the properties that are undefined. */
const named = (given: { readonly cluster?: string | undefined; readonly member?: string | undefined }) => ({
  ...(given.cluster !== undefined && { cluster: given.cluster }),
  ...(given.member !== undefined && { member: given.member }),
})
