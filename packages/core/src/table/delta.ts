/**
 * Digest and delta: a digest lists the versions that a table stores; a delta contains the facts that a digest lacks.
 *
 * A delta stays within its byte budget and sets `more` if facts were left out. A delta starts at a row that the caller
 * advances with each call. So the facts of every member are sent at some time, even if the budget is small and the
 * facts of one member are large.
 */

import type { Digest, DigestRow } from '../wire/codec.ts'
import type { SignedFact } from '../wire/fact.ts'
import { factBytes } from '../wire/fact-envelope.ts'
import { bucketCount, equalBytes } from '../wire/hashes.ts'
import * as limits from '../wire/limits.ts'
import { supersedes } from './incarnation.ts'
import type { Row } from './row.ts'
import type { Table } from './table.ts'

/** A digest as one sync step carries it. */
export interface PartialDigest {
  readonly digest: Digest
  /** Whether the digest leaves out some of the requested buckets. */
  readonly more: boolean
}

export interface Delta {
  readonly facts: readonly SignedFact[]
  /** Whether some facts exceeded the byte budget and were left out. */
  readonly more: boolean
}

/**
 * The digest of these buckets, or of as many of them as fit into one digest.
 *
 * @param buckets undefined: all buckets.
 * @param startAt any whole number ≥ 0: the first bucket if not all fit, modulo 256.
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

/**
 * The buckets that fit into one digest, at least one. If a single bucket is too large, its rows are cut, and the peer
 * sends the facts of the cut rows although this member has them.
 */
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
 * The facts that the sender of a digest lacks.
 *
 * @param startAt any whole number ≥ 0: the first row, modulo the number of rows.
 * @param maxBytes the byte budget; a single fact that is larger is sent alone.
 * @param epochMs now, to decide which incarnations of the digest are plausible.
 */
export function deltaBeyond(
  table: Table,
  digest: Digest,
  startAt: number,
  maxBytes: number,
  epochMs: number,
): Delta {
  const theirs = new Map(digest.rows.map(row => [row.prefix, row]))
  const rows = table.advertised()
  const facts: SignedFact[] = []
  let bytes = 0
  for (let i = 0; i < rows.length; i++) {
    const row = rows[(startAt + i) % rows.length]
    if (!row || (digest.buckets && !digest.buckets.has(row.bucket))) continue
    for (const fact of factsBeyond(row, theirs.get(row.prefix), epochMs)) {
      bytes += factBytes(fact)
      if (bytes > maxBytes && facts.length > 0) return { facts, more: true }
      facts.push(fact)
    }
  }
  return { facts, more: false }
}

function factsBeyond(row: Row, theirs: DigestRow | undefined, epochMs: number): SignedFact[] {
  const { record, heartbeat, suspicions, introduction, summary } = row
  const { incarnation, version } = record.record
  const facts: SignedFact[] = []
  const sameIncarnation = theirs?.incarnation === incarnation
  if (theirs && !sameIncarnation && !supersedes(incarnation, theirs.incarnation, epochMs)) return facts
  if (!sameIncarnation || theirs.version < version) facts.push(record)
  // Only a table without the row needs the introduction.
  if (!theirs && introduction) facts.push(introduction)
  // The sets of observers differ, so all claims are sent: they are few, and a union loses none.
  if (suspicions && !(sameIncarnation && equalBytes(theirs.suspicions, summary)))
    facts.push(...suspicions.claims)
  if (heartbeat && !(sameIncarnation && theirs.heartbeatSequence >= heartbeat.sequence)) facts.push(heartbeat)
  return facts
}
