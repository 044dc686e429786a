/** `hearsay monitor`: the events of a member and the log of its process, as they happen. */
import type { LogRecord } from '@hearsay/port/node'
import { openAsked } from '../attach/open-cluster.ts'
import { hasLeft, leaveWithin, stopRequested } from '../member/lifecycle.ts'
import { followBroadcasts, followMembers } from '../member/member-events.ts'
import { endProcess, neverWaitForReader, outputClosed, printError, printJson } from '../terminal/output.ts'
import type { MonitorFlags } from './options.ts'

export async function monitor({ level, ...flags }: MonitorFlags): Promise<void> {
  const stop = Promise.race([stopRequested(), outputClosed()])
  const opened = await Promise.race([openAsked(flags), stop])
  if (!opened) return endProcess(0)
  const { cluster } = opened
  const { ready, event, broadcast } = flags.json
    ? (await import('../join/json-lines.ts')).jsonLines
    : (await import('../join/log.ts')).log
  const write = flags.json ? jsonLog : (await import('./text-log.ts')).textLog
  // The member sends more than some readers print. Waiting for them would also keep this process from ending on a signal.
  const print = neverWaitForReader()
  const unfollow = await opened.followLog(level, (record, dropped) => {
    if (dropped > 0) printError(`${dropped} lines of the log were not received`)
    print(() => write(record))
  })
  print(() => ready(cluster))
  followMembers(cluster, each => print(() => event(each)))
  followBroadcasts(cluster, each => print(() => broadcast(each)))
  await Promise.race([stop, hasLeft(cluster)])
  unfollow()
  await leaveWithin(cluster)
  await endProcess(0)
}

const jsonLog = ({ atMs: at, level, component, message }: LogRecord): void =>
  printJson({ event: 'log', level, component, message, at })
