/**
 * Writer rule: who may write the entries of a shared config or the documents of a room.
 *
 * The rule depends only on what a fact itself contains and on the options of the space, so every member decides alike,
 * whichever peer forwarded the fact.
 */

/** What the rule reads of a fact. */
export interface Authorship {
  /** The id of the member that signed the fact. */
  readonly author: string
  /** When the author signed the fact, as the author's clock showed it, in epoch milliseconds. */
  readonly epochMs: number
}

/** Who may write: everybody, or the members with these ids. */
export type WriterList = 'anyone' | ReadonlySet<string>

/** Whether the author of a fact may write. */
export type WriterRule = (authorship: Authorship) => boolean

export function writerRule(writers: WriterList): WriterRule {
  return ({ author }) => writers === 'anyone' || writers.has(author)
}
