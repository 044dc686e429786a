/**
 * Invariant: only a member itself raises its incarnation. No fact contains a greater incarnation of a member
 * than the member has published.
 */
import { type SignedFact, subjectOf } from '@hearsay/core/host'
import type { SimulatedMember } from '../simulated-member.ts'
import { InvariantViolation } from './violation.ts'

/** @param memberOf the member with this id; undefined: the id belongs to no member of this simulation */
export function checkIncarnation(
  fact: SignedFact,
  memberOf: (id: string) => SimulatedMember | undefined,
): void {
  if (fact.type === 'revocation' || fact.type === 'keyring') return
  const id = subjectOf(fact)
  const owner = memberOf(id)
  // After a member lost its storage, its former id belongs to no member.
  if (!owner || owner.id !== id) return
  const incarnation = fact.type === 'record' ? fact.record.incarnation : fact.incarnation
  if (incarnation > (owner.greatestIncarnation ?? -1))
    throw new InvariantViolation(
      'incarnations',
      `a ${fact.type} of ${owner.name} has incarnation ${incarnation}, but the member has published at most ${owner.greatestIncarnation}`,
    )
}
