/**
 * Fault: something that goes wrong in practice, how a test causes it, and the words with which hearsay names the cause.
 *
 * docs/diagnosis.md lists the same faults; a test compares the two.
 */
import type { TestContext } from 'vitest'

/** Reads what a person sees at this moment: the texts of problems, or of an explanation. */
export type ReadTexts = () => readonly string[] | Promise<readonly string[]>

export interface Fault {
  /** As in docs/diagnosis.md. */
  readonly name: string
  /** Where the cause is named, as in docs/diagnosis.md. */
  readonly source: 'health' | 'explain' | 'error'
  /** A part of the text that names the cause, as in docs/diagnosis.md. */
  readonly words: string
  /** Causes the fault. The result is read again and again until it contains the words. */
  readonly inject: (context: TestContext) => Promise<ReadTexts>
}

/** The texts of the problems that a member has now. */
export const problemsOf =
  (member: { readonly problems: readonly string[] }): ReadTexts =>
  () =>
    member.problems
