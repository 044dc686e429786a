/**
 * Query commands: commands of the user that answer queries of members, like handlers of serf. The standard output of a command
 * is the answer: JSON, or else text.
 *
 * At most four run at once, besides those at events; further queries wait as long as the asking members wait. A query whose
 * command fails is answered with the failure `error`, and the reason is reported here.
 */
import type { Cluster, Json } from '@hearsay/core'
import { AnswerFailedError, limits, sharedQueryValue } from '@hearsay/core/app'
import { typedValue } from '../terminal/json-value.ts'
import { commandInput } from './command-input.ts'
import { type RunningHandler, startHandler } from './handler-process.ts'
import type { Handler } from './handlers.ts'

/** Our choice: as many as for events. */
const maxRunning = 4

export interface QueryCommands {
  /** Answers no further query. Waits a moment for the running commands, then ends them. */
  close(): Promise<void>
}

/** @param report takes a line for people: a command failed @param startProcess starts a command */
export function answerQueries(
  handlers: readonly Handler[],
  cluster: Cluster,
  report: (line: string) => void,
  startProcess: typeof startHandler = startHandler,
): QueryCommands {
  const running = new Set<RunningHandler>()
  /** Functions that continue the waiting calls, the oldest first. */
  const waiting = new Set<() => void>()

  /** Resolves when another command may start, or when the asking member no longer waits. */
  const turn = (signal: AbortSignal) =>
    new Promise<void>(resolve => {
      const next = () => {
        waiting.delete(next)
        resolve()
      }
      waiting.add(next)
      signal.addEventListener('abort', next, { once: true })
    })

  const answer = async (command: string, name: string, value: Json, from: string, signal: AbortSignal) => {
    while (running.size >= maxRunning && !signal.aborted) await turn(signal)
    if (signal.aborted) throw new AnswerFailedError('error')
    const input = commandInput({ event: 'query', name, value, from }, cluster)
    const handler = startProcess(command, input, limits.maxQueryBytes)
    running.add(handler)
    signal.addEventListener('abort', () => handler.kill(), { once: true })
    const outcome = await handler.ended
    running.delete(handler)
    const [next] = waiting
    next?.()
    const given = 'output' in outcome ? answerOf(outcome.output) : outcome
    if ('value' in given) return given.value
    // A command that was ended with its query did not fail.
    if (!signal.aborted) report(`${command}: ${given.failure}`)
    throw new AnswerFailedError('error')
  }

  const stops = handlers.flatMap(({ command, queries = [] }) =>
    queries.map(name =>
      cluster.answer(name, (value, { from, signal }) => answer(command, name, value, from, signal)),
    ),
  )
  return {
    async close() {
      for (const stop of stops) stop()
      await Promise.all([...running].map(handler => handler.close()))
    },
  }
}

/** Without the last newline. An empty output is null. */
function answerOf(output: string): { readonly value: Json } | { readonly failure: string } {
  const text = output.replace(/\r?\n$/, '')
  try {
    return { value: sharedQueryValue('its output', text === '' ? null : typedValue(text)) }
  } catch (error) {
    // The output is too long as JSON, or JSON would change a number in it.
    return { failure: (error as Error).message }
  }
}
