/** Effect queue: collects the effects of one step of the machine in order, after one effect with all changed members. */
import type { SyncStep } from '../anti-entropy/anti-entropy.ts'
import type { MachineEffect } from './machine-io.ts'

export class EffectQueue {
  #effects: MachineEffect[] = []
  #changed: string[] = []

  /** The record or the status of another member changed. */
  changed(id: string): void {
    this.#changed.push(id)
  }

  push(...effects: readonly MachineEffect[]): void {
    this.#effects.push(...effects)
  }

  sendSyncSteps(steps: readonly SyncStep[]): void {
    for (const { to, message } of steps) this.#effects.push({ type: 'send-sync', to, message })
  }

  /** Removes and returns all effects. */
  take(): MachineEffect[] {
    const [effects, ids] = [this.#effects, this.#changed]
    this.#effects = []
    this.#changed = []
    return ids.length > 0 ? [{ type: 'changed', ids }, ...effects] : effects
  }
}
