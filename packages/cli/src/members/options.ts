/** Command line of `hearsay members`. */
import type { MemberStatus } from '@hearsay/core'
import { type Command, InvalidArgumentError } from 'commander'
import { type AskFlags, addAskOptions } from '../attach/options.ts'
import { addTag } from '../member/options.ts'

export interface MembersFlags extends AskFlags {
  readonly status?: readonly MemberStatus[]
  readonly tag?: Readonly<Record<string, string>>
  readonly watch?: true
}

const statuses: readonly string[] = ['alive', 'suspect', 'dead', 'left'] satisfies MemberStatus[]

export const addMembersOptions = (command: Command): Command =>
  addAskOptions(
    command
      .description('list the members of a cluster')
      .option(
        '--status <status>',
        'only members with this status, repeatable: alive, suspect, dead or left',
        addStatus,
      )
      .option('--tag <key=value>', 'only members with this tag, repeatable', addTag)
      .option('--watch', 'show changes until Ctrl-C'),
  )

function addStatus(text: string, before: readonly string[] = []): readonly string[] {
  const asked = text.split(',')
  if (asked.every(each => statuses.includes(each))) return [...before, ...asked]
  throw new InvalidArgumentError(`Allowed choices are ${statuses.join(', ')}.`)
}
