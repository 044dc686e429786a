/**
 * Config conflicts: which of a key's versions lost without having been seen by whoever wrote the next.
 *
 * An entry names the one that its writer saw. What the newest follows from, step by step, was replaced; what it does
 * not follow from lost. As long as a step is missing nothing is said: it may only not have arrived.
 */
import { toString as toText } from 'uint8arrays/to-string'
import type { HeldFact } from '../spaces/fact-set.ts'
import type { EntryFact } from '../wire/space-fact.ts'

export type Version = HeldFact<EntryFact>

/** The id of the entry that its writer saw; undefined: none. */
export function replacedBy({ fact: { replaces } }: Version): string | undefined {
  return replaces && toText(replaces, 'base16')
}

/**
 * @param versions newest first
 * @param isWhole no older one was dropped
 */
export function losersOf(versions: readonly Version[], isWhole: boolean): readonly Version[] {
  const line = new Set<string>()
  for (let at = versions[0]; at; ) {
    line.add(at.id)
    const id = replacedBy(at)
    const next = versions.find(version => version.id === id)
    if (id !== undefined && !next && isWhole) return []
    // A writer cannot have seen what is later than itself: a liar's circle ends here.
    at = next && !line.has(next.id) ? next : undefined
  }
  return versions.filter(({ id }) => !line.has(id))
}
