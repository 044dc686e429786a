/** Options of a member, checked once, before anything is started. */
import { firstRecord } from '../member/local-record.ts'
import { byteLength, isPlainObject } from '../wire/checks.ts'
import { recordExcess } from '../wire/fact.ts'
import { limits } from '../wire/limits.ts'
import { halfPairFault, receivedText } from '../wire/text.ts'
import { checkBootstrap } from './bootstrap-address.ts'
import { InvalidOptionsError } from './errors.ts'
import { checkOptionNames, type OptionNames } from './option-names.ts'

/** What a member needs, on whatever libp2p node it lives. All texts are well-formed Unicode. */
export interface MemberOptions {
  /** The cluster's name, 1 to 128 characters (UTF-16 units). Only members of the same name hear each other. */
  cluster: string
  /** For people to read; at most 128 bytes. @default the last 6 characters of the member id */
  name?: string
  /** At most 32, keys to 64 bytes, values to 256. @default {} */
  tags?: Readonly<Record<string, string>>
  /**
   * Addresses of members to start from, tried until one answers: multiaddrs, with or without `/p2p/…`, or `host:port`
   * for TCP, with an IPv6 address in brackets.
   *
   * @default []
   */
  bootstrap?: readonly string[]
  /** How far apart the members are: timeouts of the failure detector (memberlist's). @default 'lan' */
  profile?: 'local' | 'lan' | 'wan'
}

/** Names of the options that every member has. */
export const memberOptionNames: OptionNames<MemberOptions> = {
  cluster: true,
  name: true,
  tags: true,
  bootstrap: true,
  profile: true,
}

const profiles: readonly unknown[] = ['local', 'lan', 'wan']
const maxClusterLength = 128

/** All but the names of the options. @throws {InvalidOptionsError} */
export function checkMemberOptions(options: MemberOptions): void {
  const { cluster, name, tags, bootstrap = [], profile = 'lan' } = options
  if (typeof cluster !== 'string' || cluster === '' || cluster.length > maxClusterLength)
    throw new InvalidOptionsError(`cluster: give a name of 1 to ${maxClusterLength} characters`)
  checkHalfPairs('cluster: the name', cluster)
  if (!profiles.includes(profile)) throw new InvalidOptionsError("profile: give 'local', 'lan' or 'wan'")
  checkBootstrap(bootstrap)
  checkNameAndTags(name, tags)
}

/** What `update` may change. @throws {InvalidOptionsError} */
export function checkUpdate(change: Pick<MemberOptions, 'name' | 'tags'>): void {
  checkOptionNames('update', change, { name: true, tags: true }, "{ name: 'ada' }")
  checkNameAndTags(change.name, change.tags)
}

/** Name and tags, at the start and on each change. @throws {InvalidOptionsError} */
export function checkNameAndTags(name: string | undefined, tags: MemberOptions['tags']): void {
  if (name !== undefined && typeof name !== 'string') throw new InvalidOptionsError('name: give a text')
  checkHalfPairs('name: it', name ?? '')
  if (tags !== undefined && !isPlainObject(tags))
    throw new InvalidOptionsError("tags: give an object of texts, like { role: 'host' }")
  for (const [key, value] of Object.entries<unknown>(tags ?? {})) {
    checkHalfPairs(`tags: the key '${receivedText(key)}'`, key)
    if (typeof value !== 'string') throw new InvalidOptionsError(`tags: the value of '${key}' is no text`)
    checkHalfPairs(`tags: the value of '${key}'`, value)
  }
  const excess = recordExcess(firstRecord({ name: name ?? '', tags: tags ?? {}, incarnation: 0 }))
  if (excess !== undefined) throw new InvalidOptionsError(`${excess} cannot be shared: make it shorter`)
}

/** The name of a room, a config or a document. @throws {InvalidOptionsError} naming the call that takes it */
export function checkSpaceName(
  call: string,
  name: unknown,
  { minBytes = 1 }: { minBytes?: 0 | 1 } = {},
): void {
  const range = minBytes === 0 ? 'of at most' : `of ${minBytes} to`
  if (typeof name !== 'string' || byteLength(name) < minBytes || byteLength(name) > limits.maxRoomNameBytes)
    throw new InvalidOptionsError(`${call}: give a name ${range} ${limits.maxRoomNameBytes} bytes`)
  checkHalfPairs(`${call}: the name`, name)
}

/** @throws {InvalidOptionsError} */
export function checkHalfPairs(what: string, text: string): void {
  const fault = halfPairFault(text)
  if (fault !== undefined) throw new InvalidOptionsError(`${what} ${fault}`)
}

/** A member id, by its type alone: one that nobody has is nobody's. @throws {InvalidOptionsError} */
export function checkMemberId(call: string, id: unknown): void {
  if (typeof id !== 'string') throw new InvalidOptionsError(`${call}: give a member id, like cluster.self.id`)
}
