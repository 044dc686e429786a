/** Refusal: the CLI cannot do what was asked. One plain line that says what to do; exit code 2. */
export class UsageError extends Error {
  override name = 'Refusal'
}
