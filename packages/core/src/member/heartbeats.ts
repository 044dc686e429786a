/** Heartbeat arrivals: when the last heartbeat of each member arrived, in epoch milliseconds by the local clock. */
export class HeartbeatArrivals {
  readonly #receivedEpochMs = new Map<string, number>()

  get size(): number {
    return this.#receivedEpochMs.size
  }

  receivedEpochMs(id: string): number | undefined {
    return this.#receivedEpochMs.get(id)
  }

  record(id: string, epochMs: number): void {
    this.#receivedEpochMs.set(id, epochMs)
  }

  forget(id: string): void {
    this.#receivedEpochMs.delete(id)
  }
}
