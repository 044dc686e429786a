/**
 * Misdated entries: how the writer repairs entries that it wrote by a wrong clock.
 *
 * A clock that is behind gives entries an earlier time than the entries that they replace. A clock that is ahead
 * gives entries an implausible time. In both cases the app got no error. The writer repeats these entries at the one
 * position that is certain: right after the entry that they replaced. Entries that other members wrote after that
 * entry remain newer, as in any conflict.
 */
import type { EntryFact, ReplacedEntry } from '../wire/space-fact.ts'
import { replacedBy, type Version } from './config-conflicts.ts'
import { compareTimes, type HybridTime } from './hybrid-clock.ts'

/** An entry that its writer has to write again. */
export interface Rewrite {
  readonly key: string
  readonly value: EntryFact['value']
  /** The entry that it replaces; undefined: none. */
  readonly replaces: ReplacedEntry | undefined
  /** Undefined: the present time. */
  readonly time: HybridTime | undefined
}

/** September 2020. A clock that shows an earlier date was never set: this software did not exist then. */
const earliestEpochMs = 1_600_000_000_000

/** Whether the clock can be right. */
export function isClockSet(epochMs: number): boolean {
  return epochMs >= earliestEpochMs
}

/**
 * Finds the newest entry of `self` that replaces the newest entry of the key, directly or through others, but has an
 * earlier time.
 *
 * @param entries entries of one key, in any order
 */
export function rewriteOfTooOld(entries: readonly Version[], self: string): Rewrite | undefined {
  const byId = new Map(entries.map(entry => [entry.id, entry]))
  const [newest, ...older] = [...entries].sort((a, b) => compareTimes(b.fact, a.fact))
  if (!newest) return undefined
  const isAfterNewest = (entry: Version): boolean => {
    const seen = new Set<string>()
    for (let at: Version | undefined = entry; at && !seen.has(at.id); ) {
      seen.add(at.id)
      const id = replacedBy(at)
      if (id === newest.id) return true
      at = id === undefined ? undefined : byId.get(id)
    }
    return false
  }
  const misdated = older.find(entry => entry.fact.author === self && isAfterNewest(entry))
  if (!misdated || isSameValue(misdated, newest)) return undefined
  return rewriteAfter(misdated, { id: newest.digest.subarray(0, 8), ...timeOf(newest.fact) })
}

/**
 * Finds the newest entry of `self` among the quarantined entries of one key.
 *
 * @param quarantined newest first
 * @param hasOthers whether other entries of the key are known: they are newer than an entry that replaced nothing
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
