/** Mirrored space: a room or a config of a view, as the cluster of the view calls it. */
import type { DocumentChange } from '../contract.ts'
import type { TableDiff } from '../table.ts'

export interface MirroredSpace {
  changed(store: string, diff: TableDiff): void
  event(type: string, detail: unknown, document: string | undefined): void
  documentChanged?(name: string, change: DocumentChange): void
  /** The members of the cluster have changed. */
  membersChanged?(): void
  /** The view has left. */
  leave(): void
  /** The port has closed. */
  end(): void
}
