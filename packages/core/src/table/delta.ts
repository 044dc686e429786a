/**
 * Digest and delta: what a table says it has, and what another lacks of it.
 *
 * A delta keeps within its byte budget and says so when something stayed behind; it starts at a place that the
 * caller moves on, so with a small budget and one large member nobody starves.
 */

import type { Digest, DigestRow } from '../wire/codec.ts'
import { equalBytes } from '../wire/equal-bytes.ts'
import type { SignedFact } from '../wire/fact.ts'
import { bucketCount } from '../wire/hashes.ts'
import { limits } from '../wire/limits.ts'
import { supersedes } from './incarnation.ts'
import type { Row, Table } from './table.ts'

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
  const rows = table.advertised().filter(({ bucket }) => !buckets || buckets.has(bucket))
  if (rows.length <= limits.maxDigestRows)
    return { digest: { buckets, mutual, rows: rows.map(digestRowOf) }, more: false }
  const fitting = fittingBuckets(rows, buckets, startAt)
  const named = rows.filter(({ bucket }) => fitting.has(bucket)).slice(0, limits.maxDigestRows)
  return { digest: { buckets: fitting, mutual, rows: named.map(digestRowOf) }, more: true }
}

/** One bucket at least. If that alone is too large it is cut, and what it leaves out is told us again. */
function fittingBuckets(
  rows: readonly Row[],
  buckets: ReadonlySet<number> | undefined,
  startAt: number,
): Set<number> {
  const sizes = new Uint32Array(bucketCount)
  for (const { bucket } of rows) sizes[bucket] = (sizes[bucket] ?? 0) + 1
  const fitting = new Set<number>()
  let named = 0
  for (let i = 0; i < bucketCount; i++) {
    const bucket = (startAt + i) % bucketCount
    if (buckets && !buckets.has(bucket)) continue
    named += sizes[bucket] ?? 0
    if (named > limits.maxDigestRows && fitting.size > 0) break
    fitting.add(bucket)
  }
  return fitting
}

function digestRowOf({ prefix, record, heartbeat, summary }: Row): DigestRow {
  const { incarnation, version } = record.record
  return { prefix, incarnation, version, heartbeatSequence: heartbeat?.sequence ?? 0, suspicions: summary }
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
  const theirs = new Map(digest.rows.map(entry => [entry.prefix, entry]))
  const rows = table.advertised()
  const facts: SignedFact[] = []
  let bytes = 0
  for (let i = 0; i < rows.length; i++) {
    const entry = rows[(startAt + i) % rows.length]
    if (!entry || (digest.buckets && !digest.buckets.has(entry.bucket))) continue
    for (const fact of factsBeyond(entry, theirs.get(entry.prefix), epochMs)) {
      bytes += factBytes(fact)
      if (bytes > maxBytes && facts.length > 0) return { facts, more: true }
      facts.push(fact)
    }
  }
  return { facts, more: false }
}

function factsBeyond(entry: Row, theirs: DigestRow | undefined, epochMs: number): SignedFact[] {
  const { record, heartbeat, suspicions, summary } = entry
  const { incarnation, version } = record.record
  const facts: SignedFact[] = []
  const sameIncarnation = theirs?.incarnation === incarnation
  if (theirs && !sameIncarnation && !supersedes(incarnation, theirs.incarnation, epochMs)) return facts
  if (!sameIncarnation || theirs.version < version) facts.push(record)
  // Another set of observers, so all of them: at most a few, and a union loses none.
  if (suspicions && !(sameIncarnation && equalBytes(theirs.suspicions, summary)))
    facts.push(...suspicions.claims)
  if (heartbeat && !(sameIncarnation && theirs.heartbeatSequence >= heartbeat.sequence)) facts.push(heartbeat)
  return facts
}

/** About what it takes on the wire: payload, author, signature and their framing. */
export function factBytes(fact: SignedFact): number {
  return fact.payload.length + 108
}
