/** Outbox: what a step asks of the host, in the order in which it came up. */
import type { Step } from '../gossip/exchanges.ts'
import type { MachineEffect } from './machine-io.ts'

export class Outbox {
  #effects: MachineEffect[] = []

  push(...effects: readonly MachineEffect[]): void {
    this.#effects.push(...effects)
  }

  /** Steps of exchanges. */
  send(steps: readonly Step[]): void {
    for (const { to, message } of steps) this.#effects.push({ type: 'send-sync', to, message })
  }

  take(): MachineEffect[] {
    const effects = this.#effects
    this.#effects = []
    return effects
  }
}
