/** Options of `hearsay join`, as the command line gives them. */
import type { Command } from 'commander'
import { addMemberOptions } from '../member/options.ts'

export function addJoinOptions(command: Command): Command {
  return addMemberOptions(
    command.description('run a member of a cluster until Ctrl-C').argument('<cluster>', "the cluster's name"),
  )
}
