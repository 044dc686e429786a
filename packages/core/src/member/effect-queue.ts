/** Outbox: what a step asks of the host, in the order in which it came up, after which members changed. */
import type { SyncStep } from '../anti-entropy/anti-entropy.ts'
import type { MachineEffect } from './machine-io.ts'

export class EffectQueue {
  #effects: MachineEffect[] = []
  #changed: string[] = []

  /** Another's record or status changed. */
  changed(id: string): void {
    this.#changed.push(id)
  }

  push(...effects: readonly MachineEffect[]): void {
    this.#effects.push(...effects)
  }

  /** Steps of exchanges. */
  sendSyncSteps(steps: readonly SyncStep[]): void {
    for (const { to, message } of steps) this.#effects.push({ type: 'send-sync', to, message })
  }

  take(): MachineEffect[] {
    const [effects, ids] = [this.#effects, this.#changed]
    this.#effects = []
    this.#changed = []
    return ids.length > 0 ? [{ type: 'changed', ids }, ...effects] : effects
  }
}
