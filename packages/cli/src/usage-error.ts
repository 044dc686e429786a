/** Usage error: the command cannot run as given. The message is one line that says what to do; exit code 2. */
export class UsageError extends Error {
  override name = 'UsageError'
}
