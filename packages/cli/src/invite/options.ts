/** Command line of `hearsay invite`. */
import type { Command } from 'commander'
import { type AskFlags, addAskOptions } from '../attach/options.ts'
import { append } from '../member/options.ts'
import { toMilliseconds } from './duration.ts'

export interface InviteFlags extends AskFlags {
  readonly role?: readonly string[]
  /** Milliseconds. */
  readonly expires?: number
  readonly mayInvite?: true
  readonly address?: readonly string[]
  readonly link?: string
  readonly qr?: true
}

export const addInviteOptions = (command: Command): Command =>
  addAskOptions(
    command
      .description('make a ticket for newcomers, which they paste into hearsay join')
      .option(
        '--role <role>',
        'a role of the members that join, repeatable: reader, admin, or one of your app',
        append,
      )
      .option(
        '--expires <time>',
        'how long the ticket and the memberships that come from it are valid: 30m, 12h, 7d, 2w or 1y (default: 30d)',
        toMilliseconds,
      )
      .option('--may-invite', 'the members that join may invite others; needs --role admin')
      .option(
        '--address <address>',
        'a member that newcomers dial first, repeatable (default: addresses that the member knows)',
        append,
      )
      .option('--link <url>', 'print a link to this page, with the ticket after #hearsay=')
      .option('--qr', 'print a QR code, too'),
  )
