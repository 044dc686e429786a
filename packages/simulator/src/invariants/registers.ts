/**
 * Invariant: a register never goes backwards. A member stores a record of each other member. The (incarnation, version)
 * of a stored record only grows, and so does the sequence of the heartbeats within an incarnation. The rule ends
 * when the member removes the record or rejects its incarnation as implausible.
 */
import { type Engine, isPlausibleTimestamp } from '@hearsay/core/host'
import { InvariantViolation } from './violation.ts'

interface StoredRegister {
  readonly incarnation: number
  readonly version: number
  readonly sequence: number
}

/** The registers of one process. */
export class Registers {
  readonly #registers = new Map<string, StoredRegister>()
  readonly #touched = new Set<string>()

  /** A fact about this member was received. */
  touch(id: string): void {
    this.#touched.add(id)
  }

  /** Called after each step. */
  check(machine: Engine['machine'], epochMs: number): void {
    for (const id of this.#touched) this.#checkOne(id, machine, epochMs)
    this.#touched.clear()
  }

  #checkOne(id: string, machine: Engine['machine'], epochMs: number): void {
    const row = machine.table.get(id)
    if (!row) {
      this.#registers.delete(id)
      return
    }
    const { incarnation, version } = row.record.record
    const now = { incarnation, version, sequence: row.heartbeat?.sequence ?? 0 }
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
