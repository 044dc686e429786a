/** Virtual time: what is to happen, in the order of (time, sequence). Nothing waits for a real clock. */
interface Task {
  readonly dueMs: number
  readonly seq: number
  act: (() => void) | undefined
}

/** So many tasks at one instant are a loop that never lets time pass. */
const maxTasksAtOnce = 1_000_000

export class VirtualTime {
  readonly #heap: Task[] = []
  #nowMs = 0
  #seq = 0
  #tasksAtOnce = 0

  get nowMs(): number {
    return this.#nowMs
  }

  /** Returns its undo. */
  at(dueMs: number, act: () => void): () => void {
    const task: Task = { dueMs: Math.max(dueMs, this.#nowMs), seq: this.#seq++, act }
    this.#push(task)
    return () => {
      task.act = undefined
    }
  }

  after(ms: number, act: () => void): () => void {
    return this.at(this.#nowMs + ms, act)
  }

  runTo(untilMs: number): void {
    for (let task = this.#heap[0]; task && task.dueMs <= untilMs; task = this.#heap[0]) {
      this.#pop()
      if (!task.act) continue
      this.#tasksAtOnce = task.dueMs > this.#nowMs ? 0 : this.#tasksAtOnce + 1
      if (this.#tasksAtOnce > maxTasksAtOnce) throw new Error(`time stands still at ${this.#nowMs} ms`)
      this.#nowMs = task.dueMs
      task.act()
    }
    this.#nowMs = untilMs
  }

  #push(task: Task): void {
    const heap = this.#heap
    let at = heap.push(task) - 1
    while (at > 0) {
      const above = (at - 1) >> 1
      const parent = heap[above]
      if (!parent || isBefore(parent, task)) break
      heap[at] = parent
      at = above
    }
    heap[at] = task
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    if (!last || heap.length === 0) return
    let at = 0
    for (;;) {
      const left = heap[2 * at + 1]
      const right = heap[2 * at + 2]
      const below = right && left && isBefore(right, left) ? 2 * at + 2 : 2 * at + 1
      const child = heap[below]
      if (!child || isBefore(last, child)) break
      heap[at] = child
      at = below
    }
    heap[at] = last
  }
}

function isBefore(a: Task, b: Task): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.seq < b.seq)
}
