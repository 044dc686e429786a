/** Command line of `hearsay monitor`. */
import type { LogLevel } from '@hearsay/port/node'
import { type Command, Option } from 'commander'
import { type AskFlags, addAskOptions } from '../attach/options.ts'
import { levels } from '../log/options.ts'

export interface MonitorFlags extends AskFlags {
  readonly level: LogLevel
}

export const addMonitorOptions = (command: Command): Command =>
  addAskOptions(
    command
      .description('print member events and the log of the member as they happen, until Ctrl-C')
      .addOption(
        new Option('--level <level>', 'the least important level of the log to print')
          .choices(levels)
          .default('info'),
      ),
  )
