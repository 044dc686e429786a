/**
 * Endable calls: calls of one view that wait without a bound, by the number that the view chose for each.
 *
 * At most `maxCalls` wait at the same time. A call ends when the view ends it, begins another call under its number, or leaves
 * the config or the cluster.
 */
import { InvalidOptionsError } from '@hearsay/core/app'

/** Our choice: far more calls than an app makes at the same time. */
const maxCalls = 256

export class EndableCalls {
  readonly #name: string
  readonly #running = new Map<number, AbortController>()

  /** @param name the name of the call, for errors */
  constructor(name: string) {
    this.#name = name
  }

  /** @returns undefined: the view has ended the call @throws {InvalidOptionsError} too many calls wait */
  async run<T>(call: number, act: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.end(call)
    if (this.#running.size >= maxCalls)
      throw new InvalidOptionsError(
        `${this.#name}: this view has ${maxCalls} pending calls of ${this.#name} already. Wait until some have ended`,
      )
    const controller = new AbortController()
    const { signal } = controller
    this.#running.set(call, controller)
    try {
      return await act(signal)
    } catch (error) {
      if (signal.aborted) return undefined
      throw error
    } finally {
      if (this.#running.get(call) === controller) this.#running.delete(call)
    }
  }

  end(call: number): void {
    this.#running.get(call)?.abort()
  }

  endAll(): void {
    for (const controller of this.#running.values()) controller.abort()
  }
}
