/** App calls: calls functions of the app. An error that such a function throws is reported once and changes nothing else. */

/** Calls a function of the app. Reports the error that it throws or with which its promise rejects. */
export function callApp(act: () => unknown): void {
  try {
    reportRejection(act())
  } catch (error) {
    reportAppError(error)
  }
}

/** Reports the rejection of a promise. @param result the value that a function of the app returned */
export function reportRejection(result: unknown): void {
  if (result instanceof Promise) result.catch(reportAppError)
}

/**
 * Reports an error of the app, as an event target does, but never ends the process:
 *
 * - with `reportError` where that exists: in pages and workers, or because the app defines it;
 * - otherwise (Node) to the handlers of `uncaughtException`, if the app has any;
 * - otherwise with `console.error`. Node's own event targets would end the process here, and with it a member that other
 *   members rely on.
 */
export function reportAppError(error: unknown): void {
  try {
    if (typeof globalThis.reportError === 'function') globalThis.reportError(error)
    else if (hasHandler()) throwLater(error)
    else console.error(error)
  } catch (failure) {
    // The app's own `reportError` may throw.
    console.error(error, failure)
  }
}

function hasHandler(): boolean {
  return typeof process === 'object' && process.listenerCount?.('uncaughtException') > 0
}

function throwLater(error: unknown): void {
  queueMicrotask(() => {
    throw error
  })
}
