/** Command line of `hearsay page`. */
import type { Command } from 'commander'
import { addRunningOptions, type RunningFlags } from '../attach/options.ts'
import { addPortOption } from '../http/port-option.ts'

/** The port after the demo's. */
export const usualPort = 7401

export interface PageFlags extends RunningFlags {
  readonly port?: number
  readonly write?: true
}

export const addPageOptions = (command: Command): Command =>
  addPortOption(
    addRunningOptions(
      command
        .description('serve a page of a running member, for a browser on this machine')
        .option(
          '--write',
          "let the page change the member's name and tags, let it leave, and invite and revoke others if it is an admin",
        ),
    ),
    usualPort,
  )
