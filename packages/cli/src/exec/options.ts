/** Command line of `--exec`: `[events=]command`. */
import type { ClusterEventType } from '@hearsay/core'
import type { Command } from 'commander'
import type { Handler } from './handlers.ts'

export interface ExecFlags {
  readonly exec?: readonly Handler[]
}

const events: readonly string[] = [
  'join',
  'update',
  'suspect',
  'recover',
  'fail',
  'leave',
] satisfies ClusterEventType[]

export const addExecOption = (command: Command): Command =>
  command.option(
    '--exec <[events=]command>',
    'a command to run at each event of a member, or only at these: join,fail=./script; repeatable',
    addHandler,
  )

export function addHandler(text: string, before: readonly Handler[] = []): readonly Handler[] {
  const equals = text.indexOf('=')
  const named = text.slice(0, Math.max(0, equals)).split(',')
  // A command may contain an equals sign, too.
  const isFiltered = named.every(each => events.includes(each))
  const handler = isFiltered
    ? { events: named as ClusterEventType[], command: text.slice(equals + 1) }
    : { events: undefined, command: text }
  return [...before, handler]
}
