/**
 * Lazy logger: libp2p's loggers, each created at its first write.
 *
 * libp2p creates about twenty loggers for a connection and its streams, and each reads the terminal's colours. Most never
 * write, because logging is enabled only by `DEBUG`, `localStorage.debug` or `enable` of @libp2p/logger.
 */
import type { ComponentLogger, Logger } from '@libp2p/interface'
import { enabled, logger } from '@libp2p/logger'

export function lazyLogger(): ComponentLogger {
  return { forComponent: lazyLog }
}

function lazyLog(name: string): Logger {
  let created: Logger | undefined
  const real = () => {
    created ??= logger(name)
    return created
  }
  const log = (...args: Parameters<Logger>): void => {
    if (enabled(name)) real()(...args)
  }
  const parts: Pick<Logger, 'error' | 'trace' | 'newScope'> = {
    error(...args) {
      if (enabled(`${name}:error`)) real().error(...args)
    },
    trace(...args) {
      // Create a new logger here, because a logger decides at its creation whether it traces.
      if (enabled(`${name}:trace`)) logger(name).trace(...args)
    },
    newScope: scope => lazyLog(`${name}:${scope}`),
  }
  return Object.defineProperty(Object.assign(log, parts), 'enabled', { get: () => enabled(name) }) as Logger
}
