/**
 * Table hash: 256 hashes, each over the entries of a bucket in their order, and one over these.
 *
 * Never a sum: members choose what they sign, and with enough of them the parts of any sum can be chosen to cancel
 * out. A bucket is hashed again when it has changed and somebody asks.
 */

import { lowerBound } from '../base/arrays.ts'
import { hashBytes } from '../wire/codec.ts'
import { bucketCount } from '../wire/hashes.ts'
import { shortHash } from './row-hash.ts'

/** What is told of, ordered by bucket. */
type HashedRows = readonly { readonly bucket: number; readonly hash: Uint8Array | undefined }[]

export class TableHash {
  readonly #buckets: Uint8Array
  readonly #stale: Set<number>
  /** Of all buckets, until something changes: it is asked for with each exchange. */
  #whole: Uint8Array | undefined

  /** @param prior the bucket hashes to begin with. */
  constructor(prior?: Uint8Array) {
    this.#buckets = prior?.slice() ?? new Uint8Array(bucketCount * hashBytes)
    this.#stale = new Set(prior ? [] : Array.from({ length: bucketCount }, (_, bucket) => bucket))
  }

  /** An entry of this bucket came, went or is another. */
  changed(bucket: number): void {
    this.#whole = undefined
    this.#stale.add(bucket)
  }

  /** 16 bytes, not to be written. */
  whole(rows: HashedRows): Uint8Array {
    this.#whole ??= shortHash(this.#refreshed(rows))
    return this.#whole
  }

  /** 256 × 16 bytes. */
  buckets(rows: HashedRows): Uint8Array {
    return this.#refreshed(rows).slice()
  }

  #refreshed(rows: HashedRows): Uint8Array {
    for (const bucket of this.#stale) this.#buckets.set(bucketHash(rows, bucket), bucket * hashBytes)
    this.#stale.clear()
    return this.#buckets
  }
}

function bucketHash(rows: HashedRows, bucket: number): Uint8Array {
  const from = lowerBound(rows, entry => entry.bucket >= bucket)
  const to = lowerBound(rows, entry => entry.bucket > bucket)
  const bytes = new Uint8Array((to - from) * hashBytes)
  for (let i = from; i < to; i++) bytes.set(rows[i]?.hash ?? [], (i - from) * hashBytes)
  return shortHash(bytes)
}
