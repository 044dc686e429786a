/** Options of `hearsay demo`. */
import { type Command, InvalidArgumentError, Option } from 'commander'
import { addPortOption } from '../http/port-option.ts'
import { names } from './member-names.ts'

export const usualPort = 7400

export interface DemoFlags {
  readonly members: number
  readonly once?: true
  readonly scenario: boolean
  readonly story: boolean
  readonly page: boolean
  readonly port?: number
  readonly json?: true
}

export function addDemoOptions(command: Command): Command {
  return addPortOption(
    command
      .description('run a whole cluster on this machine, and watch it fail and recover')
      .option('--members <n>', 'how many members', toMembers, 5)
      .option('--once', 'end when the scenario ends, also in a terminal')
      .addOption(
        new Option('--no-scenario', 'only start the members, and stay open for the page').conflicts('once'),
      )
      // The former name of the option.
      .addOption(new Option('--no-story').hideHelp().conflicts('once'))
      .option('--no-page', 'serve no page')
      .option('--json', 'print one JSON object per line: the page, each step, then the summary'),
    usualPort,
  )
}

function toMembers(text: string): number {
  const members = Number(text)
  if (Number.isInteger(members) && members >= 2 && members <= names.length) return members
  throw new InvalidArgumentError(`Give a whole number from 2 to ${names.length}.`)
}
