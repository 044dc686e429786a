/** Command line of `hearsay found`. */
import type { Command } from 'commander'

export interface FoundFlags {
  readonly out?: string
  readonly json?: true
}

export const addFoundOptions = (command: Command): Command =>
  command
    .description('found a cluster that admits only invited members: make the key of its authority')
    .argument('<cluster>', "the cluster's name")
    .option('--out <file>', 'the file for the key, which must not exist (default: <cluster>.authority)')
    .option('--json', 'print one JSON object per line')
