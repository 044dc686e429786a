/**
 * Verification: which facts of a message stand.
 *
 * They are looked at in order, and the first whose signature does not hold ends it: the rest is not worth a look.
 * When the verifier answers at once, so does this.
 */
export interface Verified<F> {
  /** Those before the first forged one. */
  readonly facts: readonly F[]
  readonly forged: boolean
}

export function verify<F>(
  facts: readonly F[],
  isValid: (fact: F) => boolean | Promise<boolean>,
): Verified<F> | Promise<Verified<F>> {
  for (const [i, fact] of facts.entries()) {
    const answer = isValid(fact)
    if (answer instanceof Promise) return verifyLater(facts, i, answer, isValid)
    if (!answer) return upTo(facts, i)
  }
  return upTo(facts, facts.length)
}

/** From the one on whose answer is promised. */
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
