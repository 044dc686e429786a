/** Options by which every command joins a cluster. Core checks their values. */
import type { JoinOptions } from '@hearsay/core'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { readSecret } from './secret.ts'

export interface MemberFlags {
  readonly name?: string
  readonly tag?: Readonly<Record<string, string>>
  readonly listen?: readonly string[]
  readonly bootstrap?: readonly string[]
  readonly profile?: 'local' | 'lan' | 'wan'
  readonly storage?: string
  readonly secretFile?: string
  readonly mdns: boolean
  readonly json?: true
}

export function addMemberOptions(command: Command): Command {
  return command
    .option('--name <name>', "the member's name")
    .option('--tag <key=value>', 'a tag, repeatable', addTag)
    .option(
      '--listen <multiaddr>',
      'where others reach this member, repeatable (default: any address, a free port)',
      append,
    )
    .option(
      '--bootstrap <address>',
      'a member to find the others through, a multiaddr or host:port, repeatable',
      append,
    )
    .addOption(
      new Option('--profile <profile>', 'how far apart members are').choices(['local', 'lan', 'wan']),
    )
    .option('--storage <dir>', 'a folder to store the identity in, so that a restart is the same member')
    .option(
      '--secret-file <file>',
      "a file whose first line is the cluster's secret (default: the environment variable HEARSAY_SECRET)",
    )
    .option('--no-mdns', 'do not look for members on the local network')
    .option('--json', 'print one JSON object a line')
}

/** @throws {UsageError} the file with the secret cannot be read */
export function joinOptions(
  cluster: string,
  { tag, json: _, secretFile, ...rest }: MemberFlags,
): JoinOptions {
  const secret = readSecret(secretFile)
  return { cluster, ...rest, ...(tag && { tags: tag }), ...(secret !== undefined && { secret }) }
}

/** Collects an option that may be given several times. */
export const append = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** `key=value`, split at the first `=`. */
export function keyAndValue(text: string): [key: string, value: string] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('Write it as key=value.')
  return [text.slice(0, equals), text.slice(equals + 1)]
}

function addTag(text: string, before: MemberFlags['tag'] = {}): MemberFlags['tag'] {
  const [key, value] = keyAndValue(text)
  return { ...before, [key]: value }
}
