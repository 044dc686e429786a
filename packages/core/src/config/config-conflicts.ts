/**
 * Config conflicts: which of a key's versions lost without having been seen by whoever wrote the next.
 *
 * An entry names the one that its writer saw, and its time. What the newest follows from, step by step, was replaced;
 * what it does not follow from lost. A step that is missing and older than all versions here was dropped; while any
 * other is missing nothing is said: it has only not arrived.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { StoredFact } from '../spaces/fact-set.ts'
import type { EntryFact, ReplacedEntry } from '../wire/space-fact.ts'
import { compareTimes } from './hybrid-clock.ts'

export type Version = StoredFact<EntryFact>

/** How who writes now names the version that it saw. */
export function replacementOf(version: Version | undefined): ReplacedEntry | undefined {
  if (!version) return undefined
  const { epochMs, count } = version.fact
  return { id: fromString(version.id, 'base16'), epochMs, count }
}

/** The id of the entry that its writer saw; undefined: none. */
export function replacedBy({ fact: { replaces } }: Version): string | undefined {
  return replaces && toText(replaces.id, 'base16')
}

/** @param versions newest first */
export function losersOf(versions: readonly Version[]): readonly Version[] {
  const oldest = versions.at(-1)
  const line = new Set<string>()
  for (let at = versions[0]; at; ) {
    line.add(at.id)
    const id = replacedBy(at)
    const next = versions.find(version => version.id === id)
    const { replaces } = at.fact
    if (replaces && !next && oldest && compareTimes(replaces, oldest.fact) >= 0) return []
    // A writer cannot have seen what is later than itself: a liar's circle ends here.
    at = next && !line.has(next.id) ? next : undefined
  }
  return versions.filter(({ id }) => !line.has(id))
}
