/** Connect control: finds the members of this user that run on this machine, and connects to one of them. */
import type { Cluster } from '@hearsay/core'
import { checkOptionNames, InvalidOptionsError, NotRunningError } from '@hearsay/core/app'
import { connectCluster } from '../connect-cluster.ts'
import { type Connection, openControl, type Unanswered } from './control-connection.ts'
import { checkTexts, defaultFolder, socketPaths } from './control-folder.ts'
import type { ControlMember, ControlState, Opened, SentRecord } from './control-protocol.ts'
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
  /**
   * The member's id or the end of it, or its name. @default of the members that answer, the one with the smallest id; one that
   * is excluded from its cluster only if there is no other
   */
  readonly member?: string
  /** Whether to reject if several members run here and `member` is not given, also if some of them do not answer. @default false */
  readonly only?: boolean
  /**
   * Called if several members run here and `member` is not given: with the one that was chosen, and with the number of all,
   * including those that do not answer.
   */
  readonly chosen?: (member: ControlMember, count: number) => void
  /** Whether `leave()` of the result ends the member. If not, it only ends the connection. @default false */
  readonly mayLeave?: boolean
}

/** Options of `followControlLog`. */
export interface FollowControlLogOptions
  extends Pick<ConnectControlOptions, 'cluster' | 'folder' | 'member'> {
  /** From which level up. @default 'info' */
  readonly level?: LogLevel
  /** Called when the member has ended or has closed the connection. */
  readonly closed?: () => void
}

/**
 * Our choice: how long the other members have to answer after the first one that is meant. A running member answers within some
 * 10 ms, and one that is stopped must not delay each question by 5 s.
 */
const othersMs = 1_000
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
 * @throws {NotRunningError} no such member runs here, or it leaves its cluster
 * @throws {InvalidOptionsError} an option is invalid; or no cluster is given, and members of several clusters run here; or
 *   several members have the given name; or several run here, with the option `only`; or the member has another version of this
 *   package
 * @throws {Error} the member does not answer, for instance because its process is stopped, or has too many connections
 */
export async function connectControl(options: ConnectControlOptions = {}): Promise<Cluster> {
  const names = { ...filterNames, member: true, only: true, chosen: true, mayLeave: true } as const
  checkOptionNames('connectControl', options, names, example)
  const { mayLeave = false, only = false, chosen, ...texts } = options
  checkTexts('connectControl', texts)
  for (const [name, value] of Object.entries({ mayLeave, only }))
    if (typeof value !== 'boolean')
      throw new InvalidOptionsError(`connectControl: ${name}: give true or false`)
  if (chosen !== undefined && typeof chosen !== 'function')
    throw new InvalidOptionsError('connectControl: chosen: give a function')
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
  { member, only, chosen, ...filter }: ConnectControlOptions,
  opened: Opened,
  received?: (message: unknown) => void,
): Promise<Connection> {
  const isMeant = (each: ControlMember) =>
    each.state !== 'left' && (member === undefined || isCalled(each, member))
  const { open, unanswered } = await openAll(filter, opened, received, isMeant)
  const found = open.filter(each => isMeant(each.member)).sort(byPreference)
  const [first] = found
  const refusal = first && refusalOf(found, unanswered, member, only === true)
  for (const each of open) if (each !== first || refusal !== undefined) each.close()
  if (refusal !== undefined) throw new InvalidOptionsError(`${call}: ${refusal}`)
  const count = found.length + unanswered.length
  if (first) {
    if (member === undefined && count > 1) chosen?.(first.member, count)
    return first
  }
  const [failure] = unanswered
  if (failure !== undefined) throw new Error(`${call}: ${failure}`)
  const what = member === undefined ? 'no member' : `no member '${member}'`
  const where = filter.cluster === undefined ? '' : ` of '${filter.cluster}'`
  throw new NotRunningError(`${call}: ${what}${where} runs here with a control socket`)
}

/** @param isMeant a member that ends the wait for the others soon */
async function openAll(
  { cluster, folder = defaultFolder() }: ControlFilter,
  opened: Opened,
  received?: (message: unknown) => void,
  isMeant: (member: ControlMember) => boolean = () => false,
): Promise<{ open: Connection[]; unanswered: string[] }> {
  const paths = await socketPaths(folder, cluster)
  const hurried = new AbortController()
  let hurry: NodeJS.Timeout | undefined
  const results = await Promise.all(
    paths.map(async path => {
      const found = await openControl(path, opened, hurried.signal, received)
      if (typeof found === 'object' && isMeant(found.member))
        hurry ??= setTimeout(() => hurried.abort(), othersMs)
      return { path, found }
    }),
  ).finally(() => clearTimeout(hurry))
  const open = results.flatMap(({ found }) => (typeof found === 'object' ? found : []))
  const unanswered = results.flatMap(({ path, found }) =>
    typeof found === 'object' || found === 'gone' ? [] : `the member at ${path} ${reasons[found]}`,
  )
  const others = open.filter(({ member }) => cluster !== undefined && member.cluster !== cluster)
  for (const { close } of others) close()
  return { open: open.filter(each => !others.includes(each)).sort(byKey), unanswered }
}

const reasons: Readonly<Record<Exclude<Unanswered, 'gone'>, string>> = {
  silent: 'does not answer. Is its process stopped or busy?',
  full: 'has too many connections. Close some of them',
  forbidden: 'cannot be asked, because its socket belongs to another user',
}

const order: Readonly<Record<ControlState, number>> = { present: 0, excluded: 1, left: 2 }

const keyOf = ({ member: { cluster, id } }: Connection): string => `${cluster} ${id}`

const byKey = (a: Connection, b: Connection): number => (keyOf(a) < keyOf(b) ? -1 : 1)

/** The members that take part in their cluster first. */
const byPreference = (a: Connection, b: Connection): number =>
  order[a.member.state] - order[b.member.state] || byKey(a, b)

const isCalled = ({ id, name }: ControlMember, text: string): boolean =>
  name === text || (text !== '' && id.endsWith(text.replace(/^…/, '')))

/**
 * Why no member is chosen from those that fit.
 *
 * @param member the text that all of them fit; undefined: the user named none
 */
function refusalOf(
  found: readonly Connection[],
  unanswered: readonly string[],
  member: string | undefined,
  only: boolean,
): string | undefined {
  const isSingle = found.length === 1 && unanswered.length === 0
  if (isSingle || (found.length === 1 && (member !== undefined || !only))) return undefined
  const list = found.map(({ member: { cluster, id, name } }) => `${name} (${id}) of '${cluster}'`)
  const names = list.join(', ')
  if (member !== undefined) return `several members are called '${member}': ${names}. Give the id`
  if (new Set(found.map(each => each.member.cluster)).size > 1)
    return `members of several clusters run here: ${names}. Name the cluster`
  return only
    ? `several members run here: ${[...list, ...unanswered].join(', ')}. Name one of them`
    : undefined
}
