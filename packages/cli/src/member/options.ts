/** Options by which every command joins a cluster. Core checks their values. */
import type { JoinOptions } from '@hearsay/core'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { readSecret } from './secret.ts'

/** How a member joins, whoever it is. */
export interface JoiningFlags {
  readonly listen?: readonly string[]
  readonly announce?: readonly string[]
  readonly origin?: readonly string[]
  readonly bootstrap?: readonly string[]
  readonly profile?: 'local' | 'lan' | 'wan'
  readonly secretFile?: string
  readonly mdns: boolean
}

export interface MemberFlags extends JoiningFlags {
  readonly name?: string
  readonly tag?: Readonly<Record<string, string>>
  readonly storage?: string
  readonly json?: true
}

export function addMemberOptions(command: Command): Command {
  return addJoiningOptions(
    command
      .option('--name <name>', "the member's name")
      .option('--tag <key=value>', 'a tag, repeatable', addTag)
      .option('--storage <dir>', 'a folder to store the identity in, so that a restart is the same member'),
  ).option('--json', 'print one JSON object a line')
}

export function addJoiningOptions(command: Command): Command {
  return command
    .option(
      '--listen <multiaddr>',
      'where others reach this member, repeatable (default: any address, a free port)',
      append,
    )
    .option(
      '--announce <multiaddr>',
      'a further address where others reach this member, such as that of a proxy, repeatable',
      append,
    )
    .option(
      '--origin <origin>',
      'an origin of pages that may connect by WebSocket, such as https://app.example.org, repeatable',
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
    .option(
      '--secret-file <file>',
      "a file whose first line is the cluster's secret (default: the environment variable HEARSAY_SECRET)",
    )
    .option('--no-mdns', 'do not look for members on the local network')
}

/** @throws {UsageError} the file with the secret cannot be read */
export function joinOptions(cluster: string, flags: Omit<MemberFlags, 'json'>): JoinOptions {
  const { tag, secretFile, name, listen, announce, origin, bootstrap, profile, storage, mdns } = flags
  const secret = readSecret(secretFile)
  return {
    cluster,
    mdns,
    ...(name !== undefined && { name }),
    ...(tag && { tags: tag }),
    ...(listen && { listen }),
    ...(announce && { announce }),
    ...(origin && { origins: origin }),
    ...(bootstrap && { bootstrap }),
    ...(profile && { profile }),
    ...(storage !== undefined && { storage }),
    ...(secret !== undefined && { secret }),
  }
}

/** Collects an option that may be given several times. */
export const append = (value: string, before: readonly string[] = []): readonly string[] => [...before, value]

/** `key=value`, split at the first `=`. */
export function keyAndValue(text: string): [key: string, value: string] {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('Write it as key=value.')
  return [text.slice(0, equals), text.slice(equals + 1)]
}

export function addTag(
  text: string,
  before: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  const [key, value] = keyAndValue(text)
  return { ...before, [key]: value }
}
