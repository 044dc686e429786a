/** Row: the registers of one member in the table. */
import type { SignedFact } from '../wire/fact.ts'
import { bucketCount, prefixOf } from '../wire/hashes.ts'
import { keyFromMemberId } from '../wire/member-id.ts'
import { noSuspicions } from './row-hash.ts'
import type { Suspicions } from './suspicions.ts'

export type RecordFact = SignedFact & { readonly type: 'record' }
export type HeartbeatFact = SignedFact & { readonly type: 'heartbeat' }
export type IntroductionFact = SignedFact & { readonly type: 'introduction' }

/** A row that can be modified. Only the table uses this type. */
export interface MutableRow {
  readonly id: string
  readonly key: Uint8Array
  /** The first 8 bytes of the key, which identify the row in a digest. */
  readonly prefix: string
  readonly bucket: number
  record: RecordFact
  heartbeat: HeartbeatFact | undefined
  suspicions: Suspicions | undefined
  /**
   * The first introduction that arrived, until its author has no row any more. The introduction travels with the record.
   * Digests and hashes leave it out, so tables with different introductions are equal.
   */
  introduction: IntroductionFact | undefined
  /** The summary of `suspicions`; empty without suspicions. */
  summary: Uint8Array
  /** The row hash that the table hash includes; undefined while the row is not advertised. Only `AdvertisedRows` writes it. */
  hash: Uint8Array | undefined
}

/** A row as all parts outside of the table see it. */
export type Row = Readonly<MutableRow>

/** The row of a new member, which is not advertised yet. */
export function createRow(fact: RecordFact): MutableRow {
  const key = keyFromMemberId(fact.author) ?? new Uint8Array()
  const prefix = prefixOf(key)
  const bucket = (key[0] ?? 0) % bucketCount
  return {
    id: fact.author,
    key,
    prefix,
    bucket,
    record: fact,
    heartbeat: undefined,
    suspicions: undefined,
    introduction: undefined,
    summary: noSuspicions,
    hash: undefined,
  }
}
