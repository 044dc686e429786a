/** Command line of `hearsay renew`. */
import type { Command } from 'commander'
import { addRunningOptions, type RunningFlags } from '../attach/options.ts'
import { addTicketOption } from '../member/options.ts'

export interface RenewFlags extends RunningFlags {
  readonly ticketFile?: string
}

export const addRenewOptions = (command: Command): Command =>
  addRunningOptions(
    addTicketOption(
      command.description(
        'give a running member a new ticket before the old one expires; in a terminal, asks for the ticket',
      ),
    ),
  )
