/** Command line of the log of `hearsay join` and `hearsay relay`. */
import type { LogLevel } from '@hearsay/port/node'
import { type Command, Option } from 'commander'

export type LogFormat = 'json' | 'text'

export interface LogFlags {
  readonly log?: LogFormat
  readonly logLevel: LogLevel
}

export const levels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace']

export const addLogOptions = (command: Command): Command =>
  command
    .addOption(
      new Option('--log <format>', 'write a log to stderr, one line per event').choices(['json', 'text']),
    )
    .addOption(
      new Option('--log-level <level>', 'the least important level in the log')
        .choices(levels)
        .default('info'),
    )
