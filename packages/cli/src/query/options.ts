/** Command lines of `hearsay query` and `hearsay event`. */
import type { Json } from '@hearsay/core'
import type { Command } from 'commander'
import { InvalidArgumentError } from 'commander'
import { type AskFlags, addAskOptions } from '../attach/options.ts'
import { append } from '../member/options.ts'
import { given, type Typed, typedArgument } from '../terminal/json-value.ts'

/** The message to send: a name, and a payload, which is null if there is none. */
export interface Sent {
  readonly name: string
  readonly payload: Json
}

export interface QueryFlags extends AskFlags {
  /** Names or parts of ids. Undefined: all members. */
  readonly to?: readonly string[]
  /** Seconds. */
  readonly timeout: number
}

const payloadHelp =
  'JSON, or else text; - reads it from the standard input; after -- if it begins with a dash'

export function addQueryOptions(query: Command, run: (sent: Sent, flags: QueryFlags) => Promise<void>): void {
  addAskOptions(
    query
      .description('ask members, and print their answers')
      .argument('<name>', 'the name of the query')
      .argument('[payload]', payloadHelp, typedArgument)
      .option('--to <member>', 'a member to ask, repeatable (default: all)', append)
      .option('--timeout <seconds>', 'how long to wait for answers', toTimeout, 5),
  ).action(async (name, payload: Typed = null, flags) => run({ name, payload: await given(payload) }, flags))
}

export function addEventOptions(event: Command, run: (sent: Sent, flags: AskFlags) => Promise<void>): void {
  addAskOptions(
    event
      .description('send an event to all members once')
      .argument('<name>', 'the name of the event')
      .argument('[payload]', payloadHelp, typedArgument),
  ).action(async (name, payload: Typed = null, flags) => run({ name, payload: await given(payload) }, flags))
}

function toTimeout(text: string): number {
  const seconds = Number(text)
  if (text.trim() !== '' && seconds >= 0.001 && seconds <= 60) return seconds
  throw new InvalidArgumentError('Give a number of seconds from 0.001 to 60.')
}
