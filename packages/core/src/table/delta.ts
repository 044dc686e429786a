/**
 * Digest and delta: what a table says it has, and what another lacks of it.
 *
 * A delta keeps within its byte budget and says so when something stayed behind; it starts at a place that the
 * caller moves on, so with a small budget and one large member nobody starves.
 */

import type { Digest, DigestEntry } from '../wire/codec.ts'
import { equalBytes } from '../wire/equal-bytes.ts'
import type { SignedFact } from '../wire/fact.ts'
import { bucketCount } from '../wire/hashes.ts'
import { limits } from '../wire/limits.ts'
import { supersedes } from './incarnation.ts'
import type { Entry, Table } from './table.ts'

/** As a step of an exchange says it. */
export interface PartialDigest {
  readonly digest: Digest
  /** It leaves out some of the buckets that were asked for. */
  readonly more: boolean
}

export interface Delta {
  readonly facts: readonly SignedFact[]
  /** Something did not fit. */
  readonly more: boolean
}

/**
 * What a table has, in these buckets, or in as many of them as one digest may name.
 *
 * @param buckets undefined: all of them.
 * @param startAt any whole number ≥ 0: with which bucket to begin if not all fit, modulo 256.
 */
export function digestOf(
  table: Table,
  buckets: ReadonlySet<number> | undefined,
  mutual: boolean,
  startAt: number,
): PartialDigest {
  const entries = table.shared().filter(({ bucket }) => !buckets || buckets.has(bucket))
  if (entries.length <= limits.maxDigestEntries)
    return { digest: { buckets, mutual, entries: entries.map(digestEntryOf) }, more: false }
  const fitting = fittingBuckets(entries, buckets, startAt)
  const named = entries.filter(({ bucket }) => fitting.has(bucket)).slice(0, limits.maxDigestEntries)
  return { digest: { buckets: fitting, mutual, entries: named.map(digestEntryOf) }, more: true }
}

/** One bucket at least. If that alone is too large it is cut, and what it leaves out is told us again. */
function fittingBuckets(
  entries: readonly Entry[],
  buckets: ReadonlySet<number> | undefined,
  startAt: number,
): Set<number> {
  const sizes = new Uint32Array(bucketCount)
  for (const { bucket } of entries) sizes[bucket] = (sizes[bucket] ?? 0) + 1
  const fitting = new Set<number>()
  let named = 0
  for (let i = 0; i < bucketCount; i++) {
    const bucket = (startAt + i) % bucketCount
    if (buckets && !buckets.has(bucket)) continue
    named += sizes[bucket] ?? 0
    if (named > limits.maxDigestEntries && fitting.size > 0) break
    fitting.add(bucket)
  }
  return fitting
}

function digestEntryOf({ prefix, record, heartbeat, summary }: Entry): DigestEntry {
  const { incarnation, version } = record.record
  return { prefix, incarnation, version, beat: heartbeat?.beat ?? 0, suspicions: summary }
}

/**
 * The facts beyond a digest.
 *
 * @param startAt any whole number ≥ 0: where in the table to begin, modulo its size.
 * @param maxBytes a budget; a single fact that is larger goes alone.
 * @param epochMs now: which of the digest's incarnations are believable.
 */
export function deltaBeyond(
  table: Table,
  digest: Digest,
  startAt: number,
  maxBytes: number,
  epochMs: number,
): Delta {
  const theirs = new Map(digest.entries.map(entry => [entry.prefix, entry]))
  const entries = table.shared()
  const facts: SignedFact[] = []
  let bytes = 0
  for (let i = 0; i < entries.length; i++) {
    const entry = entries[(startAt + i) % entries.length]
    if (!entry || (digest.buckets && !digest.buckets.has(entry.bucket))) continue
    for (const fact of factsBeyond(entry, theirs.get(entry.prefix), epochMs)) {
      bytes += factBytes(fact)
      if (bytes > maxBytes && facts.length > 0) return { facts, more: true }
      facts.push(fact)
    }
  }
  return { facts, more: false }
}

function factsBeyond(entry: Entry, theirs: DigestEntry | undefined, epochMs: number): SignedFact[] {
  const { record, heartbeat, suspicions, summary } = entry
  const { incarnation, version } = record.record
  const facts: SignedFact[] = []
  const sameLife = theirs?.incarnation === incarnation
  if (theirs && !sameLife && !supersedes(incarnation, theirs.incarnation, epochMs)) return facts
  if (!sameLife || theirs.version < version) facts.push(record)
  // Another set of observers, so all of them: at most a few, and a union loses none.
  if (suspicions && !(sameLife && equalBytes(theirs.suspicions, summary))) facts.push(...suspicions.claims)
  if (heartbeat && !(sameLife && theirs.beat >= heartbeat.beat)) facts.push(heartbeat)
  return facts
}

/** About what it takes on the wire: payload, author, signature and their framing. */
export function factBytes(fact: SignedFact): number {
  return fact.payload.length + 108
}
