/**
 * Commands: the requests of the bench to the process of one replica, and the answers.
 *
 * Times are milliseconds, measured in that process. A command has no timeout of its own: the bench bounds it.
 */

export interface Commands {
  /** Joins. @returns its address, if others need it */
  start(): string | null
  /** Resolves when the document is open. */
  open(request: { document: string }): void
  /** Inserts so many characters in so many transactions of equal size. */
  insert(request: { document: string; characters: number; pieces: number }): void
  /** Types, one transaction a keystroke. @returns the number of operations that this replica has made in total */
  type(request: { document: string; keystrokes: number; seed: number }): Made
  /** Resolves when the document contains all of these operations. */
  hold(request: { document: string; made: readonly Made[] }): void
  /** @returns a hash of everything inserted and deleted */
  digest(request: { document: string }): string
  /** Joins, opens, and reads until the document has so many characters. @returns the time that took */
  joinAndRead(request: { document: string; characters: number }): number
  /** Opens, and reads until the document has so many characters. @returns the time that took */
  openAndRead(request: { document: string; characters: number }): number
  /** Publishes a number to the others so often a second, and observes theirs. */
  showNumbers(request: { document: string; perSecond: number }): void
  /** Clears the figures measured so far. */
  reset(): void
  /** The figures since the last reset. */
  measured(): Measured
  /** Many small edits, one transaction each. @returns the time until all were stored */
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
  /** The longest time without a presence change of any one other replica. Null: none is observed. */
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
