/**
 * Cluster invitations: `invite`, `revoke` and `renew` of a cluster with an authority. Loaded with the first call.
 *
 * A member signs with the authority's key if it has that key, and otherwise with its own key, if its grants allow that. A grant
 * or revocation that other members would refuse fails here, with the reason.
 */
import { multiaddr } from '@multiformats/multiaddr'
import { bootstrapMultiaddr, checkAddresses } from '../api/bootstrap-address.ts'
import { InvalidOptionsError, NotAllowedError } from '../api/errors.ts'
import {
  type CheckedInvitation,
  checkInvite,
  checkTicketText,
  type Invitation,
  type InviteOptions,
  maxExpiryMs,
} from '../api/invitation.ts'
import { expiredText, isTicketText, ticketContent } from '../api/ticket.ts'
import { extendChain, type GrantChain, grantFault } from '../grants/grant-chain.ts'
import { clockToleranceMs, type MemberGrants } from '../grants/member-grants.ts'
import { adminRole } from '../grants/roles.ts'
import { encodeTicket } from '../grants/ticket-codec.ts'
import { maxFactsOfAuthor, maxPolicyFacts } from '../policy/policy-set.ts'
import { endOfAdminsRevocations, factsAgainst } from '../policy/revocation-kind.ts'
import type { Engine } from '../runtime/engine.ts'
import type { MemberAuthority } from '../runtime/member-authority.ts'
import { isPlausibleTimestamp } from '../wire/checks.ts'
import { draftFact, type PolicyFact } from '../wire/fact.ts'
import type { Grant } from '../wire/grant.ts'
import { isMemberId } from '../wire/member-id.ts'
import { type Signer, signedBytes } from '../wire/signing.ts'
import { checkClockAgrees, checkClockIsSet } from './clock-check.ts'
import { ticketAddresses } from './ticket-addresses.ts'

const seedBytes = 32

interface Issuer extends Signer {
  /** Undefined: the issuer is the authority. */
  readonly chain: GrantChain | undefined
}

export async function invite(engine: Engine, options: InviteOptions = {}): Promise<Invitation> {
  const checked = checkInvite(options, engine.host.clock.now().epochMs)
  checkAddresses('invite: addresses', checked.addresses ?? [], bootstrapMultiaddr)
  const authority = authorityOf(engine, 'invite')
  checkClockIsSet('invite', engine)
  checkClockAgrees('invite', engine)
  const issuer = issuerOf(engine, authority)
  const { roles, mayInvite } = checked
  const seed = crypto.getRandomValues(new Uint8Array(seedBytes))
  const { id } = await authority.keyOf(seed)
  const expiresAtMs = expiryWithin(checked, issuer.chain)
  const grant = { subject: id, isInvitation: true, roles, notAfterMs: expiresAtMs, mayInvite }
  const fault = grantFault(grant, issuer.chain?.last)
  if (fault !== undefined) throw new NotAllowedError(`invite: ${fault}`)
  const { cluster } = engine
  const extended = await extendChain(grant, {
    authority: authority.grants.authority,
    cluster,
    chain: issuer.chain,
    issuer,
  })
  if (!extended.ok) throw new NotAllowedError(`invite: ${extended.failure.detail}`)
  const addresses =
    checked.addresses?.map(bootstrapMultiaddr) ??
    ticketAddresses(engine.bootstrap, engine.machine.members(), engine.self)
  const ticket = encodeTicket({
    cluster: engine.name,
    chain: extended.value,
    invitationKey: seed,
    addresses: addresses.map(address => multiaddr(address).bytes),
    ...authority.ticketKeys(),
  })
  return Object.freeze({ ticket, id, roles: Object.freeze(roles), expiresAtMs, mayInvite })
}

