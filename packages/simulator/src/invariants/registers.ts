/**
 * A register never goes backwards: what a member holds of another only grows, in (incarnation, version) and, within
 * an incarnation, in beats, until it forgets the other, or does not believe it any more.
 */
import { type Engine, isPlausibleTimestamp } from '@hearsay/core/host'
import { InvariantViolation } from './violation.ts'

interface StoredRegister {
  readonly incarnation: number
  readonly version: number
  readonly sequence: number
}

/** Of one process. */
export class Registers {
  readonly #registers = new Map<string, StoredRegister>()
  readonly #touched = new Set<string>()

  /** Something about this member was told. */
  touch(id: string): void {
    this.#touched.add(id)
  }

  /** After each step. */
  check(machine: Engine['machine'], epochMs: number): void {
    for (const id of this.#touched) this.#checkOne(id, machine, epochMs)
    this.#touched.clear()
  }

  #checkOne(id: string, machine: Engine['machine'], epochMs: number): void {
    const entry = machine.table.get(id)
    if (!entry) {
      this.#registers.delete(id)
      return
    }
    const { incarnation, version } = entry.record.record
    const now = { incarnation, version, sequence: entry.heartbeat?.sequence ?? 0 }
    const before = this.#registers.get(id)
    this.#registers.set(id, now)
    if (before && isPlausibleTimestamp(before.incarnation, epochMs) && isBehind(now, before))
      throw new InvariantViolation(
        'registers',
        `the register of ${id} went from ${JSON.stringify(before)} to ${JSON.stringify(now)}`,
      )
  }
}

function isBehind(a: StoredRegister, b: StoredRegister): boolean {
  if (a.incarnation !== b.incarnation) return a.incarnation < b.incarnation
  return a.version < b.version || a.sequence < b.sequence
}
