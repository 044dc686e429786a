/**
 * Suspicions: who suspects one subject, in one incarnation of it.
 *
 * A register that merges by set union, a hard claim over a soft one of the same observer, a higher incarnation
 * over a lower. It keeps the `maxObservers` observers of lowest id: a union cut to its smallest elements still
 * merges in any order, and no liar can fill it beyond that.
 */
import type { SignedFact } from '../wire/fact.ts'

export type SuspicionFact = SignedFact & { readonly type: 'suspicion' }

export interface Suspicions {
  readonly incarnation: number
  /** Ordered by observer id. */
  readonly claims: readonly SuspicionFact[]
}

/** Our choice: 16. More than the k that ever shorten a suspicion, little enough to be relayed whole. */
export const maxObservers = 16

/** The merged register; the same object if the claim adds nothing. */
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
