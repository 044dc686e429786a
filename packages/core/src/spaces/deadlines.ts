/** Deadlines: at most one time for each space, in monotonic ms. A deadline only moves earlier until it is taken. */
export class Deadlines {
  readonly #atMs = new Map<string, number>()

  /** Sets the deadline, unless an earlier one is set. */
  set(space: string, atMs: number): void {
    this.#atMs.set(space, Math.min(this.#atMs.get(space) ?? atMs, atMs))
  }

  delete(space: string): void {
    this.#atMs.delete(space)
  }

  /** Removes the deadlines that have passed. @returns their spaces */
  takeDue(nowMs: number): string[] {
    const due = [...this.#atMs].filter(([, atMs]) => atMs <= nowMs).map(([space]) => space)
    for (const space of due) this.#atMs.delete(space)
    return due
  }

  /** The earliest deadline; Infinity if there is none. */
  get nextMs(): number {
    return Math.min(...this.#atMs.values())
  }
}
