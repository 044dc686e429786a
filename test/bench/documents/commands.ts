/**
 * Commands: the requests of the bench to the process of one replica, and the answers.
 *
 * Times are milliseconds, measured in that process. A command has no timeout of its own: the bench bounds it.
 */

export interface Commands {
  /** The replica joins. @returns the replica's address, if other replicas need the address */
  start(): string | null
  /** Resolves when the document is open. */
  open(request: { document: string }): void
  /** Inserts `characters` characters in `pieces` transactions of equal size. */
  insert(request: { document: string; characters: number; pieces: number }): void
  /**
   * Types, with one transaction for each keystroke.
   *
   * @returns the number of operations that this replica has made so far
   */
  type(request: { document: string; keystrokes: number; seed: number }): Made
  /** Resolves when the document contains all operations in `made`. */
  untilContains(request: { document: string; made: readonly Made[] }): void
  /** @returns a hash of everything inserted and deleted */
  digest(request: { document: string }): string
  /**
   * Joins, opens the document, and waits until it has `characters` characters.
   *
   * @returns the time of all three
   */
  joinAndRead(request: { document: string; characters: number }): number
  /** Opens the document, and waits until it has `characters` characters. @returns the time of both */
  openAndRead(request: { document: string; characters: number }): number
  /** Publishes a number to the other replicas `perSecond` times a second, and observes their numbers. */
  showNumbers(request: { document: string; perSecond: number }): void
  /** Clears the figures measured so far. */
  reset(): void
  /** The figures since the last reset. */
  measured(): Measured
  /** Makes many small edits, each in one transaction. @returns the time until all edits were stored */
  edit(request: { document: string; edits: number }): number
  leave(): void
}

export interface Made {
  readonly client: number
  readonly clock: number
}

export interface Measured {
  /** The longest time in which the event loop handled nothing. */
  readonly worstStallMs: number
  /** The longest time in which some other replica's presence did not change. Null: no replica is observed. */
  readonly presenceGapMs: number | null
  readonly suspicions: number | null
  readonly storedBytes: number | null
}

export type Command = keyof Commands
export type RequestOf<C extends Command> = Parameters<Commands[C]>[0]
export type AnswerOf<C extends Command> = ReturnType<Commands[C]>

/** How a process runs the commands. */
export type Handlers = {
  readonly [C in Command]: (request: RequestOf<C>) => Promise<AnswerOf<C>>
}
