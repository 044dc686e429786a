/** Command lines of `hearsay keys`. A secret comes from a file or from stdin, never from the command line. */
import type { Command } from 'commander'
import { addRunningOptions, type RunningFlags } from '../attach/options.ts'

export type KeysRequest =
  | { readonly type: 'list' }
  | { readonly type: 'add'; readonly file: string }
  | { readonly type: 'use'; readonly fingerprint: string }
  | { readonly type: 'remove'; readonly fingerprint: string; readonly force: boolean }

export function addKeysCommands(
  keys: Command,
  run: (request: KeysRequest, flags: RunningFlags) => Promise<void>,
): void {
  keys.description('list and replace the secrets of a cluster')
  addRunningOptions(
    keys.command('list').description('print the fingerprints of the keys, and how many members have each'),
  ).action(flags => run({ type: 'list' }, flags))
  addRunningOptions(
    keys
      .command('add')
      .description('let all members accept a further secret')
      .argument('<file>', 'file with the secret in its first line; - for stdin'),
  ).action((file, flags) => run({ type: 'add', file }, flags))
  addRunningOptions(
    keys
      .command('use')
      .description('let all members prove this key first')
      .argument('<fingerprint>', 'as printed by list'),
  ).action((fingerprint, flags) => run({ type: 'use', fingerprint }, flags))
  addRunningOptions(
    keys
      .command('remove')
      .description('let no member accept a key any more')
      .argument('<fingerprint>', 'as printed by list')
      .option('--force', 'do not check whether all members have the primary key'),
  ).action((fingerprint, { force = false, ...flags }) => run({ type: 'remove', fingerprint, force }, flags))
}
