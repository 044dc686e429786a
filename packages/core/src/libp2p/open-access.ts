/**
 * Open access: opens what a member needs to prove that it belongs to its cluster: the grants of an authority, a keyring that
 * may change, both together, or the fixed keys that follow from the name of the cluster.
 *
 * The code of grants and keyrings is loaded only in clusters that have them.
 */
import type { MemberOptions } from '../api/member-options.ts'
import type { Named } from '../api/ticket.ts'
import type { Host } from '../runtime/engine.ts'
import { clusterKeys } from '../wire/cluster-keys.ts'
import { keyFromMemberId } from '../wire/member-id.ts'
import type { GrantExchange } from './admission/grant-exchange.ts'
import type { OpenAuthorityOptions } from './open-authority.ts'
import type { TransportKeys } from './transport.ts'

/** Every kind of access needs the same parts of a member. */
export type OpenAccessOptions = OpenAuthorityOptions

export interface Access {
  readonly keys: TransportKeys
  readonly hasSecret: boolean
  /** The tokens by which members find each other in a local network, the one to look for first. */
  readonly tokens: () => readonly string[]
  /** In a cluster with an authority. */
  readonly grants?: GrantExchange
  /** The part of the engine's host that depends on the access. */
  readonly host: Pick<Host, 'authority' | 'keyring' | 'policy'>
}

/**
 * @throws {InvalidOptionsError} the ticket has expired, or its grants are not signed by the authority
 * @throws {StorageError} the stored keys are damaged
 */
export async function openAccess(options: OpenAccessOptions): Promise<Access> {
  const { ticketContent, authority, secret, keyring } = options.init
  if (ticketContent || authority) return await byGrants(options)
  if (secret !== undefined || keyring !== undefined) return await byKeyring(options)
  return { ...fixedKeys(options.init), host: {} }
}

async function byGrants(options: OpenAccessOptions): Promise<Access> {
  const { init } = options
  const { openAuthority } = await import('./open-authority.ts')
  const { authority, policy, exchange, opened } = await openAuthority(options)
  const host = { authority, policy }
  if (!opened) return { ...fixedKeys(init, authority.grants.authority), grants: exchange, host }
  const { keys, tokens, keyring } = opened
  return { keys, tokens, hasSecret: true, grants: exchange, host: { ...host, keyring } }
}

async function byKeyring(options: OpenAccessOptions): Promise<Access> {
  const { openKeyring, policyOf } = await import('./open-keyring.ts')
  const { keys, tokens, keyring } = await openKeyring({ ...options, clock: options.platform.clock })
  return { keys, tokens, hasSecret: true, host: { keyring, policy: policyOf(keyring, options) } }
}

/** Keys that do not change while the member runs. @param authority the authority, as a member id */
function fixedKeys(
  { cluster, secret }: Named<MemberOptions>,
  authority?: string,
): Pick<Access, 'keys' | 'hasSecret' | 'tokens'> {
  const fixed = clusterKeys(cluster, secret, authority === undefined ? undefined : keyFromMemberId(authority))
  const admission = [{ id: '', key: fixed.admission }]
  const topics = [fixed]
  const tokens = [fixed.discovery]
  return {
    keys: { admission: () => admission, topics: () => topics },
    hasSecret: secret !== undefined,
    tokens: () => tokens,
  }
}
