/** Virtual time: actions run in the order of their times and, at equal times, in the order of their calls. */
import { DeadlineQueue } from '../src/deadline-queue.ts'

export class VirtualTime {
  nowMs = 0
  readonly #queue = new DeadlineQueue<number>()
  readonly #actions = new Map<number, () => void>()
  #sequence = 0

  at(dueMs: number, action: () => void): void {
    this.#sequence += 1
    this.#actions.set(this.#sequence, action)
    // The fraction orders actions of one time. It is far below a clock's tick.
    this.#queue.set(this.#sequence, dueMs + this.#sequence * 1e-9)
  }

  after(afterMs: number, action: () => void): void {
    this.at(this.nowMs + afterMs, action)
  }

  run(forMs: number): void {
    const untilMs = this.nowMs + forMs
    for (;;) {
      const dueMs = this.#queue.nextMs()
      const key = this.#queue.takeDue(untilMs)
      if (key === undefined) break
      this.nowMs = dueMs
      const action = this.#actions.get(key)
      this.#actions.delete(key)
      action?.()
    }
    this.nowMs = untilMs
  }
}
