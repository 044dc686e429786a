/**
 * Verification: which facts of a message stand.
 *
 * They are looked at in order, and the first whose signature does not hold ends it: the rest is not worth a look.
 * When the verifier answers at once, so does this.
 */
import type { SignedFact } from '../wire/fact.ts'

export interface Verified {
  /** Those before the first forged one. */
  readonly facts: readonly SignedFact[]
  readonly forged: boolean
}

export function verify(
  said: readonly SignedFact[],
  holds: (fact: SignedFact) => boolean | Promise<boolean>,
): Verified | Promise<Verified> {
  for (const [i, fact] of said.entries()) {
    const answer = holds(fact)
    if (answer instanceof Promise) return verifyLater(said, i, answer, holds)
    if (!answer) return upTo(said, i)
  }
  return upTo(said, said.length)
}

/** From the one on whose answer is promised. */
async function verifyLater(
  said: readonly SignedFact[],
  from: number,
  promised: Promise<boolean>,
  holds: (fact: SignedFact) => boolean | Promise<boolean>,
): Promise<Verified> {
  if (!(await promised)) return upTo(said, from)
  for (const [i, fact] of said.entries()) if (i > from && !(await holds(fact))) return upTo(said, i)
  return upTo(said, said.length)
}

function upTo(said: readonly SignedFact[], count: number): Verified {
  return { facts: said.slice(0, count), forged: count < said.length }
}
