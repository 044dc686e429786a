/**
 * Replica: what the bench needs of one member of either subject, in its own process.
 *
 * Nothing here measures: the process around it does, the same for both subjects.
 */
import type * as Y from 'yjs'

export interface OpenDocument {
  readonly doc: Y.Doc
  /** Resolves when all changes so far are stored; without a store at once. */
  stored(): Promise<void>
}

export interface Replica {
  /** @returns where others can reach it, if they need that */
  start(): Promise<string | undefined>
  /** What to open comes from others, or is empty. */
  open(name: string): Promise<OpenDocument>
  /** Shows a number to all others that have the document open. */
  show(name: string, number: number): void
  /** Calls back with the name of each other whose number changed. */
  watch(name: string, changed: (other: string) => void): void
  /** How often a member was suspected, as far as this one saw. Null: the subject has no such thing. */
  readonly suspicions: number | null
  /** Bytes written to its store so far. Null: it has none. */
  readonly storedBytes: number | null
  leave(): Promise<void>
}

export interface ReplicaOptions {
  readonly name: string
  /** A member's address, or the server's. Undefined: the first member. */
  readonly contact: string | undefined
  readonly hasStorage: boolean
}
