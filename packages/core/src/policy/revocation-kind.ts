/**
 * Revocation kind: the policy facts that end grants, in a cluster with an authority.
 *
 * An author has one revocation of a subject. The grants that an admin carries are checked with the fact; their signatures
 * are verified with that of the fact.
 */
import type { MemberGrants } from '../grants/member-grants.ts'
import { type Revocation, revokerFault } from '../grants/revocations.ts'
import { isPlausibleTimestamp, maxAheadMs } from '../wire/checks.ts'
import type { PolicyFact } from '../wire/fact.ts'
import type { Policy } from './policy.ts'
import type { PolicyKind } from './policy-kind.ts'

type RevocationFact = PolicyFact & { readonly type: 'revocation' }

/** 11 years: the longest grants, and a margin. Nobody can fill the set with facts that last longer. */
const maxUntilMs = 347_133_600_000

export function revocationKind(grants: MemberGrants): PolicyKind {
  return {
    key: fact => (isRevocation(fact) ? `${fact.subject} ${fact.author}` : ''),
    order: fact => (isRevocation(fact) ? fact.epochMs : 0),
    untilEpochMs: fact => (isRevocation(fact) ? fact.untilEpochMs : 0),
    admits(fact, epochMs) {
      if (!isRevocation(fact) || !isPlausibleTimestamp(fact.epochMs, epochMs)) return false
      if (fact.untilEpochMs > epochMs + maxUntilMs + maxAheadMs) return false
      return revokerFault(revocationOf(fact, grants), grants.authority) === undefined
    },
  }
}

/** Lets the revocations in the set count, and no others. */
export function applyRevocations(policy: Policy, grants: MemberGrants): void {
  grants.revocations.replace(factsOf(policy).map(fact => revocationOf(fact, grants)))
}

/** The facts that name the subject of one of these grants. */
export function factsAgainst(policy: Policy, subjects: readonly string[]): readonly PolicyFact[] {
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
