/**
 * Config conflicts: the versions of a key that were replaced by a writer that had not received them.
 *
 * An entry names the version that its writer saw, and that version's time. The chain of these references starts at
 * the newest version. Versions in the chain were replaced; versions outside the chain lost. A missing version that is
 * older than all versions here was dropped. While any other version is missing, no loser is reported, because the
 * missing version may still arrive.
 */
import { fromString } from 'uint8arrays/from-string'
import { toString as toText } from 'uint8arrays/to-string'
import type { StoredFact } from '../spaces/fact-set.ts'
import type { EntryFact, ReplacedEntry } from '../wire/space-fact.ts'
import { compareTimes } from './hybrid-clock.ts'

export type Version = StoredFact<EntryFact>

/** The reference to `version` in an entry that replaces it. */
export function replacementOf(version: Version | undefined): ReplacedEntry | undefined {
  if (!version) return undefined
  const { epochMs, count } = version.fact
  return { id: fromString(version.id, 'base16'), epochMs, count }
}

/** The id of the entry that the writer saw; undefined: the writer saw no entry. */
export function replacedBy({ fact: { replaces } }: Version): string | undefined {
  return replaces && toText(replaces.id, 'base16')
}

/** The versions that are not in the chain of the newest one. @param versions newest first */
export function losersOf(versions: readonly Version[]): readonly Version[] {
  const oldest = versions.at(-1)
  const line = new Set<string>()
  for (let at = versions[0]; at; ) {
    line.add(at.id)
    const id = replacedBy(at)
    const next = versions.find(version => version.id === id)
    const { replaces } = at.fact
    if (replaces && !next && oldest && compareTimes(replaces, oldest.fact) >= 0) return []
    // No valid entry refers to a later one. A malicious writer can build a cycle, which ends here.
    at = next && !line.has(next.id) ? next : undefined
  }
  return versions.filter(({ id }) => !line.has(id))
}
