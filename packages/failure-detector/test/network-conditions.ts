/** What the network does to messages and dials: cut connections, loss, latency, and members without a network. */
import type { ConnectionEvent } from '../src/index.ts'
import type { SimulatedHost } from './simulated-host.ts'

const dialTimeoutMs = 1_000

export class NetworkConditions {
  /** The share of messages that the network loses, 0 to 1. */
  loss: number
  /** Members whose local network is down, with the outcome of their dials. */
  readonly offline = new Map<string, 'network-down' | 'unreachable'>()
  readonly #random: () => number
  readonly #cuts = new Set<string>()

  constructor(loss: number, random: () => number) {
    this.loss = loss
    this.#random = random
  }

  /** From now on the network loses all messages from one member to the other. */
  cut(from: string, to: string): void {
    this.#cuts.add(`${from}>${to}`)
  }

  isCut(from: string, to: string): boolean {
    return this.#cuts.has(`${from}>${to}`) || this.isOffline(from, to)
  }

  isOffline(from: string, to: string): boolean {
    return this.offline.has(from) || this.offline.has(to)
  }

  isLost(): boolean {
    return this.#random() < this.loss
  }

  latencyMs(): number {
    return 1 + 4 * this.#random()
  }

  /** The event that ends a dial, and after how long. */
  dialOutcome(from: SimulatedHost, to: SimulatedHost): { state: ConnectionEvent; afterMs: number } {
    const own = this.offline.get(from.id)
    if (own === 'network-down') return { state: 'network-down', afterMs: 1 }
    if (own !== undefined || this.offline.has(to.id)) return { state: 'unreachable', afterMs: dialTimeoutMs }
    // The kernel accepts connections for a stopped process too.
    return { state: to.isCrashed ? 'refused' : 'open', afterMs: 2 }
  }
}
