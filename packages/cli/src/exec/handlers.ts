/**
 * Handlers: commands of the user that run at events of other members, as with `serf agent -event-handler`.
 *
 * At most four run at once. The events of one member are handled one after the other, in their order. A queue that is full
 * drops the oldest event, so a slow command slows nothing but itself.
 */
import type { Cluster, ClusterEventType } from '@hearsay/core'
import type { TimedMemberEvent } from '../member/member-events.ts'
import { type RunningHandler, startHandler } from './handler-process.ts'

/** A command, and the events at which it runs; undefined: all. */
export interface Handler {
  readonly events: readonly ClusterEventType[] | undefined
  readonly command: string
}

export interface Handlers {
  handle(event: TimedMemberEvent): void
  /** Runs no further command. Ends those that still run after a moment. */
  close(): Promise<void>
}

/** Our choice: a wave of events does not exhaust the machine. */
const maxRunning = 4
/** Our choice: each event of a cluster of 1,000 members that restarts waits. */
const maxWaiting = 1_024

interface Call {
  readonly command: string
  readonly event: TimedMemberEvent
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

  const isFree = ({ command, event }: Call) =>
    ![...running.keys()].some(each => each.command === command && each.event.member.id === event.member.id)

  const startNext = () => {
    while (running.size < maxRunning) {
      const index = waiting.findIndex(isFree)
      const [call] = index < 0 ? [] : waiting.splice(index, 1)
      if (!call) return
      start(call)
    }
  }

  const start = (call: Call) => {
    const handler = startProcess(call.command, call.event, cluster)
    running.set(call, handler)
    void handler.ended.then(failure => {
      running.delete(call)
      if (failure !== undefined) report(`${call.command}: ${failure}`)
      startNext()
    })
  }

  return {
    handle(event) {
      for (const { events, command } of handlers)
        if (!events || events.includes(event.event)) waiting.push({ command, event })
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
