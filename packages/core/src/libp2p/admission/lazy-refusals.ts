/**
 * Lazy refusals: loads the code that counts and describes refused connections with the first of them. Most members refuse
 * no peer.
 */
import type { Connection, Logger } from '@libp2p/interface'
import type { RefusalReason, Refusals } from './refusals.ts'

export interface LazyRefusalsOptions {
  readonly hasSecret: boolean
  readonly hasAuthority: boolean
  readonly log: Logger
}

export class LazyRefusals {
  readonly #options: LazyRefusalsOptions
  #loaded: Refusals | undefined

  constructor(options: LazyRefusalsOptions) {
    this.#options = options
  }

  /** Undefined: no connection was refused yet. */
  get loaded(): Refusals | undefined {
    return this.#loaded
  }

  report(connection: Connection, reason: RefusalReason): void {
    // If the code cannot be loaded, the connection is refused without a count.
    this.#report(connection, reason, performance.now()).catch(() => {})
  }

  async #report(connection: Connection, reason: RefusalReason, atMs: number): Promise<void> {
    const { Refusals } = await import('./refusals.ts')
    const { log, ...options } = this.#options
    this.#loaded ??= new Refusals({ ...options, log: line => log('%s', line) })
    this.#loaded.report(connection, reason, atMs)
  }
}
