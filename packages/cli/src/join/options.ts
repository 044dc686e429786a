/** Command line of `hearsay join` and `hearsay relay`. */
import type { Command } from 'commander'
import { addControlOption } from '../attach/options.ts'
import { addExecOption } from '../exec/options.ts'
import { addLogOptions } from '../log/options.ts'
import { addMemberOptions } from '../member/options.ts'

export function addJoinOptions(command: Command): Command {
  const member = addMemberOptions(
    command
      .description(
        'run a member of a cluster until Ctrl-C; without arguments, asks for a ticket in a terminal',
      )
      .argument('[cluster]', "the cluster's name, unless a ticket or the file of the authority contains it"),
  ).option(
    '--metrics <address>',
    'serve metrics for Prometheus at this address, such as 127.0.0.1:9464, or at a port of 127.0.0.1',
  )
  const controlled = addControlOption(member).option(
    '--no-control',
    'do not let other commands on this machine attach to this member',
  )
  return addLogOptions(addExecOption(controlled))
}

export function addRelayOptions(command: Command): Command {
  return addJoinOptions(command).description(
    'run a member that browsers join through, and that connects browsers to each other',
  )
}
