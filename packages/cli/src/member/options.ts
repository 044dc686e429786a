/** Options by which every command joins a cluster. Core checks their values. */
import type { JoinOptions } from '@hearsay/core'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { UsageError } from '../usage-error.ts'
import { readAuthority } from './authority-file.ts'
import { readSecret } from './secret.ts'
import { readTicket } from './ticket.ts'

/** The options by which any command joins a cluster. */
export interface JoiningFlags {
  readonly listen?: readonly string[]
  readonly announce?: readonly string[]
  readonly origin?: readonly string[]
  readonly bootstrap?: readonly string[]
  readonly profile?: 'local' | 'lan' | 'wan'
  readonly secretFile?: string
  readonly ticketFile?: string
  readonly authorityFile?: string
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
      .option(
        '--storage <dir>',
        'a folder for the identity and the stored data, so that the member keeps its id over restarts',
      ),
  ).option('--json', 'print one JSON object per line')
}

export function addJoiningOptions(command: Command): Command {
  return addTicketOption(command)
    .option(
      '--authority-file <file>',
      "the file of hearsay found with the key of the cluster's authority, for the founder",
    )
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
      'a member through which this one finds the others: a multiaddr or host:port, repeatable',
      append,
    )
    .addOption(
      new Option('--profile <profile>', 'how far apart members are (default: lan)').choices([
        'local',
        'lan',
        'wan',
      ]),
    )
    .option(
      '--secret-file <file>',
      "a file whose first line is the cluster's secret (default: the environment variable HEARSAY_SECRET)",
    )
    .option('--no-mdns', 'do not look for members on the local network')
}

export const addTicketOption = (command: Command): Command =>
  command.option(
    '--ticket-file <file>',
    'a file with a ticket; - for standard input (default: the environment variable HEARSAY_TICKET)',
  )

/**
 * @param cluster undefined: the cluster of the ticket or of the authority
 * @param pasted a ticket that is used instead of all others
 * @throws {UsageError} a file cannot be read, or there is nothing to join with
 */
export async function joinOptions(
  cluster: string | undefined,
  flags: Omit<MemberFlags, 'json'>,
  pasted?: string,
): Promise<JoinOptions> {
  const { tag, name, listen, announce, origin, bootstrap, profile, storage, mdns } = flags
  return {
    ...(await accessTo(cluster, flags, pasted)),
    mdns,
    ...(name !== undefined && { name }),
    ...(tag && { tags: tag }),
    ...(listen && { listen }),
    ...(announce && { announce }),
    ...(origin && { origins: origin }),
    ...(bootstrap && { bootstrap }),
    ...(profile && { profile }),
    ...(storage !== undefined && { storage }),
  }
}

/** A file is used instead of an environment variable, and a ticket instead of a secret. */
async function accessTo(
  cluster: string | undefined,
  { ticketFile, authorityFile, secretFile }: JoiningFlags,
  pasted: string | undefined,
): Promise<Pick<JoinOptions, 'cluster' | 'ticket' | 'authority' | 'secret'>> {
  if (ticketFile !== undefined && (authorityFile ?? secretFile) !== undefined)
    throw new UsageError('--ticket-file: a ticket is enough. Leave out --authority-file and --secret-file')
  const ticket =
    pasted ?? ((authorityFile ?? secretFile) === undefined ? await readTicket(ticketFile) : undefined)
  if (ticket !== undefined) return { ...(cluster !== undefined && { cluster }), ticket }
  const authority = authorityFile === undefined ? undefined : await readAuthority(authorityFile)
  const name = cluster ?? authority?.cluster
  if (name === undefined)
    throw new UsageError(
      'give the name of the cluster, or a ticket: by --ticket-file, or by the variable HEARSAY_TICKET',
    )
  if (authority && authority.cluster !== name)
    throw new UsageError(
      `--authority-file: the file is for the cluster '${authority.cluster}', not for '${name}'`,
    )
  const secret = await readSecret(secretFile)
  return {
    cluster: name,
    ...(authority && { authority: authority.key }),
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
