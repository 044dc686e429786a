/**
 * Handlers: commands of the user that run at events of members and at events that members send, as with
 * `serf agent -event-handler`.
 *
 * At most four run at once. Each command handles the events of one member one after the other, in their order. A full queue
 * drops its oldest event, so a slow command never delays the member.
 */
import type { Cluster } from '@hearsay/core'
import { type CommandInput, commandInput, type Occasion } from './command-input.ts'
import { type RunningHandler, startHandler } from './handler-process.ts'

/** A command, and when it runs. */
export interface Handler {
  /** Events of members, `event` or `event:<name>`; undefined: all of them. */
  readonly events: readonly string[] | undefined
  /** The names of the queries that it answers. */
  readonly queries: readonly string[]
  readonly command: string
}

export interface Handlers {
  handle(occasion: Occasion): void
  /** Runs no further command. Waits a moment for the running commands, then ends them. */
  close(): Promise<void>
}

/** Our choice: a burst of events does not exhaust the machine. */
const maxRunning = 4
/** Our choice: enough for one event of each member when a cluster of 1,000 members restarts. */
const maxWaiting = 1_024

interface Call {
  readonly command: string
  readonly input: CommandInput
}

/**
 * @param report takes a line for people: a command failed, or an event was dropped
 * @param startProcess starts a command. @default {@link startHandler}
 */
export function createHandlers(
  handlers: readonly Handler[],
  cluster: Cluster,
  report: (line: string) => void,
  startProcess: typeof startHandler = startHandler,
): Handlers {
  const waiting: Call[] = []
  const running = new Map<Call, RunningHandler>()
  let dropped = 0

  const isFree = ({ command, input: { from } }: Call) =>
    ![...running.keys()].some(each => each.command === command && each.input.from === from)

  const startNext = () => {
    while (running.size < maxRunning) {
      const index = waiting.findIndex(isFree)
      const [call] = index < 0 ? [] : waiting.splice(index, 1)
      if (!call) return
      start(call)
    }
  }

  const start = (call: Call) => {
    const handler = startProcess(call.command, call.input)
    running.set(call, handler)
    void handler.ended.then(outcome => {
      running.delete(call)
      if ('failure' in outcome) report(`${call.command}: ${outcome.failure}`)
      startNext()
    })
  }

  return {
    handle(occasion) {
      const called = handlers.filter(
        ({ events }) => !events || namesOf(occasion).some(name => events.includes(name)),
      )
      if (called.length === 0) return
      const input = commandInput(occasion, cluster)
      for (const { command } of called) waiting.push({ command, input })
      while (waiting.length > maxWaiting) {
        waiting.shift()
        dropped += 1
        // The first one, then each thousandth.
        if (dropped % 1_000 === 1) report(`--exec is too slow: ${dropped} events were dropped`)
      }
      startNext()
    },
    async close() {
      waiting.length = 0
      await Promise.all([...running.values()].map(handler => handler.close()))
    },
  }
}

/** The names of the event: a command that lists one of them runs. */
const namesOf = (occasion: Occasion): readonly string[] =>
  'member' in occasion ? [occasion.event] : [occasion.event, `${occasion.event}:${occasion.name}`]
