/** Command line of `hearsay revoke`. */
import type { Command } from 'commander'
import { addAskOptions } from '../attach/options.ts'

export const addRevokeOptions = (command: Command): Command =>
  addAskOptions(
    command
      .description(
        'end an invitation and all memberships that come from it, or one membership; this cannot be undone',
      )
      .argument(
        '<what>',
        'the id of an invitation; a member: its name, its id, or the beginning or the end of one; a file with a ticket; or - for a ticket on the standard input',
      ),
  )
