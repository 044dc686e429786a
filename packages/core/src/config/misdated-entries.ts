/**
 * Misdated entries: how a member repairs entries that it wrote while its clock was wrong.
 *
 * If the clock was behind, an entry has an earlier time than the entry that it replaces. If the clock was ahead, an
 * entry has an implausible time. In both cases the app got no error. The writer therefore writes the value again, in a
 * new entry with the one time that is certainly right: immediately after the entry that the misdated entry replaced.
 * Entries that other members wrote later than the replaced entry stay newer, as in any conflict.
 */
import type { EntryFact, ReplacedEntry } from '../wire/space-fact.ts'
import { replacedBy, type Version } from './config-conflicts.ts'
import { compareTimes, type HybridTime } from './hybrid-clock.ts'

/** A value that its writer has to write again, in a new entry. */
export interface Rewrite {
  readonly key: string
  readonly value: EntryFact['value']
  /** The entry that the new entry replaces. Undefined: none. */
  readonly replaces: ReplacedEntry | undefined
  /** The time of the new entry. Undefined: the present time. */
  readonly time: HybridTime | undefined
}

/**
 * Finds an entry that this member wrote while its clock was behind. Such an entry replaced the newest entry of its key,
 * directly or through further entries, and has an earlier time than the newest entry.
 *
 * @param entries entries of one key, in any order
 * @returns the rewrite of the newest such entry. Undefined: there is none, or it has the value of the newest entry
 */
export function rewriteOfTooOld(entries: readonly Version[], self: string): Rewrite | undefined {
  const byId = new Map(entries.map(entry => [entry.id, entry]))
  const [newest, ...older] = [...entries].sort((a, b) => compareTimes(b.fact, a.fact))
  if (!newest) return undefined
  const replacesNewest = (entry: Version): boolean => {
    const visited = new Set<string>()
    for (let next: Version | undefined = entry; next && !visited.has(next.id); ) {
      visited.add(next.id)
      const replacedId = replacedBy(next)
      if (replacedId === newest.id) return true
      next = replacedId === undefined ? undefined : byId.get(replacedId)
    }
    return false
  }
  const misdated = older.find(entry => entry.fact.author === self && replacesNewest(entry))
  if (!misdated || isSameValue(misdated, newest)) return undefined
  return rewriteAfter(misdated, { id: newest.digest.subarray(0, 8), ...timeOf(newest.fact) })
}

/**
 * Finds an entry that this member wrote while its clock was ahead: the newest of the quarantined entries of one key, if
 * this member wrote it. That entry may have replaced another quarantined entry of this member, which may have replaced a
 * third one, and so on. The rewrite then replaces the entry that the oldest of these quarantined entries replaced.
 *
 * @param quarantined newest first
 * @param hasOthers whether the key has entries that are not quarantined. If the misdated entry replaced nothing, these
 *   entries are newer, so the misdated entry is not written again
 */
export function rewriteOfTooNew(
  quarantined: readonly Version[],
  self: string,
  hasOthers: boolean,
): Rewrite | undefined {
  const [newest] = quarantined
  if (newest?.fact.author !== self) return undefined
  let first = newest
  for (let next: Version | undefined = first; next; ) {
    first = next
    const id = replacedBy(first)
    next = quarantined.find(entry => entry.id === id && entry.fact.author === self && entry !== first)
  }
  const { replaces } = first.fact
  if (replaces) return rewriteAfter(newest, replaces)
  const { key, value } = newest.fact
  return hasOthers ? undefined : { key, value, replaces, time: undefined }
}

function rewriteAfter({ fact: { key, value } }: Version, replaces: ReplacedEntry): Rewrite {
  return { key, value, replaces, time: { epochMs: replaces.epochMs, count: replaces.count + 1 } }
}

const timeOf = ({ epochMs, count }: HybridTime): HybridTime => ({ epochMs, count })

function isSameValue(a: Version, b: Version): boolean {
  return JSON.stringify(a.fact.value) === JSON.stringify(b.fact.value)
}
