/** Options of `hearsay join` and `hearsay relay`, as the command line gives them. */
import type { Command } from 'commander'
import { addMemberOptions } from '../member/options.ts'

export function addJoinOptions(command: Command): Command {
  return addMemberOptions(
    command.description('run a member of a cluster until Ctrl-C').argument('<cluster>', "the cluster's name"),
  )
}

export function addRelayOptions(command: Command): Command {
  return addJoinOptions(command).description(
    'run a member that browsers join through, and that introduces them to each other',
  )
}
