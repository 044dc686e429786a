/** Command lines of `hearsay tags set` and `hearsay tags delete`. */
import type { Command } from 'commander'
import { addRunningOptions, type RunningFlags } from '../attach/options.ts'
import { addTag } from '../member/options.ts'

export type TagChange =
  | { readonly type: 'set'; readonly tags: Readonly<Record<string, string>> }
  | { readonly type: 'delete'; readonly keys: readonly string[] }

export function addTagsCommands(
  tags: Command,
  run: (change: TagChange, flags: RunningFlags) => Promise<void>,
): void {
  tags.description('change the tags of a running member')
  addRunningOptions(
    tags.command('set').description('set tags of the member').argument('<key=value...>', 'tags', addTag),
  ).action((tags, flags) => run({ type: 'set', tags }, flags))
  addRunningOptions(
    tags.command('delete').description('delete tags of the member').argument('<key...>', 'names of tags'),
  ).action((keys, flags) => run({ type: 'delete', keys }, flags))
}
