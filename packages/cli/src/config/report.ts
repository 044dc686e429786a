/** Report: what there is to tell of a shared config, the same for people and for scripts. */
import type { Cluster, ConfigChange, ConfigConflict, ConfigVersion, Json } from '@hearsay/core'

/** A key, its value, and who wrote it when. */
export interface Entry extends Pick<ConfigVersion, 'by' | 'atMs'> {
  readonly key: string
  readonly value: Json
}

export interface Report {
  value(entry: Entry): void
  list(entries: readonly Entry[]): void
  history(key: string, versions: readonly ConfigVersion[]): void
  /** @param storedBy id of another member that has it, too */
  written(key: string, value: Json | undefined, storedBy: string): void
  /** Who watches is a member that others may come to join through. */
  ready(member: Cluster): void
  change(change: ConfigChange<Json>): void
  conflict(conflict: ConfigConflict): void
}
