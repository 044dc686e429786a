/**
 * Answers: results and errors of calls, as they are sent over a port. An error is sent as its name and message, so that an
 * app can recognise it.
 */
import {
  InvalidOptionsError,
  InvalidValueError,
  ListenError,
  NotAllowedError,
  NotRunningError,
  RateLimitError,
  reportAppError,
  StorageError,
} from '@hearsay/core/app'

/** An answer, or an error of hearsay by its name. */
export type Answer<T> =
  | { readonly value: T }
  | { readonly error: { readonly name: string; readonly message: string } }

/** hearsay's errors by their `name`, because a bundler may shorten the names of the classes. */
const classes: ReadonlyMap<string, new (message: string) => Error> = new Map(
  [
    InvalidOptionsError,
    InvalidValueError,
    ListenError,
    NotAllowedError,
    NotRunningError,
    RateLimitError,
    StorageError,
  ].map(ErrorClass => [new ErrorClass('').name, ErrorClass]),
)

export function answer<T>(act: () => T): Answer<T> {
  try {
    return { value: act() }
  } catch (error) {
    return failed(error)
  }
}

export async function answerLater<T>(act: () => Promise<T>): Promise<Answer<T>> {
  try {
    return { value: await act() }
  } catch (error) {
    return failed(error)
  }
}

/** The value of an answer. @throws the error of the answer, of its own class if it is one of hearsay's */
export function resultOf<T>(given: Answer<T>): T {
  if ('value' in given) return given.value
  const { name, message } = given.error
  throw new (classes.get(name) ?? Error)(message)
}

function failed(error: unknown): Answer<never> {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  return failure(name, message)
}

/** An answer that is an error. */
export function failure(name: string, message: string): Answer<never> {
  return { error: { name, message } }
}

/** Reports the error of an answer that no call of the app waits for. */
export function report(given: Promise<Answer<unknown>>): void {
  given.then(resultOf).catch(reportUnlessEnded)
}

/** Reports an error, unless it says that the view or its room has ended: the app sees that by itself. */
export function reportUnlessEnded(error: unknown): void {
  if (!(error instanceof NotRunningError)) reportAppError(error)
}

/** The message of a call that the rights of a view do not allow. */
export const refusal = (what: string): string =>
  `${what}: this view may not do that. Change \`allow\` of serveCluster`
