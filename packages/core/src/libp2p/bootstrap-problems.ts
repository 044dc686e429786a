/**
 * Bootstrap problems: why no member answers at the bootstrap addresses, in words.
 *
 * The last failure of each address is stored until a member answers there. A dial that has lasted for 5 s counts as a failure,
 * too, because it may last for 10 s. A connection that was not admitted is no failure of an address:
 * `admissionError` of the health says why.
 *
 * Loads the words for the causes with the first failure. Until they are loaded, a failure counts as silence.
 */
import type { Problem } from '../api/problem.ts'
import type { BootstrapFailure } from './bootstrap-failures.ts'

/** Our choice: half of the time that a dial may take. */
const slowMs = 5_000

const silent: BootstrapFailure = {
  reason: 'nothing answers in time',
  advice: 'Is the host running, and does a firewall or a security group let this port through?',
}

export class BootstrapProblems {
  /** The last failures, by address. */
  readonly #errors = new Map<string, unknown>()
  #failureOf: (error: unknown) => BootstrapFailure | 'silence' | 'refusal' = () => 'silence'
  /** When the running dials began, in monotonic milliseconds. */
  readonly #dialledMs = new Map<string, number>()
  readonly #given: ReadonlySet<string>

  /** @param given the addresses that the app gave; others are those of cached peers, whose failures are normal */
  constructor(given: readonly string[]) {
    this.#given = new Set(given)
  }

  dialled(address: string, nowMs: number): void {
    if (this.#given.has(address) && !this.#dialledMs.has(address)) this.#dialledMs.set(address, nowMs)
  }

  answered(address: string): void {
    this.#errors.delete(address)
    this.#dialledMs.delete(address)
  }

  /** Resolves when the words for the failure are loaded. */
  async failed(address: string, error: unknown): Promise<void> {
    this.#dialledMs.delete(address)
    if (!this.#given.has(address)) return
    this.#errors.set(address, error)
    try {
      this.#failureOf = (await import('./bootstrap-failures.ts')).failureOf
    } catch {
      // The network that fails can be the one from which a page loads this code. The next failure tries again.
    }
  }

  /** @param connections the number of connected members: with one, the addresses matter to newcomers only */
  problem(connections: number, nowMs: number): Problem | undefined {
    const slow = [...this.#dialledMs].filter(([, ms]) => nowMs - ms >= slowMs).map(([address]) => address)
    const all = new Map<string, BootstrapFailure | 'silence'>()
    for (const address of slow) all.set(address, 'silence')
    for (const [address, error] of this.#errors) {
      const failure = this.#failureOf(error)
      if (failure !== 'refusal') all.set(address, failure)
    }
    const [[address, failure] = [undefined, 'silence']] = all
    if (address === undefined) return undefined
    const { reason, advice } = failure === 'silence' ? silent : failure
    const others = all.size - 1
    const more = others === 0 ? '' : ` (and at ${others} more)`
    const effect =
      connections === 0
        ? ''
        : ' This member found others in another way, but members that start may not find the cluster.'
    return {
      name: 'bootstrap-unreachable',
      text: `No member answers at the bootstrap address ${address}${more}: ${reason}. ${advice}${effect}`,
    }
  }
}
