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
  said: readonly F[],
  holds: (fact: F) => boolean | Promise<boolean>,
): Verified<F> | Promise<Verified<F>> {
  for (const [i, fact] of said.entries()) {
    const answer = holds(fact)
    if (answer instanceof Promise) return verifyLater(said, i, answer, holds)
    if (!answer) return upTo(said, i)
  }
  return upTo(said, said.length)
}

/** From the one on whose answer is promised. */
async function verifyLater<F>(
  said: readonly F[],
  from: number,
  promised: Promise<boolean>,
  holds: (fact: F) => boolean | Promise<boolean>,
): Promise<Verified<F>> {
  if (!(await promised)) return upTo(said, from)
  for (const [i, fact] of said.entries()) if (i > from && !(await holds(fact))) return upTo(said, i)
  return upTo(said, said.length)
}

function upTo<F>(said: readonly F[], count: number): Verified<F> {
  return { facts: said.slice(0, count), forged: count < said.length }
}
