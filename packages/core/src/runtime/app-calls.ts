/** App calls: a function of the app is called, and whatever it throws is reported once and changes nothing else. */

/** Calls a function of the app. What it throws, or its promise rejects with, is reported. */
export function callApp(act: () => unknown): void {
  try {
    reportRejection(act())
  } catch (error) {
    reportAppError(error)
  }
}

/** @param result what a function of the app has returned */
export function reportRejection(result: unknown): void {
  if (result instanceof Promise) result.catch(reportAppError)
}

/**
 * Reports an error of the app, as an event target does, but never ends the process:
 *
 * - by `reportError`, where there is one: in pages and workers, or because the app defines it;
 * - otherwise (Node) to the handlers of `uncaughtException`, if the app has any;
 * - otherwise by `console.error`: Node's own event targets would end the process here, and with it a member that others
 *   rely on.
 */
export function reportAppError(error: unknown): void {
  try {
    if (typeof globalThis.reportError === 'function') globalThis.reportError(error)
    else if (hasHandler()) throwLater(error)
    else console.error(error)
  } catch (failure) {
    // A `reportError` of the app's own that throws.
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
