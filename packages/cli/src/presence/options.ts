/** Command line of `hearsay presence`. */
import type { Json } from '@hearsay/core'
import type { Command } from 'commander'
import { type AttachFlags, addAttachOptions } from '../attach/options.ts'
import { addMemberOptions, keyAndValue, type MemberFlags } from '../member/options.ts'
import { typedValue } from '../terminal/json-value.ts'

export interface PresenceFlags extends MemberFlags, AttachFlags {
  readonly set?: Readonly<Record<string, Json>>
}

export function addPresenceOptions(command: Command): Command {
  return addAttachOptions(
    addMemberOptions(
      command
        .description('show the members in a room and their presence, until Ctrl-C')
        .argument('<cluster>', "the cluster's name")
        .argument('<room>', "the room's name"),
    ),
  ).option('--set <key=value>', 'a presence field of this member, repeatable: JSON, or else text', addField)
}

function addField(text: string, before: PresenceFlags['set'] = {}): PresenceFlags['set'] {
  const [key, value] = keyAndValue(text)
  return { ...before, [key]: typedValue(value) }
}
