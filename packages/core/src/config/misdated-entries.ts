/**
 * Misdated entries: what a clock that was wrong does to the order of a key's entries, and how its writer repairs it.
 *
 * A writer whose clock was behind wrote entries that are older than those that they replaced; one whose clock was ahead
 * wrote entries that nobody believes now. Both were acknowledged. The writer repeats them at the one place that is
 * certain: right after the entry that they replaced. What others wrote after that entry stays newer, as in any conflict.
 */
import type { EntryFact, ReplacedEntry } from '../wire/space-fact.ts'
import { replacedBy, type Version } from './config-conflicts.ts'
import { compareTimes, type HybridTime } from './hybrid-clock.ts'

/** An entry that its writer is to write again. */
export interface Rewrite {
  readonly key: string
  readonly value: EntryFact['value']
  /** What it replaced; undefined: nothing. */
  readonly replaces: ReplacedEntry | undefined
  /** Undefined: now. */
  readonly time: HybridTime | undefined
}

/** A clock that shows an earlier date, in September 2020, was never set: this software did not exist then. */
const earliestEpochMs = 1_600_000_000_000

/** Whether the clock may be right. */
export function isClockSet(epochMs: number): boolean {
  return epochMs >= earliestEpochMs
}

/**
 * The newest entry of `self` that is older than one that it follows from: the newest of all.
 *
 * @param entries of one key, in any order
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
 * The newest entry of `self` among those of one key that nobody believes.
 *
 * @param quarantined newest first
 * @param hasOthers whether anything else is known of the key: what was written where nothing was then is older
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
