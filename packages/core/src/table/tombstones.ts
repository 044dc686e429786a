/**
 * Forgotten: the last incarnation of those who are no longer in the table.
 *
 * It outlives the table, so a late joiner that re-tells an old member is told nothing new; it is bounded, the
 * least recently forgotten goes first.
 */
import { supersedes } from './incarnation.ts'

export class Tombstones {
  readonly #lastIncarnation = new Map<string, number>()
  readonly #capacity: number

  /** @param capacity how many ids it remembers. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  add(id: string, incarnation: number): void {
    this.#lastIncarnation.delete(id)
    this.#lastIncarnation.set(id, incarnation)
    if (this.#lastIncarnation.size <= this.#capacity) return
    const [oldest] = this.#lastIncarnation.keys()
    if (oldest !== undefined) this.#lastIncarnation.delete(oldest)
  }

  /** Whether a record of this incarnation is newer than what was forgotten, as far as that is still believable. */
  admits(id: string, incarnation: number, epochMs: number): boolean {
    return supersedes(incarnation, this.#lastIncarnation.get(id) ?? -1, epochMs)
  }

  get size(): number {
    return this.#lastIncarnation.size
  }
}
