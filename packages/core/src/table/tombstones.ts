/**
 * Tombstones: the last incarnations of members that were removed from the table.
 *
 * A tombstone outlives the row, so an old record that a peer still sends does not bring the member back. The number of
 * tombstones is bounded: the oldest one is deleted first.
 */
import { setNewest } from '../base/oldest-first.ts'
import { supersedes } from './incarnation.ts'

export class Tombstones {
  readonly #lastIncarnation = new Map<string, number>()
  readonly #capacity: number

  /** @param capacity the greatest number of tombstones. */
  constructor(capacity: number) {
    this.#capacity = capacity
  }

  add(id: string, incarnation: number): void {
    setNewest(this.#lastIncarnation, id, incarnation, this.#capacity)
  }

  /** Whether this incarnation is newer than the tombstone, or the tombstone's incarnation is implausible now. */
  admits(id: string, incarnation: number, epochMs: number): boolean {
    return supersedes(incarnation, this.#lastIncarnation.get(id) ?? -1, epochMs)
  }

  has(id: string): boolean {
    return this.#lastIncarnation.has(id)
  }

  get size(): number {
    return this.#lastIncarnation.size
  }
}
