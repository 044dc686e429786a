/**
 * Virtual time: the scheduled tasks, in the order of (time, sequence). Nothing waits for a real clock.
 *
 * Instants are multiples of 1/1024 ms, so that their sums and differences are exact.
 */
import TinyQueue from 'tinyqueue'

interface Task {
  readonly dueMs: number
  readonly seq: number
  act: (() => void) | undefined
}

/** The most tasks at one instant: more are an endless loop in which time never passes. */
const maxTasksAtOnce = 1_000_000

export class VirtualTime {
  readonly #tasks = new TinyQueue<Task>([], (a, b) => a.dueMs - b.dueMs || a.seq - b.seq)
  #nowMs = 0
  #seq = 0
  #tasksAtOnce = 0

  /** Virtual milliseconds since the start of the simulation. */
  get nowMs(): number {
    return this.#nowMs
  }

  /** The number of tasks run so far. */
  get steps(): number {
    return this.#steps
  }
  #steps = 0

  /** Schedules a task at this time, or now if the time has passed. @returns a function that cancels the task */
  at(dueMs: number, act: () => void): () => void {
    const task: Task = { dueMs: Math.max(onGrid(dueMs), this.#nowMs), seq: this.#seq++, act }
    this.#tasks.push(task)
    return () => {
      task.act = undefined
    }
  }

  after(ms: number, act: () => void): () => void {
    return this.at(this.#nowMs + ms, act)
  }

  /** Runs the next task if it is due by `untilMs`. @returns whether there was one */
  step(untilMs: number): boolean {
    for (let task = this.#tasks.peek(); task && task.dueMs <= untilMs; task = this.#tasks.peek()) {
      this.#tasks.pop()
      const { act } = task
      if (!act) continue
      this.#tasksAtOnce = task.dueMs > this.#nowMs ? 0 : this.#tasksAtOnce + 1
      if (this.#tasksAtOnce > maxTasksAtOnce) throw new Error(`time stands still at ${this.#nowMs} ms`)
      this.#nowMs = task.dueMs
      this.#steps += 1
      act()
      return true
    }
    this.#nowMs = Math.max(this.#nowMs, onGrid(untilMs))
    return false
  }
}

/** The first multiple of 1/1024 ms that is not earlier. */
export function onGrid(ms: number): number {
  return Math.ceil(ms * 1_024) / 1_024
}
