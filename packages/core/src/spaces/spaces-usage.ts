/** Spaces usage: how much a member stores for its spaces. Tests and the simulator check that each number is bounded. */
import type { OpenSpaces } from './open-spaces.ts'

/** How many documents the member has open or carries, and how many Yjs items these contain, deleted ones included. */
export interface DocumentsUsage {
  readonly documents: number
  readonly items: number
}

export interface SpacesUsage {
  /** Spaces that the member is in. */
  readonly spaces: number
  /** Signed facts: presence fields and config entries. */
  readonly facts: number
  /** Document streams under way. */
  readonly transfers: number
  /** Facts and updates so far that broke a rule of their space. Such facts changed nothing. */
  readonly rejected: number
  /**
   * Rumors, broadcasts, document updates, steps and requests so far that exceeded a rate. They were neither merged, forwarded nor
   * answered.
   */
  readonly limited: number
  /** Client ids so far under which two replicas of a document wrote. */
  readonly collisions: number
  /** Messages so far about private rooms that no member of the room had sealed. Such messages changed nothing. */
  readonly unopened: number
}

/** The counts that come from the content of the spaces. */
type Stored = Pick<SpacesUsage, 'spaces' | 'facts' | 'transfers'>

/** @param current the spaces that the member is in */
export function storedIn(current: OpenSpaces['current']): Stored {
  const spaces = [...current.values()]
  return {
    spaces: spaces.length,
    facts: spaces.reduce((sum, { replica }) => sum + replica.facts.size, 0),
    transfers: spaces.reduce((sum, { transfers }) => sum + transfers.size, 0),
  }
}

/** @param current the spaces that the member is in */
export function documentsIn(current: OpenSpaces['current']): DocumentsUsage {
  const documents = [...current.values()].flatMap(({ replica }) => [...replica.documents.values()])
  return { documents: documents.length, items: documents.reduce((sum, { items }) => sum + items, 0) }
}
