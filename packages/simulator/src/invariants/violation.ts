/** An invariant did not hold. The simulation stands where it was broken. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
  /** Which one: a short name. */
  readonly invariant: string

  constructor(invariant: string, message: string) {
    super(message)
    this.invariant = invariant
  }
}
