/**
 * Suspicions: the observers that suspect one subject in one incarnation of the subject.
 *
 * The register merges by set union. A claim of a refused connection replaces a claim of silence by the same observer,
 * and a higher incarnation replaces a lower one. The register stores only the `maxObservers` observers with the lowest
 * ids, so that a malicious member cannot make it grow further. Such a bounded union still merges in any order.
 */
import type { SignedFact } from '../wire/fact.ts'

export type SuspicionFact = SignedFact & { readonly type: 'suspicion' }

export interface Suspicions {
  readonly incarnation: number
  /** Ordered by observer id. */
  readonly claims: readonly SuspicionFact[]
}

/**
 * Our choice: more than the confirmations that can shorten a suspicion, and few enough that a member relays
 * all of them.
 */
export const maxObservers = 16

/** The merged register, or the same object if the claim changes nothing. */
export function addClaim(current: Suspicions | undefined, claim: SuspicionFact): Suspicions {
  if (!current || claim.incarnation > current.incarnation)
    return { incarnation: claim.incarnation, claims: [claim] }
  if (claim.incarnation < current.incarnation) return current
  const known = current.claims.find(({ author }) => author === claim.author)
  if (known && (known.refused || !claim.refused)) return current
  const others = current.claims.filter(({ author }) => author !== claim.author)
  const claims = [...others, claim].sort((a, b) => (a.author < b.author ? -1 : 1)).slice(0, maxObservers)
  return claims.includes(claim) ? { incarnation: current.incarnation, claims } : current
}
