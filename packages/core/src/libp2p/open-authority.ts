/**
 * Open authority: how a member gets its grants in a cluster with an authority. Loaded only if the options of the member
 * contain a ticket or the key of an authority.
 *
 * The founder signs its own grant with the authority's key. Every other member signs its own grant with the key in its
 * ticket. Both happen at each start, so nothing has to be stored, except the grants of a later ticket that replaced the
 * first one.
 */
import type { Datastore } from 'interface-datastore'
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import { InvalidOptionsError } from '../api/errors.ts'
import { maxExpiryMs } from '../api/invitation.ts'
import type { MemberOptions } from '../api/member-options.ts'
import { expiredText, type Named } from '../api/ticket.ts'
import { extendChain, type GrantChain } from '../grants/grant-chain.ts'
import { expiryOf, MemberGrants } from '../grants/member-grants.ts'
import { adminRole } from '../grants/roles.ts'
import type { TicketContent } from '../grants/ticket-codec.ts'
import { Expulsions, type ExpulsionsOptions } from '../member/expulsions.ts'
import { applyRevocations, revocationKind } from '../policy/revocation-kind.ts'
import type { HostPolicy } from '../runtime/engine.ts'
import type { MemberAuthority, SeedKey } from '../runtime/member-authority.ts'
import { openPolicy } from '../storage/policy-storage.ts'
import { StoredValue } from '../storage/stored-value.ts'
import type { WriteQueue } from '../storage/write-queue.ts'
import { earliestEpochMs } from '../wire/checks.ts'
import { memberIdFromKey } from '../wire/member-id.ts'
import type { Signer, Verifier } from '../wire/signing.ts'
import { GrantExchange } from './admission/grant-exchange.ts'
import type { OpenedKeyring, OpenKeyringOptions } from './open-keyring.ts'
import type { Platform } from './platform.ts'
import { keyOfSeed } from './seed-keys.ts'

export interface OpenAuthorityOptions {
  readonly init: Named<MemberOptions>
  readonly self: string
  /** The cluster tag. */
  readonly cluster: Uint8Array
  readonly keys: Signer & Verifier
  readonly platform: Platform
  readonly datastore: Datastore
  readonly writes: WriteQueue
  /** The encoded grants of this member, once it has started. */
  readonly own: () => Uint8Array | undefined
}

export interface OpenedAuthority {
  readonly authority: MemberAuthority
  readonly policy: HostPolicy
  readonly exchange: GrantExchange
  /** In a cluster with a secret. */
  readonly opened: OpenedKeyring | undefined
}

/** @throws {InvalidOptionsError} the ticket has expired, or its grants are not signed by the authority */
export async function openAuthority(options: OpenAuthorityOptions): Promise<OpenedAuthority> {
  const { init, self, cluster, keys, platform, own } = options
  const { clock } = platform
  const keyOf = async (seed: Uint8Array): Promise<SeedKey> => {
    const key = await keyOfSeed(seed)
    const { sign } = platform.keys(key)
    return { id: memberIdFromKey(key.publicKey.raw) ?? '', sign }
  }
  const key = init.authority && (await keyOf(init.authority))
  const authority = key?.id ?? init.ticketContent?.chain.authority ?? ''
  const grants = new MemberGrants({ authority, cluster, keys })
  const opened = await openKeys({ id: authority, key }, options)
  const kinds = { revocation: revocationKind(grants), ...(opened && { keyring: opened.keyring.kind }) }
  const policy = openPolicy({ kinds, authority }, options.writes, cluster)
  const renewed = new StoredValue<Uint8Array>({ ...options, name: 'grants', parse, print })
  const redeem = async (ticket: TicketContent): Promise<GrantChain> => {
    const chain = await redeemed(ticket, { ...options, grants, keyOf })
    options.writes.push([renewed.change(chain.bytes)])
    return chain
  }
  const isRevoked = async (chain: GrantChain) => {
    policy.set.restore(await policy.load(), clock.now().epochMs)
    applyRevocations(policy.set, grants)
    return grants.revocations.of(chain) !== undefined
  }
  const chain = key
    ? await founded(key, options)
    : await later(init.ticketContent, await renewed.read(), { ...options, grants, keyOf, isRevoked })
  if (clock.now().epochMs > expiryOf(chain))
    throw new InvalidOptionsError(`ticket: ${expiredText(chain.last.notAfterMs)}`)
  const expulsions = (parts: ExpulsionsOptions) => new Expulsions(parts)
  return {
    authority: {
      grants,
      expulsions,
      chain,
      key,
      keyOf,
      ticketKeys: opened?.ticketKeys ?? (() => ({ secret: undefined })),
      redeem,
    },
    policy,
    exchange: new GrantExchange({ self, grants, clock, own: () => own() ?? chain.bytes, policy: policy.set }),
    opened,
  }
}

