/** Command line of `--exec`: `[occasions=]command`. */
import type { ClusterEventType } from '@hearsay/core'
import { type Command, InvalidArgumentError } from 'commander'
import type { Handler } from './handlers.ts'

export interface ExecFlags {
  readonly exec?: readonly Handler[]
}

/** The limit of names in the cluster. */
const maxNameBytes = 128

const events: readonly string[] = [
  'join',
  'update',
  'suspect',
  'recover',
  'fail',
  'leave',
  'event',
] satisfies (ClusterEventType | 'event')[]

export const addExecOption = (command: Command): Command =>
  command.option(
    '--exec <[events=]command>',
    'a command to run at each event, or only at these: join,fail,event:deploy=./script; with query:load=./script it answers a query; repeatable',
    addHandler,
  )

export function addHandler(text: string, before: readonly Handler[] = []): readonly Handler[] {
  const equals = text.indexOf('=')
  const named = text.slice(0, Math.max(0, equals)).split(',')
  // A command may contain an equals sign, too.
  const isLimited = named.every(isOccasion)
  const command = isLimited ? text.slice(equals + 1) : text
  if (command.trim() === '')
    throw new InvalidArgumentError('Give a command of the shell: ./script, or join,fail=./script.')
  if (!isLimited) return [...before, { events: undefined, queries: [], command }]
  const queries = named.flatMap(each => queryOf(each) ?? [])
  for (const name of queries) checkQuery(name)
  return [
    ...before,
    {
      events: named.filter(each => queryOf(each) === undefined),
      queries,
      command,
    },
  ]
}

const isOccasion = (text: string): boolean =>
  events.includes(text) || /^event:./.test(text) || queryOf(text) !== undefined

/** The name of the query, which may be empty; undefined: the text is no query. */
function queryOf(text: string): string | undefined {
  const [kind, ...name] = text.split(':')
  return kind === 'query' ? name.join(':') : undefined
}

function checkQuery(name: string): void {
  if (name === '' || Buffer.byteLength(name) > maxNameBytes)
    throw new InvalidArgumentError(`Name the query, with at most ${maxNameBytes} bytes: query:load=./script.`)
  if (name.startsWith('hearsay:'))
    throw new InvalidArgumentError("Names of queries that begin with 'hearsay:' are reserved.")
}
