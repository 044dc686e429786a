/**
 * Replica: the functions of one member that the bench needs, for either subject. Each replica runs in its own
 * process.
 *
 * A replica measures nothing. The process of the replica takes the measurements, in the same way for both
 * subjects.
 */
import type * as Y from 'yjs'

export interface OpenDocument {
  readonly doc: Y.Doc
  /** Resolves when all changes so far are stored; without a store at once. */
  stored(): Promise<void>
}

export interface Replica {
  /** @returns the address at which other replicas reach this one, if they need an address */
  start(): Promise<string | undefined>
  /** Opens a document. Its content comes from other replicas, or is empty. */
  open(name: string): Promise<OpenDocument>
  /** Publishes a number as presence, to all other replicas that have the document open. */
  show(name: string, number: number): void
  /** Calls `changed` with the name of each other replica whose number changed. */
  watch(name: string, changed: (other: string) => void): void
  /** How often this replica received a suspicion of a member. Null: the subject has no suspicions. */
  readonly suspicions: number | null
  /** Bytes written to its store so far. Null: it has no store. */
  readonly storedBytes: number | null
  leave(): Promise<void>
}

export interface ReplicaOptions {
  readonly name: string
  /** The address of a member, or of the server. Undefined: it is the first member. */
  readonly contact: string | undefined
  readonly hasStorage: boolean
}
