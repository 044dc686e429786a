/** Mirrored space: a room or a config of a view, as the cluster of the view calls it. */
import type { DocumentChange, RemoteMember } from '../contract.ts'
import type { TableDiff } from '../table.ts'

export interface MirroredSpace {
  changed(store: string, diff: TableDiff): void
  event(type: string, detail: unknown, document: string | undefined): void
  documentChanged?(name: string, change: DocumentChange): void
  /** The members of the cluster have changed. */
  membersChanged?(): void
  /** The connection has closed, and another one will follow. */
  detach(): void
  /** There is a new connection: opens the space over it. Never rejects. */
  attach(member: RemoteMember): Promise<void>
  /** The member has had time to receive the state of the cluster: removes everything that it has not sent. */
  settle(): void
  /** The view has left: leaves the space, whoever has it open. */
  close(): void
  /** The view has ended. */
  end(): void
}