/** The keys of the cluster, which the authority alone changes; undefined: the cluster has no secret. */
async function openKeys(
  authority: NonNullable<OpenKeyringOptions['authority']>,
  options: OpenAuthorityOptions,
): Promise<OpenedKeyring | undefined> {
  const { init, platform } = options
  if ((init.secret ?? init.ticketContent?.key) === undefined) return undefined
  const { openKeyring } = await import('./open-keyring.ts')
  return await openKeyring({ ...options, clock: platform.clock, authority })
}

interface RedeemOptions extends OpenAuthorityOptions {
  readonly grants: MemberGrants
  readonly keyOf: MemberAuthority['keyOf']
}

/** The chain of the founder: it may do everything that an admin may, even without the authority's key. */
async function founded(key: SeedKey, { self, cluster, platform }: OpenAuthorityOptions): Promise<GrantChain> {
  const grant = {
    subject: self,
    isInvitation: false,
    roles: [adminRole],
    // The clock of a machine without a battery may be set later, and these grants must not have ended then.
    notAfterMs: Math.max(platform.clock.now().epochMs, earliestEpochMs) + maxExpiryMs,
    mayInvite: true,
  }
  const extended = await extendChain(grant, { authority: key.id, cluster, issuer: key })
  if (!extended.ok) throw new Error(extended.failure.detail)
  return extended.value
}

/**
 * The member's chain by its ticket, or by a later ticket whose chain was stored, if that lasts longer or the ticket was
 * revoked.
 */
async function later(
  ticket: TicketContent | undefined,
  stored: Uint8Array | undefined,
  options: RedeemOptions & { readonly isRevoked: (chain: GrantChain) => Promise<boolean> },
): Promise<GrantChain> {
  const known = options.grants.chainOf(options.self, stored)
  const isUsable = known && (await options.grants.verifyChain(known))
  if (!ticket) throw new InvalidOptionsError('ticket: give the ticket with which this member was invited')
  if (!isUsable) return redeemed(ticket, options)
  const isLonger = known.last.notAfterMs > ticket.chain.last.notAfterMs
  const [preferred, other] = isLonger ? [known, ticket.chain] : [ticket.chain, known]
  const isReplaced = (await options.isRevoked(preferred)) && !(await options.isRevoked(other))
  return (isReplaced ? other : preferred) === known ? known : redeemed(ticket, options)
}

/** The chain that the holder of a ticket makes for its own member id. */
async function redeemed(
  { chain, invitationKey }: TicketContent,
  { self, cluster, grants, keyOf }: RedeemOptions,
): Promise<GrantChain> {
  const { authority } = chain
  const { subject, roles, notAfterMs, mayInvite } = chain.last
  const issuer = await keyOf(invitationKey)
  const isValid = authority === grants.authority && issuer.id === subject && (await grants.verifyChain(chain))
  const grant = { subject: self, isInvitation: false, roles, notAfterMs, mayInvite }
  const extended = isValid && (await extendChain(grant, { authority, cluster, chain, issuer }))
  if (!extended || !extended.ok)
    throw new InvalidOptionsError('ticket: the authority of its cluster did not sign it. Ask for a new one')
  return extended.value
}

const parse = (text: string): Uint8Array | undefined => {
  try {
    return fromString(text, 'base64')
  } catch {
    return undefined
  }
}
const print = (bytes: Uint8Array): string => toText(bytes, 'base64')
