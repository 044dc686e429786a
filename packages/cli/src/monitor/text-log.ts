/** Text log: a record of the log as a line, in the columns of the events. */
import type { LogLevel, LogRecord } from '@hearsay/port/node'
import { printable } from '../terminal/format.ts'
import { type Colour, printLog } from '../terminal/log-line.ts'

const colours: Record<LogLevel, Colour> = {
  error: 'red',
  warn: 'yellow',
  info: 'cyan',
  debug: 'dim',
  trace: 'dim',
}

export function textLog({ atMs, level, component, message }: LogRecord): void {
  const [first = '', ...others] = message.split('\n')
  printLog({ at: atMs, event: level, colour: colours[level], name: component, rest: printable(first) })
  for (const line of others) console.log(`          ${printable(line)}`)
}
