/** Log levels, and one line of the log. */

/** From the most important to the least. */
export type LogLevel = 'error' | 'warn' | 'info' | 'debug' | 'trace'

/** All levels, the most important first. */
export const logLevels: readonly LogLevel[] = ['error', 'warn', 'info', 'debug', 'trace']

/** One line of the log. */
export interface LogRecord {
  /** Epoch milliseconds. */
  readonly atMs: number
  /** How important it is. */
  readonly level: LogLevel
  /** The part that logs, such as `hearsay` or `libp2p:tcp`. */
  readonly component: string
  /** At most 4,096 characters. A failure may have further lines with its stack. */
  readonly message: string
}

/** Whether a client that follows the log at `level` receives a record of this level. */
export const isIncluded = (recorded: LogLevel, level: LogLevel): boolean =>
  logLevels.indexOf(recorded) <= logLevels.indexOf(level)
