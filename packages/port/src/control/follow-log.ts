/**
 * Follow log: what hearsay and libp2p log in this process, as records.
 *
 * The records come from libp2p's logger: this code selects the components to log, and passes each line to the followers. As
 * before, only the components that the user enabled by `DEBUG` are written to stderr.
 */
import { format } from 'node:util'
import debug from 'weald'
import { isIncluded, type LogLevel, type LogRecord, logLevels } from './log-levels.ts'

/** Our choice: a stack of some 30 lines. */
const maxMessageLength = 4_096

/**
 * The components to log at each level. libp2p logs events that are usual in a cluster as errors, such as a dial that fails.
 * So its errors count as `debug`: hearsay itself reports what matters.
 */
const componentsAt: Readonly<Record<LogLevel, string>> = {
  error: 'hearsay*:error',
  warn: 'hearsay*:error',
  info: 'hearsay*',
  debug: '*',
  trace: '*,*:trace',
}

/** The parts of `weald` that its types leave out. */
interface Logging {
  log(this: Line, ...values: unknown[]): unknown
  formatArgs(this: Line, values: unknown[]): void
  namespaces: string
  names: readonly RegExp[]
  skips: readonly RegExp[]
}

interface Line {
  readonly namespace: string
}

interface Follower {
  readonly level: LogLevel
  readonly write: (record: LogRecord) => void
}

const logging = debug as unknown as Logging
const followers = new Set<Follower>()
let restore: (() => void) | undefined

/**
 * Follows the log of this process, from this level up. Costs nothing while nobody follows.
 *
 * @param level `info`: what hearsay logs; `debug`: what libp2p logs, too; `trace`: also its messages one by one
 * @param write called for each record. The function must not throw
 * @returns a function that stops following
 */
export function followLog(level: LogLevel, write: (record: LogRecord) => void): () => void {
  const follower = { level, write }
  followers.add(follower)
  update()
  return () => {
    if (followers.delete(follower)) update()
  }
}

function update(): void {
  restore?.()
  restore = undefined
  const lowest = Math.max(...[...followers].map(({ level }) => logLevels.indexOf(level)))
  const level = logLevels[lowest]
  if (level !== undefined) restore = intercept(componentsAt[level])
}

/** Passes each line to the followers, and to stderr only what the user enabled. @returns a function that undoes this */
function intercept(components: string): () => void {
  const { log, formatArgs, namespaces = '', names, skips } = logging
  const isEnabled = (name: string) =>
    !skips.some(skip => skip.test(name)) && names.some(shown => shown.test(name))
  const enabled = [...namespaces.split(/[\s,]+/).filter(each => !each.startsWith('-')), components].join(',')
  enable(enabled)
  logging.formatArgs = () => {}
  logging.log = function (...values) {
    deliver(this.namespace, format(...values))
    if (!isEnabled(this.namespace)) return
    formatArgs.call(this, values)
    log.apply(this, values)
  }
  return () => {
    logging.log = log
    logging.formatArgs = formatArgs
    // The app may have enabled other components meanwhile.
    if (logging.namespaces === enabled) enable(namespaces)
  }
}

/** `enable` would also change the environment, which the processes that this one starts inherit. */
function enable(components: string): void {
  const before = process.env['DEBUG']
  debug.enable(components)
  if (before === undefined) delete process.env['DEBUG']
  else process.env['DEBUG'] = before
}

function deliver(component: string, message: string): void {
  const level = levelOf(component)
  const record = { atMs: Date.now(), level, component, message: message.slice(0, maxMessageLength) }
  for (const follower of followers) if (isIncluded(level, follower.level)) follower.write(record)
}

function levelOf(component: string): LogLevel {
  if (component.endsWith(':trace')) return 'trace'
  if (!/^hearsay(:|$)/.test(component)) return 'debug'
  return component.endsWith(':error') ? 'error' : 'info'
}
