/**
 * Revocation kind: the policy facts that end grants, in a cluster with an authority.
 *
 * The set keeps one revocation for each author and subject. The grants in an admin's fact are checked with the fact, and
 * their signatures are verified with its signature.
 */
import type { MemberGrants } from '../grants/member-grants.ts'
import { type Revocation, revokerFault } from '../grants/revocations.ts'
import { isPlausibleTimestamp, maxAheadMs } from '../wire/checks.ts'
import type { PolicyFact } from '../wire/fact.ts'
import type { Policy } from './policy.ts'
import type { PolicyKind } from './policy-kind.ts'

type RevocationFact = PolicyFact & { readonly type: 'revocation' }

/**
 * 11 years: the longest grants, plus a margin. So an admin cannot fill the set with facts that last longer after their date.
 */
const maxLastingMs = 347_133_600_000

/**
 * Until when the authority's revocation of a key that may be an admin's is kept, in epoch milliseconds: longer than everything
 * that this admin can revoke. Otherwise its revocations would count again afterwards.
 *
 * @param notAfterMs when the grant of the key ends
 */
export function endOfAdminsRevocations(notAfterMs: number): number {
  return Math.min(notAfterMs + maxLastingMs + maxAheadMs, Number.MAX_SAFE_INTEGER)
}

export function revocationKind(grants: MemberGrants): PolicyKind {
  return {
    key: fact => (isRevocation(fact) ? `${fact.subject} ${fact.author}` : ''),
    // An author extends its revocation, and never shortens it.
    order: fact => (isRevocation(fact) ? fact.untilEpochMs : 0),
    untilEpochMs: fact => (isRevocation(fact) ? fact.untilEpochMs : 0),
    dateOf: fact => (isRevocation(fact) ? fact.epochMs : 0),
    admits(fact, epochMs) {
      if (!isRevocation(fact) || !isPlausibleTimestamp(fact.epochMs, epochMs)) return false
      if (fact.author !== grants.authority && fact.untilEpochMs > fact.epochMs + maxLastingMs) return false
      const revocation = revocationOf(fact, grants)
      return (
        revokerFault(revocation, grants.authority) === undefined && !grants.revocations.isVoid(revocation)
      )
    },
  }
}

/** Makes exactly the revocations in the set count. Drops the revocations by admins that the authority has revoked. */
export function applyRevocations(policy: Policy, grants: MemberGrants): void {
  grants.revocations.replace(factsOf(policy).map(fact => revocationOf(fact, grants)))
  dropVoid(policy, grants)
}

/** As `applyRevocations`, after the set received only this fact and dropped none: the work does not grow with the set. */
export function addRevocation(fact: PolicyFact, policy: Policy, grants: MemberGrants): void {
  if (!isRevocation(fact)) return
  grants.revocations.add(revocationOf(fact, grants))
  if (fact.author === grants.authority) dropVoid(policy, grants)
}

function dropVoid(policy: Policy, grants: MemberGrants): void {
  policy.drop(
    fact =>
      fact.author !== grants.authority &&
      isRevocation(fact) &&
      grants.revocations.isVoid(revocationOf(fact, grants)),
  )
}

/** The facts that name the subject of one of these grants. */
export function factsAgainst(policy: Policy, subjects: readonly string[]): readonly RevocationFact[] {
  return factsOf(policy).filter(({ subject }) => subjects.includes(subject))
}

function factsOf(policy: Policy): readonly RevocationFact[] {
  return policy.registers().flatMap(({ fact }) => (isRevocation(fact) ? [fact] : []))
}

function revocationOf(fact: RevocationFact, grants: MemberGrants): Revocation {
  const { subject, author, untilEpochMs: untilMs, epochMs: atMs } = fact
  return { subject, author, untilMs, atMs, chain: grants.chainOf(author, fact.grants) }
}

const isRevocation = (fact: PolicyFact): fact is RevocationFact => fact.type === 'revocation'
