/**
 * Prepared join: prepares a member in the tab that is next in line, when the tab is idle, and joins with it.
 *
 * At most one member is prepared at a time, and it either joins or is closed. A preparation that fails changes nothing: then
 * the tab joins as it would without.
 */
import type { Cluster, PreparedMember } from '@hearsay/core'

interface PreparedJoinOptions {
  readonly join: () => Promise<Cluster>
  readonly prepare?: (() => Promise<PreparedMember>) | undefined
  /** Calls back when the tab is idle. @returns a function that ends the wait */
  readonly whenIdle: (act: () => void) => () => void
}

export class PreparedJoin {
  readonly #options: PreparedJoinOptions
  #prepared: Promise<PreparedMember | undefined> | undefined
  #cancelIdle: () => void = () => {}

  constructor(options: PreparedJoinOptions) {
    this.#options = options
  }

  /** This tab is next in line. */
  prepare(): void {
    const { prepare, whenIdle } = this.#options
    if (!prepare) return
    this.discard()
    // The join reports an error again.
    this.#cancelIdle = whenIdle(() => {
      this.#prepared = prepare().catch(() => undefined)
    })
  }

  async join(): Promise<Cluster> {
    const prepared = await this.#take()
    return await (prepared ? prepared.join() : this.#options.join())
  }

  /** This tab does not lead next. */
  discard(): void {
    void this.#take().then(async prepared => prepared?.close().catch(() => {}))
  }

  async #take(): Promise<PreparedMember | undefined> {
    this.#cancelIdle()
    const prepared = this.#prepared
    this.#prepared = undefined
    return await prepared
  }
}
