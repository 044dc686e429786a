/**
 * Process log: the events in a member's process, on stderr, one line per event.
 *
 * The log contains the messages that hearsay and libp2p send to libp2p's logger, the events of other members, and the
 * messages of the command itself. The log never contains the cluster's secret, tags, presence or the content of documents.
 */
import type { ClusterEventType } from '@hearsay/core'
import type { LogLevel, LogRecord } from '@hearsay/port/node'
import type { TimedMemberEvent } from '../member/member-events.ts'
import { jsonLine, printable, shortId } from '../terminal/format.ts'
import { whileRead } from '../terminal/output.ts'
import { type LogFlags, type LogFormat, levels } from './options.ts'

export interface ProcessLog {
  /** Lines name this member from now on. */
  started(id: string): void
  write(level: LogLevel, message: string): void
  event(event: TimedMemberEvent): void
}

/** `hearsay:cli` is the command itself. */
const ownComponent = 'hearsay:cli'
const eventComponent = 'hearsay:members'

const levelOf: Readonly<Record<ClusterEventType, LogLevel>> = {
  join: 'info',
  update: 'info',
  suspect: 'warn',
  recover: 'info',
  fail: 'warn',
  leave: 'info',
}

/** @returns undefined: no log was asked for */
export async function openLog({ log: format, logLevel }: LogFlags): Promise<ProcessLog | undefined> {
  if (format === undefined) return undefined
  const { followLog } = await import('../join/control-server.ts')
  let member: string | undefined
  const print = (record: LogRecord, fields: object = {}) =>
    process.stderr.write(`${formats[format](record, member, fields)}\n`)
  const whileKept = whileRead(process.stderr, dropped => {
    const message = `${dropped} lines of the log were dropped, because its reader was too slow`
    print({ atMs: Date.now(), level: 'warn', component: ownComponent, message })
  })
  const write = (record: LogRecord, fields: object = {}) => {
    if (levels.indexOf(record.level) <= levels.indexOf(logLevel)) whileKept(() => print(record, fields))
  }
  followLog(logLevel, write)
  return {
    started(id) {
      member = shortId(id).slice(1)
    },
    write: (level, message) => write({ atMs: Date.now(), level, component: ownComponent, message }),
    event({ event, member: { id, name, status, incarnation }, at }) {
      const message = `${event} ${name} ${shortId(id)}`
      write(
        { atMs: at, level: levelOf[event], component: eventComponent, message },
        { event, id, name, status, incarnation },
      )
    },
  }
}

const formats: Readonly<
  Record<LogFormat, (record: LogRecord, member: string | undefined, fields: object) => string>
> = {
  json: ({ atMs, level, component, message }, member, fields) =>
    jsonLine({ time: new Date(atMs).toISOString(), level, member, component, message, ...fields }),
  text: ({ atMs, level, component, message }, member = '–') =>
    [
      new Date(atMs).toISOString(),
      level.padEnd(5),
      member,
      component,
      printable(message.replace(/\s*\n\s*/g, ' | ')),
    ].join(' '),
}