/** Ends an invitation, the members that joined with it, or one member, everywhere. */
export async function revoke(engine: Engine, what: string): Promise<void> {
  checkTicketText('revoke', what)
  const { host, self, cluster, driver } = engine
  const { key, grants } = authorityOf(engine, 'revoke')
  const { subject, last } = targetOf(engine, grants, what)
  const epochMs = host.clock.now().epochMs
  const own = grants.chainOf(self, engine.machine.ownGrants)
  const isAdmin = own?.last.roles.includes(adminRole) && grants.isCurrent(own, epochMs)
  if (!key && !isAdmin)
    throw new NotAllowedError(
      `revoke: this member may not revoke. It needs the authority's key, or a valid ticket with the role '${adminRole}'`,
    )
  if (!key && last?.roles.includes(adminRole))
    throw new NotAllowedError(
      "revoke: only the authority revokes admins. Call this at a member with the authority's key",
    )
  checkClockIsSet('revoke', engine)
  checkClockAgrees('revoke', engine)
  // The grant of an unknown key may be the longest one.
  const endMs = last?.notAfterMs ?? epochMs + maxExpiryMs
  const mayBeAdmin = key !== undefined && (last?.roles.includes(adminRole) ?? true)
  // The clocks of other members may be behind.
  const untilEpochMs = (mayBeAdmin ? endOfAdminsRevocations(endMs) : endMs) + 2 * clockToleranceMs
  const author = key?.id ?? self
  const known = factsAgainst(engine.machine.policy, [subject]).find(
    fact => fact.author === author && isPlausibleTimestamp(fact.epochMs, epochMs),
  )
  if (known && known.untilEpochMs >= untilEpochMs) return host.writes.stored()
  const draft = draftFact(author, {
    type: 'revocation',
    subject,
    untilEpochMs,
    // What the subject wrote after the first revocation must not count again.
    epochMs: known?.epochMs ?? epochMs,
    grants: key || !own ? new Uint8Array() : own.bytes,
  })
  const signature = await (key ?? host.keys).sign(signedBytes(cluster, draft))
  const fact = { ...draft, signature } as PolicyFact
  driver.handle({ type: 'policy', fact })
  if (!engine.machine.policy.stored(fact))
    throw new NotAllowedError(
      `revoke: there is no place for it. The cluster keeps ${maxPolicyFacts} revocations, at most ${maxFactsOfAuthor} of one admin: first the authority's, then those that count longest. Revoke with the authority's key`,
    )
  await host.writes.stored()
}

/** The key to revoke, and its last grant if this member knows it. */
function targetOf(
  { self, name, machine }: Engine,
  grants: MemberGrants,
  what: string,
): { readonly subject: string; readonly last: Grant | undefined } {
  if (isTicketText(what)) {
    const { cluster, chain } = ticketContent('revoke', what)
    if (cluster !== name || chain.authority !== grants.authority)
      throw new InvalidOptionsError(
        'revoke: the ticket is for another cluster. Call this at a member of that cluster',
      )
    return { subject: chain.last.subject, last: chain.last }
  }
  if (what === self)
    throw new InvalidOptionsError('revoke: this is the id of this member itself. Call leave() instead')
  if (!isMemberId(what))
    throw new InvalidOptionsError('revoke: give a member id, a ticket or the id of an invitation')
  const chains = [...machine.table.rows()].map(({ id, record }) => grants.chainOf(id, record.record.grants))
  const known = chains.flatMap(chain => chain?.grants ?? []).filter(({ subject }) => subject === what)
  return { subject: what, last: known.sort((a, b) => b.notAfterMs - a.notAfterMs)[0] }
}

/** Replaces this member's grants by those of a ticket, at once and for the next starts. */
export async function renew(engine: Engine, ticket: string): Promise<void> {
  checkTicketText('renew', ticket)
  const authority = authorityOf(engine, 'renew')
  const content = ticketContent('renew', ticket)
  const { grants } = authority
  const { chain } = content
  if (content.cluster !== engine.name || chain.authority !== grants.authority)
    throw new InvalidOptionsError('renew: the ticket is for another cluster. Ask for one of this cluster')
  const { last } = chain
  if (engine.host.clock.now().epochMs > last.notAfterMs)
    throw new InvalidOptionsError(`renew: ${expiredText(last.notAfterMs)}`)
  if (grants.revocations.of(chain))
    throw new InvalidOptionsError('renew: the ticket was revoked. Ask for a new one')
  const own = await authority.redeem(content)
  if (grants.revocations.of(own))
    throw new NotAllowedError(
      'renew: this member itself was revoked, and no ticket changes that. Join again with another identity, in another storage',
    )
  engine.host.keyring?.accept(content)
  engine.driver.handle({ type: 'local-change', change: { grants: own.bytes } })
}

/** @throws {InvalidOptionsError} the cluster has no authority */
function authorityOf({ host }: Engine, call: string): MemberAuthority {
  if (host.authority) return host.authority
  throw new InvalidOptionsError(
    `${call}: this cluster has no authority. Found one with the option 'authority', see createAuthority()`,
  )
}

/** @throws {NotAllowedError} this member has no key that may invite */
function issuerOf(engine: Engine, { key, grants }: MemberAuthority): Issuer {
  if (key) return { chain: undefined, sign: bytes => key.sign(bytes) }
  const { host, machine, self } = engine
  const chain = grants.chainOf(self, machine.ownGrants)
  if (chain?.last.mayInvite && grants.isCurrent(chain, host.clock.now().epochMs))
    return { chain, sign: bytes => host.keys.sign(bytes) }
  throw new NotAllowedError(
    `invite: this member may not invite. It needs the authority's key, or a valid ticket with the role '${adminRole}' and mayInvite`,
  )
}

function expiryWithin(
  { expiresAtMs, isDefaultExpiry }: CheckedInvitation,
  chain: GrantChain | undefined,
): number {
  return isDefaultExpiry ? Math.min(expiresAtMs, chain?.last.notAfterMs ?? expiresAtMs) : expiresAtMs
}
