/**
 * Config conflicts: the versions of a key that lost, because the writer of a newer version had not received them.
 *
 * Each version contains the id and the time of the version that its writer saw and replaced. These references form a
 * chain that starts at the newest version. The versions in the chain, except for the newest, were *replaced*: the writer
 * of the next version saw them. The versions outside of the chain *lost*: no writer in the chain replaced them.
 *
 * The chain may refer to a version that is not stored here. If that version is older than all stored versions, the member
 * has dropped it, and the chain ends there. Otherwise the version may still arrive, and no loser is reported meanwhile.
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
  const chain = new Set<string>()
  for (let at = versions[0]; at; ) {
    chain.add(at.id)
    const id = replacedBy(at)
    const next = versions.find(version => version.id === id)
    const { replaces } = at.fact
    if (replaces && !next && oldest && compareTimes(replaces, oldest.fact) >= 0) return []
    // No valid entry refers to a later one. A malicious writer can build a cycle, which ends here.
    at = next && !chain.has(next.id) ? next : undefined
  }
  return versions.filter(({ id }) => !chain.has(id))
}
