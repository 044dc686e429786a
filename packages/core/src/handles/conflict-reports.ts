/** Conflict reports: the conflicts of one shared config. Each conflict is reported once. */
import type { ConfigConflict } from '../api/config.ts'
import { losersOf, type Version } from '../config/config-conflicts.ts'
import type { ConfigEntries } from '../config/config-entries.ts'
import type { ConfigHistories } from './config-histories.ts'

export class ConflictReports {
  readonly #entries: ConfigEntries
  readonly #histories: ConfigHistories
  /** By key: the ids of the entries that lost and whose conflict was reported. */
  readonly #reportedLosers = new Map<string, ReadonlySet<string>>()

  constructor(entries: ConfigEntries, histories: ConfigHistories) {
    this.#entries = entries
    this.#histories = histories
  }

  /** The conflicts of a key that were not returned yet. */
  take(key: string): ConfigConflict[] {
    const known = this.#histories.versions(key)
    const [winner] = known
    if (!winner) return []
    return this.#newLosers(key).map(loser => ({ key, winner, loser: this.#histories.describe(loser, known) }))
  }

  #newLosers(key: string): readonly Version[] {
    const losers = losersOf(this.#entries.versions(key))
    const reported = this.#reportedLosers.get(key)
    if (losers.length > 0) this.#reportedLosers.set(key, new Set(losers.map(({ id }) => id)))
    else this.#reportedLosers.delete(key)
    return losers.filter(({ id }) => !reported?.has(id))
  }
}
