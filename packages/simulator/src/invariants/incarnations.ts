/** An incarnation is raised by its owner alone: nobody signs, tells or holds a greater one than the owner spoke of. */
import type { SignedFact } from '@hearsay/core/host'
import type { SimulatedMember } from '../simulated-member.ts'
import { InvariantViolation } from './violation.ts'

/** @param memberOf by id; undefined: nobody of this simulation, whoever that is. */
export function checkIncarnation(
  fact: SignedFact,
  memberOf: (id: string) => SimulatedMember | undefined,
): void {
  const id = fact.type === 'suspicion' ? fact.subject : fact.author
  const owner = memberOf(id)
  // An id that a member gave up with its storage is no longer its.
  if (!owner || owner.id !== id) return
  const incarnation = fact.type === 'record' ? fact.record.incarnation : fact.incarnation
  if (incarnation > (owner.greatestIncarnation ?? -1))
    throw new InvariantViolation(
      'incarnations',
      `a ${fact.type} of ${owner.name} has incarnation ${incarnation}, but the member has published at most ${owner.greatestIncarnation}`,
    )
}
