/** Options of `hearsay join`, as the command line gives them. What they may contain is core's to judge. */
import { type Command, InvalidArgumentError, Option } from 'commander'

export interface JoinFlags {
  readonly name?: string
  readonly tag?: Readonly<Record<string, string>>
  readonly listen?: readonly string[]
  readonly bootstrap?: readonly string[]
  readonly profile?: 'local' | 'lan' | 'wan'
  readonly storage?: string
  readonly mdns: boolean
  readonly json?: true
}

export function addJoinOptions(command: Command): Command {
  return command
    .description('run a member of a cluster until Ctrl-C')
    .argument('<cluster>', "the cluster's name")
    .option('--name <name>', 'what people call this member')
    .option('--tag <key=value>', 'what else to tell about it, repeatable', addTag)
    .option(
      '--listen <multiaddr>',
      'where others reach it, repeatable (default: any address, a free port)',
      append,
    )
    .option('--bootstrap <multiaddr>', 'a member to find the others through, repeatable', append)
    .addOption(
      new Option('--profile <profile>', 'how far apart members are').choices(['local', 'lan', 'wan']),
    )
    .option('--storage <dir>', 'where to keep who it is, so that it comes back as the same')
    .option('--no-mdns', 'do not look for members on the local network')
    .option('--json', 'print one JSON object a line')
}

const append = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

function addTag(text: string, before: JoinFlags['tag'] = {}): JoinFlags['tag'] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('Write it as key=value.')
  return { ...before, [text.slice(0, equals)]: text.slice(equals + 1) }
}
