/** Pulses: when each member's last beat arrived here, in epoch milliseconds. */
export class Pulses {
  readonly #heardEpochMs = new Map<string, number>()

  get size(): number {
    return this.#heardEpochMs.size
  }

  heardEpochMs(id: string): number | undefined {
    return this.#heardEpochMs.get(id)
  }

  beat(id: string, epochMs: number): void {
    this.#heardEpochMs.set(id, epochMs)
  }

  forget(id: string): void {
    this.#heardEpochMs.delete(id)
  }
}
