/** Commands: the commands of `--exec`, which run at events and for queries. */
import type { Cluster } from '@hearsay/core'
import { createHandlers, type Handler, type Handlers } from './handlers.ts'
import { answerQueries } from './query-commands.ts'

export function runCommands(
  commands: readonly Handler[],
  cluster: Cluster,
  report: (line: string) => void,
): Handlers {
  const handlers = createHandlers(commands, cluster, report)
  const answers = answerQueries(commands, cluster, report)
  return {
    handle: occasion => handlers.handle(occasion),
    async close() {
      await Promise.all([handlers.close(), answers.close()])
    },
  }
}
