/** An invariant does not hold. The simulation stops at the step that violated it. */
export class InvariantViolation extends Error {
  override readonly name = 'InvariantViolation'
  /** A short name of the invariant. */
  readonly invariant: string

  constructor(invariant: string, message: string) {
    super(message)
    this.invariant = invariant
  }
}
