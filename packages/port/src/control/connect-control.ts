/** Connect control: finds the members of this user that run on this machine, and connects to one of them. */
import type { Cluster } from '@hearsay/core'
import { checkOptionNames, InvalidOptionsError, NotRunningError } from '@hearsay/core/app'
import { connectCluster } from '../connect-cluster.ts'
import { type Connection, openControl } from './control-connection.ts'
import { checkTexts, defaultFolder, socketPaths } from './control-folder.ts'
import type { ControlMember, Opened, SentRecord } from './control-protocol.ts'
import { type LogLevel, type LogRecord, logLevels } from './log-levels.ts'

/** Which members to find. */
export interface ControlFilter {
  /** The cluster's name. @default any */
  readonly cluster?: string
  /** The folder that was given to `serveControl`. @default the same one as there */
  readonly folder?: string
}

/** Options of `connectControl`. */
export interface ConnectControlOptions extends ControlFilter {
  /** The member's id or the end of it, or its name. @default the one with the smallest id */
  readonly member?: string
  /** Whether `leave()` of the result ends the member. If not, it only ends the connection. @default false */
  readonly mayLeave?: boolean
}

/** Options of `followControlLog`. */
export interface FollowControlLogOptions extends Omit<ConnectControlOptions, 'mayLeave'> {
  /** From which level up. @default 'info' */
  readonly level?: LogLevel
  /** Called when the member has ended or has closed the connection. */
  readonly closed?: () => void
}

const filterNames = { cluster: true, folder: true } as const
const example = "{ cluster: 'atlas' }"

/**
 * The members of this user that run on this machine and serve a control socket, ordered by cluster and id. Removes sockets
 * that processes have left behind.
 *
 * @throws {InvalidOptionsError} an option is unknown, or other users can write to the folder
 */
export async function listControl(filter: ControlFilter = {}): Promise<readonly ControlMember[]> {
  checkOptionNames('listControl', filter, filterNames, example)
  checkTexts('listControl', { ...filter })
  const { open } = await openAll(filter, { open: 'info' })
  for (const { close } of open) close()
  return open.map(({ member }) => member)
}

/**
 * Connects to a running member of this user on this machine that serves a control socket, as `connectCluster` does. The
 * result is a view of that member. The view ends when the member ends.
 *
 * @throws {NotRunningError} no such member runs here
 * @throws {InvalidOptionsError} an option is invalid; or no cluster is given, and members of several clusters run here; or
 *   several members have the given name; or the member has another version of this package
 * @throws {Error} the member does not answer, for instance because its process is stopped, or has too many connections
 */
export async function connectControl(options: ConnectControlOptions = {}): Promise<Cluster> {
  const names = { ...filterNames, member: true, mayLeave: true } as const
  checkOptionNames('connectControl', options, names, example)
  const { mayLeave = false, ...texts } = options
  checkTexts('connectControl', texts)
  if (typeof mayLeave !== 'boolean')
    throw new InvalidOptionsError('connectControl: mayLeave: give true or false')
  const { port } = await openOne('connectControl', options, { open: 'view', mayLeave })
  return connectCluster(port)
}

/**
 * Follows the log of a running member's process. Slow readers miss records.
 *
 * @param write called with each record, and with the number of records that were dropped before it
 * @returns a function that stops following
 * @throws as `connectControl`; and {InvalidOptionsError} if the level or a function is none
 */
export async function followControlLog(
  write: (record: LogRecord, dropped: number) => void,
  options: FollowControlLogOptions = {},
): Promise<() => void> {
  const names = { ...filterNames, member: true, level: true, closed: true } as const
  checkOptionNames('followControlLog', options, names, example)
  const { level = 'info', closed, ...texts } = options
  checkTexts('followControlLog', texts)
  if (!logLevels.includes(level))
    throw new InvalidOptionsError(`followControlLog: level: give one of ${logLevels.join(', ')}`)
  for (const listener of [write, closed ?? write])
    if (typeof listener !== 'function')
      throw new InvalidOptionsError('followControlLog: give functions that receive the records and the end')
  const { port, close } = await openOne('followControlLog', options, { open: 'log', level }, message => {
    const { record, dropped } = message as SentRecord
    write(record, dropped)
  })
  if (closed) port.addEventListener?.('close', closed)
  return close
}

/** @param received called with each message after the greeting */
async function openOne(
  call: string,
  { member, ...filter }: ConnectControlOptions,
  opened: Opened,
  received?: (message: unknown) => void,
): Promise<Connection> {
  const { open, unanswered } = await openAll(filter, opened, received)
  const found = open.filter(({ member: each }) => member === undefined || isCalled(each, member))
  const [first, ...others] = found
  const isSingle = others.every(each => member === undefined && each.member.cluster === first?.member.cluster)
  for (const each of open) if (each !== first || !isSingle) each.close()
  if (first && isSingle) return first
  if (first) throw new InvalidOptionsError(`${call}: ${ambiguity(found, member)}`)
  const [failure] = unanswered
  if (failure !== undefined) throw new Error(`${call}: ${failure}`)
  const what = member === undefined ? 'no member' : `no member '${member}'`
  const where = filter.cluster === undefined ? '' : ` of '${filter.cluster}'`
  throw new NotRunningError(`${call}: ${what}${where} runs here with a control socket`)
}

async function openAll(
  { cluster, folder = defaultFolder() }: ControlFilter,
  opened: Opened,
  received?: (message: unknown) => void,
): Promise<{ open: Connection[]; unanswered: string[] }> {
  const paths = await socketPaths(folder, cluster)
  const results = await Promise.all(
    paths.map(async path => ({ path, found: await openControl(path, opened, received) })),
  )
  const open = results.flatMap(({ found }) => (typeof found === 'object' ? found : []))
  const unanswered = results.flatMap(({ path, found }) =>
    found === 'silent' || found === 'full' ? `the member at ${path} ${reasons[found]}` : [],
  )
  const others = open.filter(({ member }) => cluster !== undefined && member.cluster !== cluster)
  for (const { close } of others) close()
  return {
    open: open.filter(each => !others.includes(each)).sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)),
    unanswered,
  }
}

const reasons = {
  silent: 'does not answer. Is its process stopped or busy?',
  full: 'has too many connections. Close some of them',
} as const

const keyOf = ({ member: { cluster, id } }: Connection): string => `${cluster} ${id}`

const isCalled = ({ id, name }: ControlMember, text: string): boolean =>
  name === text || (text !== '' && id.endsWith(text.replace(/^…/, '')))

function ambiguity(found: readonly Connection[], member: string | undefined): string {
  const list = found.map(({ member: { cluster, id, name } }) => `${name} (${id}) of '${cluster}'`).join(', ')
  return member === undefined
    ? `members of several clusters run here: ${list}. Name the cluster`
    : `several members are called '${member}': ${list}. Give the id`
}
