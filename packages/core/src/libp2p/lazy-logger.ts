/**
 * Lazy logger: libp2p's loggers, each made when it has something to write.
 *
 * libp2p makes some twenty loggers for a connection and its streams, and each looks up the terminal and its colour. Most
 * never write: only `DEBUG`, `localStorage.debug` or `enable` of @libp2p/logger lets them.
 */
import type { ComponentLogger, Logger } from '@libp2p/interface'
import { enabled, logger } from '@libp2p/logger'

export function lazyLogger(): ComponentLogger {
  return { forComponent: lazyLog }
}

function lazyLog(name: string): Logger {
  let made: Logger | undefined
  const real = () => {
    made ??= logger(name)
    return made
  }
  const log = (...args: Parameters<Logger>): void => {
    if (enabled(name)) real()(...args)
  }
  const parts: Pick<Logger, 'error' | 'trace' | 'newScope'> = {
    error(...args) {
      if (enabled(`${name}:error`)) real().error(...args)
    },
    trace(...args) {
      // Made anew: a logger decides when it is made whether it traces.
      if (enabled(`${name}:trace`)) logger(name).trace(...args)
    },
    newScope: scope => lazyLog(`${name}:${scope}`),
  }
  return Object.defineProperty(Object.assign(log, parts), 'enabled', { get: () => enabled(name) }) as Logger
}
