/**
 * A register never goes backwards: what a member holds of another only grows, in (incarnation, version) and, within
 * an incarnation, in beats, until it forgets the other, or does not believe it any more.
 */
import { believable, type Engine } from '@hearsay/core/host'
import { InvariantViolation } from './violation.ts'

interface Held {
  readonly incarnation: number
  readonly version: number
  readonly beat: number
}

/** Of one process. */
export class Registers {
  readonly #held = new Map<string, Held>()
  readonly #touched = new Set<string>()

  /** Something about this member was told. */
  touch(id: string): void {
    this.#touched.add(id)
  }

  /** After each step. */
  check(machine: Engine['machine'], epochMs: number): void {
    for (const id of this.#touched) this.#look(id, machine, epochMs)
    this.#touched.clear()
  }

  #look(id: string, machine: Engine['machine'], epochMs: number): void {
    const entry = machine.table.get(id)
    if (!entry) {
      this.#held.delete(id)
      return
    }
    const { incarnation, version } = entry.record.record
    const now = { incarnation, version, beat: entry.heartbeat?.beat ?? 0 }
    const before = this.#held.get(id)
    this.#held.set(id, now)
    if (before && believable(before.incarnation, epochMs) && isBehind(now, before))
      throw new InvariantViolation(
        'registers',
        `the register of ${id} went from ${JSON.stringify(before)} to ${JSON.stringify(now)}`,
      )
  }
}

function isBehind(a: Held, b: Held): boolean {
  if (a.incarnation !== b.incarnation) return a.incarnation < b.incarnation
  return a.version < b.version || a.beat < b.beat
}
