/** Options of `hearsay demo`. */
import { type Command, InvalidArgumentError } from 'commander'
import { names } from './names.ts'

export interface DemoFlags {
  readonly members: number
  readonly once?: true
  readonly json?: true
}

export function addDemoOptions(command: Command): Command {
  return command
    .description('watch a whole cluster on this machine: live, fail and heal')
    .option('--members <n>', 'how many members', toMembers, 5)
    .option('--once', 'end when the story ends, also in a terminal')
    .option('--json', 'print one JSON object a line: each step, then the summary')
}

function toMembers(text: string): number {
  const members = Number(text)
  if (Number.isInteger(members) && members >= 2 && members <= names.length) return members
  throw new InvalidArgumentError(`It is a whole number from 2 to ${names.length}.`)
}
