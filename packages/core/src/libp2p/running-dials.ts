/**
 * Running dials: at most one dial of each target runs, and a change of the local network aborts all dials.
 *
 * A caller that asks for a running dial gets that dial.
 */
import { setMaxListeners } from 'main-event'

export class RunningDials<Outcome> {
  readonly #running = new Map<string, Promise<Outcome>>()
  #controller = controllerOfMany()

  /** Starts a dial, or returns the running one of this target. */
  share(target: string, start: () => Promise<Outcome>): Promise<Outcome> {
    const known = this.#running.get(target)
    if (known) return known
    const started = start().finally(() => {
      // A later dial may have replaced this one.
      if (this.#running.get(target) === started) this.#running.delete(target)
    })
    this.#running.set(target, started)
    return started
  }

  /** The next call of `share` starts a new dial. The running one continues. */
  forget(target: string): void {
    this.#running.delete(target)
  }

  /** Aborts all dials. */
  abort(): void {
    this.#controller.abort()
    this.#running.clear()
    this.#controller = controllerOfMany()
  }

  /** A signal that ends a dial: at the latest after this time. */
  signal(timeoutMs: number): AbortSignal {
    return within(timeoutMs, this.#controller.signal)
  }

  /** Waits. @throws the reason of the abort, if the dials are aborted meanwhile */
  pause(ms: number): Promise<void> {
    const { signal } = this.#controller
    return new Promise((resolve, reject) => {
      const abort = () => {
        clearTimeout(timer)
        reject(signal.reason)
      }
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', abort)
        resolve()
      }, ms)
      signal.addEventListener('abort', abort, { once: true })
    })
  }
}

/** A signal that is aborted with the given one, and after `ms` at the latest. */
export function within(ms: number, signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(ms)])
}

/** A controller whose signal accepts a listener for each dial. */
function controllerOfMany(): AbortController {
  const controller = new AbortController()
  setMaxListeners(Number.POSITIVE_INFINITY, controller.signal)
  return controller
}
