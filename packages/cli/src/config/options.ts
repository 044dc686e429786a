/** Command line of `hearsay config …`: its subcommands and their options. */
import type { Json, Writers } from '@hearsay/core'
import { type Command, InvalidArgumentError } from 'commander'
import { type AttachFlags, addAttachOptions, toSeconds } from '../attach/options.ts'
import { addMemberOptions, type MemberFlags } from '../member/options.ts'
import { given, type Typed, typedArgument } from '../terminal/json-value.ts'

export type ReadRequest =
  | { readonly type: 'get' | 'history'; readonly key: string }
  | { readonly type: 'list' }

export type ConfigRequest =
  | ReadRequest
  | { readonly type: 'delete'; readonly key: string }
  | { readonly type: 'set'; readonly key: string; readonly value: Json }
  | { readonly type: 'watch'; readonly key: string | undefined }

export interface ConfigFlags extends MemberFlags, AttachFlags {
  /** Seconds. */
  readonly wait: number
  readonly writer?: Writers
}

type Run = (cluster: string, name: string, request: ConfigRequest, flags: ConfigFlags) => Promise<void>

export function addConfigCommands(config: Command, run: Run): void {
  config.description('read, write and watch a config that members share')

  const add = (type: ConfigRequest['type'], description: string): Command =>
    addAttachOptions(
      addMemberOptions(
        config
          .command(type)
          .description(description)
          .argument('<cluster>', "the cluster's name")
          .argument('<name>', "the config's name"),
      ),
    )
      .option('--wait <seconds>', 'how long to wait for a member that has the config open', toSeconds, 5)
      .option(
        '--writer <id>',
        'a member whose entries count, repeatable; or role:NAME, for all with a role (default: anyone)',
        appendWriter,
      )

  const addWithKey = (type: 'get' | 'delete' | 'history', description: string) =>
    add(type, description)
      .argument('<key>')
      .action((cluster, name, key, flags) => run(cluster, name, { type, key }, flags))

  addWithKey('get', 'print the value of a key')
  add('set', 'write a value: JSON, or else text')
    .argument('<key>')
    .argument(
      '<value>',
      'JSON, or else text; - reads it from the standard input; after -- if it begins with a dash',
      typedArgument,
    )
    .action(async (cluster, name, key, value: Typed, flags) =>
      run(cluster, name, { type: 'set', key, value: await given(value) }, flags),
    )
  addWithKey('delete', 'delete a key')
  add('watch', 'print each change until Ctrl-C')
    .argument('[key]', 'print only changes of this key')
    .action((cluster, name, key, flags) => run(cluster, name, { type: 'watch', key }, flags))
  addWithKey('history', 'print who wrote which values of a key, newest first')
  add('list', 'print all keys and their values').action((cluster, name, flags) =>
    run(cluster, name, { type: 'list' }, flags),
  )
}

const rolePrefix = 'role:'

/** One more writer: ids add up, and a role stands alone, as in the option `writers` of `cluster.config`. */
function appendWriter(value: string, before: Writers = []): Writers {
  const isRole = value.startsWith(rolePrefix)
  if (!Array.isArray(before) || (isRole && before.length > 0))
    throw new InvalidArgumentError('A role is the only writer. Give one role, or ids.')
  return isRole ? { role: value.slice(rolePrefix.length) } : [...before, value]
}
