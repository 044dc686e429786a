/**
 * Commands: what the bench asks of the process of one replica, and what it answers.
 *
 * Times are in milliseconds, measured in that process. Each command ends by itself or not at all: the bench bounds it.
 */

export interface Commands {
  /** Joins. @returns its address, if others need it */
  start(): string | null
  /** @returns when it is open */
  open(request: { document: string }): void
  /** Inserts so many characters in so many transactions of equal size. */
  insert(request: { document: string; characters: number; pieces: number }): void
  /** Types, a transaction a keystroke. @returns how many operations this replica has made in all */
  type(request: { document: string; keystrokes: number; seed: number }): Made
  /** Resolves when all of these are here. */
  hold(request: { document: string; made: readonly Made[] }): void
  /** @returns a hash of all that is inserted and deleted */
  digest(request: { document: string }): string
  /** Joins, opens, and reads until so many characters are there. @returns how long it took */
  joinAndRead(request: { document: string; characters: number }): number
  /** Opens, and reads until so many characters are there. @returns how long it took */
  openAndRead(request: { document: string; characters: number }): number
  /** Shows a number to the others so often a second, and watches theirs. */
  showNumbers(request: { document: string; perSecond: number }): void
  /** Forgets what was measured so far. */
  reset(): void
  /** What was measured since. */
  measured(): Measured
  /** Many small edits, a transaction each. @returns how long it took until all were stored */
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
  /** The longest time without a change of any one other's presence. Null: none is watched. */
  readonly presenceGapMs: number | null
  readonly suspicions: number | null
  readonly storedBytes: number | null
}

export type Command = keyof Commands
export type RequestOf<C extends Command> = Parameters<Commands[C]>[0]
export type AnswerOf<C extends Command> = ReturnType<Commands[C]>

/** How a process carries them out. */
export type Handlers = {
  readonly [C in Command]: (request: RequestOf<C>) => Promise<AnswerOf<C>>
}
