/** Options of a member. The options are checked once, before the member starts anything. */
import { checkBootstrap } from './bootstrap-address.ts'
import { checkHalfPairs, checkNameAndTags } from './call-options.ts'
import { InvalidOptionsError } from './errors.ts'
import type { KeyringOptions } from './keyring.ts'
import { checkOptionNames, type OptionNames } from './option-names.ts'
import { checkSecret } from './secret.ts'

/** Options of every member, on any libp2p node. All strings must be well-formed Unicode. */
export interface MemberOptions {
  /**
   * The cluster's name, 1 to 128 characters (UTF-16 units). Only members with the same cluster name communicate. Required,
   * unless the ticket contains it.
   */
  cluster?: string
  /**
   * A ticket of `Cluster.invite`, or a text that contains one, such as a link. A ticket contains the name of the cluster,
   * addresses, the secret if the cluster has one, and a key with which this member proves that it was invited. So no other
   * option is required. Pass the same ticket at each start. After `Cluster.renew`, the member uses the ticket that is valid
   * for longer, as long as it has its storage. Do not pass `secret` or `authority` together with a ticket.
   *
   * @default none
   */
  ticket?: string
  /**
   * The private key of the cluster's authority: the 32 bytes of `createAuthority`. The member founds a cluster that admits
   * only invited members: each member shows grants that lead to this key, and members refuse all other peers. A member with
   * this key may invite, grant all roles, and revoke. The key is the most valuable secret of the cluster: pass it to one
   * member only, or to no member that runs all the time. All other members need a `ticket`.
   *
   * @default none
   */
  authority?: Uint8Array
  /**
   * The cluster's secret: 16 to 1,024 characters of a well-formed string, which stand for their UTF-8 bytes, or 16 to 1,024
   * bytes. Each end of a connection proves to the other that it has the same secret, and the secret itself is never sent.
   * A peer that fails learns nothing about the cluster. Give all members the same secret, made of random characters:
   * `openssl rand -base64 32`. A secret does not distinguish members, so it cannot exclude a single one.
   *
   * @default none: every peer that knows or guesses the cluster's name, and can reach one member, is a member
   */
  secret?: string | Uint8Array
  /**
   * Several secrets at once, instead of `secret`, while you replace the secret: the secret that this member proves first, and
   * further secrets that it accepts. `{ primary: s }` is the same as `secret: s`. `Cluster.keyring` changes the keys of all
   * running members. A member with a store stores the keys of the last change, and prefers them to this option at its next
   * start. The member also accepts the keys of this option, unless they were removed from the cluster.
   *
   * @default none
   */
  keyring?: KeyringOptions
  /**
   * A name for people to read, at most 128 bytes (UTF-8). The name need not be unique.
   *
   * @default the last 6 characters of the member id
   */
  name?: string
  /**
   * Small facts about this member, which all members can read: at most 32, keys up to 64 bytes, values up to 256 bytes.
   *
   * @default {}
   */
  tags?: Readonly<Record<string, string>>
  /**
   * Addresses of members to contact first. Multiaddrs, with or without `/p2p/…`, or `host:port` for TCP, with IPv6 addresses
   * in brackets. A member without any connection dials all of them, together with some addresses from its storage: at once,
   * then at intervals that grow from 0.25 s to 10 s. A member with a connection sometimes dials those at which no known
   * member answered, so that a partition ends.
   *
   * @default []
   */
  bootstrap?: readonly string[]
  /**
   * Distance between the members, which sets the timeouts of the failure detector (the values of memberlist). `local`: one
   * machine; `lan`: one data centre; `wan`: the internet. A profile for a larger distance detects failures later and
   * raises fewer false suspicions on slow networks.
   *
   * @default 'lan'
   */
  profile?: 'local' | 'lan' | 'wan'
  /**
   * Whether this member runs for a short time only, for example while a script asks one question. When it leaves, other
   * members remove it from their lists at once, instead of showing it as `left` for a day. If it dies, they show it like any
   * other dead member.
   *
   * @default false
   */
  ephemeral?: boolean
}

/** Names of the options that every member has. */
export const memberOptionNames: OptionNames<MemberOptions> = {
  cluster: true,
  ticket: true,
  authority: true,
  secret: true,
  keyring: true,
  name: true,
  tags: true,
  bootstrap: true,
  profile: true,
  ephemeral: true,
}

const profiles: readonly unknown[] = ['local', 'lan', 'wan']
const maxClusterLength = 128
const authorityKeyBytes = 32
/** As in wire/keyring-fact.ts, which is loaded only in clusters with a secret. */
const maxKeys = 4
const keyringOptionNames: OptionNames<KeyringOptions> = { primary: true, accepted: true }

/** Checks the values of the options, not their names. @throws {InvalidOptionsError} */
export function checkMemberOptions(options: MemberOptions): void {
  const { cluster, ticket, name, tags, bootstrap = [], profile = 'lan' } = options
  if (cluster !== undefined || ticket === undefined) checkCluster(cluster)
  if (options.secret !== undefined) checkSecret('secret', options.secret)
  checkKeyring(options)
  checkAuthority(options)
  if (!profiles.includes(profile)) throw new InvalidOptionsError("profile: give 'local', 'lan' or 'wan'")
  if (options.ephemeral !== undefined && typeof options.ephemeral !== 'boolean')
    throw new InvalidOptionsError('ephemeral: give true or false')
  checkBootstrap(bootstrap)
  checkNameAndTags(name, tags)
}

function checkCluster(cluster: unknown): void {
  if (typeof cluster !== 'string' || cluster === '' || cluster.length > maxClusterLength)
    throw new InvalidOptionsError(`cluster: give a name of 1 to ${maxClusterLength} characters`)
  checkHalfPairs('cluster: the name', cluster)
}

/** No message contains the key or the ticket. What the ticket contains is checked later. */
function checkAuthority({ ticket, authority, secret, keyring }: MemberOptions): void {
  if (ticket !== undefined && (typeof ticket !== 'string' || ticket === ''))
    throw new InvalidOptionsError('ticket: give a ticket, like those of cluster.invite()')
  if (authority !== undefined && !(authority instanceof Uint8Array && authority.length === authorityKeyBytes))
    throw new InvalidOptionsError(`authority: give the ${authorityKeyBytes} bytes of createAuthority()`)
  if (keyring !== undefined && (ticket ?? authority) !== undefined)
    throw new InvalidOptionsError('keyring: a cluster with an authority has one secret. Give secret')
  if (ticket === undefined) return
  for (const [option, value] of Object.entries({ authority, secret }))
    if (value !== undefined)
      throw new InvalidOptionsError(`${option}: leave it out, the ticket contains everything that is needed`)
}

/** @throws {InvalidOptionsError} */
function checkKeyring({ secret, keyring }: MemberOptions): void {
  if (keyring === undefined) return
  if (secret !== undefined)
    throw new InvalidOptionsError('keyring: give either secret or keyring, whose primary key is the secret')
  checkOptionNames('keyring', keyring, keyringOptionNames, "{ primary: 'the new secret' }")
  const { primary, accepted = [] } = keyring
  checkSecret('keyring.primary', primary)
  if (!Array.isArray(accepted) || accepted.length >= maxKeys)
    throw new InvalidOptionsError(`keyring.accepted: give a list of at most ${maxKeys - 1} secrets`)
  for (const key of accepted) checkSecret('keyring.accepted', key)
}
