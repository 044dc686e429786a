/**
 * Verification: the facts of a message whose signatures are valid.
 *
 * Facts are verified in order. The first one with an invalid signature ends the verification, because its sender broke a
 * rule: the remaining facts are dropped unverified. The result is synchronous if the verifier is.
 */
export interface Verified<F> {
  /** The facts before the first forged one. */
  readonly facts: readonly F[]
  /** Whether a fact was forged. */
  readonly forged: boolean
}

export function verify<F>(
  facts: readonly F[],
  isValid: (fact: F) => boolean | Promise<boolean>,
): Verified<F> | Promise<Verified<F>> {
  for (const [i, fact] of facts.entries()) {
    const valid = isValid(fact)
    if (valid instanceof Promise) return verifyLater(facts, i, valid, isValid)
    if (!valid) return upTo(facts, i)
  }
  return upTo(facts, facts.length)
}

/** Continues at fact `from`, whose verification is asynchronous. */
async function verifyLater<F>(
  facts: readonly F[],
  from: number,
  promised: Promise<boolean>,
  isValid: (fact: F) => boolean | Promise<boolean>,
): Promise<Verified<F>> {
  if (!(await promised)) return upTo(facts, from)
  for (const [i, fact] of facts.entries()) if (i > from && !(await isValid(fact))) return upTo(facts, i)
  return upTo(facts, facts.length)
}

function upTo<F>(facts: readonly F[], count: number): Verified<F> {
  return { facts: facts.slice(0, count), forged: count < facts.length }
}
