/** Options of a member, checked once, before anything is started. */
import { multiaddr } from '@multiformats/multiaddr'
import { type MemberRecord, recordExcess } from '../wire/fact.ts'
import { InvalidOptionsError } from './errors.ts'

/** What a member needs, on whatever libp2p node it lives. */
export interface MemberOptions {
  /** The cluster's name, 1 to 128 characters. Only members of the same name hear each other. */
  cluster: string
  /** For people to read; at most 128 bytes. @default the last 6 characters of the member id */
  name?: string
  /** At most 32, keys to 64 bytes, values to 256. @default {} */
  tags?: Readonly<Record<string, string>>
  /** Multiaddrs of members to start from, with or without `/p2p/…`. Tried until one answers. @default [] */
  bootstrap?: readonly string[]
  /** How far apart the members are: timeouts of the failure detector (memberlist's). @default 'lan' */
  profile?: 'local' | 'lan' | 'wan'
}

/** @throws {InvalidOptionsError} */
export function checkMemberOptions(options: MemberOptions): void {
  const { cluster, name, tags, bootstrap = [], profile = 'lan' } = options
  if (typeof cluster !== 'string' || cluster === '' || cluster.length > 128)
    throw new InvalidOptionsError('cluster: give a name of 1 to 128 characters')
  if (!['local', 'lan', 'wan'].includes(profile))
    throw new InvalidOptionsError(`profile: '${profile}' is none of local, lan, wan`)
  if (!Array.isArray(bootstrap)) throw new InvalidOptionsError('bootstrap: give a list of multiaddrs')
  for (const address of bootstrap) checkAddress('bootstrap', address)
  checkPresentation(name, tags)
}

/** Name and tags, at the start and on each change. @throws {InvalidOptionsError} */
export function checkPresentation(name: string | undefined, tags: MemberOptions['tags']): void {
  if (name !== undefined && typeof name !== 'string') throw new InvalidOptionsError('name: give a text')
  for (const [key, value] of Object.entries(tags ?? {}))
    if (typeof value !== 'string') throw new InvalidOptionsError(`tags: the value of '${key}' is no text`)
  const excess = recordExcess(firstRecord({ name: name ?? '', tags: tags ?? {}, incarnation: 0 }))
  if (excess !== undefined) throw new InvalidOptionsError(`${excess} cannot be shared: make it shorter`)
}

/** @throws {InvalidOptionsError} naming the option it came from. */
export function checkAddress(option: string, address: string): void {
  try {
    multiaddr(address)
  } catch {
    throw new InvalidOptionsError(
      `${option}: '${address}' is no multiaddr. Write it like /ip4/192.0.2.1/tcp/4001, or /ip4/192.0.2.1/tcp/4002/ws for a WebSocket`,
    )
  }
}

export function firstRecord(of: {
  name: string
  tags: Readonly<Record<string, string>>
  incarnation: number
}): MemberRecord {
  return {
    ...of,
    version: 1,
    addresses: [],
    spaces: [],
    leaving: false,
    leftEpochMs: 0,
    attention: { state: 'full', leaseMs: 0 },
  }
}
