/** Report: the output of `hearsay config`, implemented as text and as JSON. */
import type { Cluster, ConfigChange, ConfigConflict, ConfigVersion, Json } from '@hearsay/core'

/** A key, its value, its author, and the time of the write. */
export interface Entry extends Pick<ConfigVersion, 'by' | 'atMs'> {
  readonly key: string
  readonly value: Json
}

export interface Report {
  value(entry: Entry): void
  list(entries: readonly Entry[]): void
  history(key: string, versions: readonly ConfigVersion[]): void
  /** @param storedBy id of another member that stores the value, too */
  written(key: string, value: Json | undefined, storedBy: string): void
  /** A watch is a member that others can join through, so it prints its addresses. */
  ready(member: Cluster): void
  change(change: ConfigChange<Json>): void
  conflict(conflict: ConfigConflict): void
}
