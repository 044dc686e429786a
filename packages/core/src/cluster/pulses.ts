/** Pulses: of each member, when its last beat arrived here and how long a direct round trip took. */
export interface Pulse {
  readonly heardEpochMs: number
  /** Undefined while none was measured. */
  readonly roundTripMs: number | undefined
}

export class Pulses {
  readonly #pulses = new Map<string, Pulse>()

  get size(): number {
    return this.#pulses.size
  }

  get(id: string): Pulse | undefined {
    return this.#pulses.get(id)
  }

  beat(id: string, epochMs: number): void {
    this.#pulses.set(id, { heardEpochMs: epochMs, roundTripMs: this.get(id)?.roundTripMs })
  }

  roundTrip(id: string, roundTripMs: number, epochMs: number): void {
    this.#pulses.set(id, { heardEpochMs: this.get(id)?.heardEpochMs ?? epochMs, roundTripMs })
  }

  forget(id: string): void {
    this.#pulses.delete(id)
  }
}
