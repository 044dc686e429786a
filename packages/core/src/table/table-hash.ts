/**
 * Table hash: one hash per bucket over the row hashes in their order, and one hash over the 256 bucket hashes.
 *
 * The hashes are never combined by a sum: members choose the content that they sign, so several members together
 * could choose contents whose hashes cancel out. A changed bucket is hashed again only when a hash is requested.
 */

import { lowerBound } from '../base/arrays.ts'
import { bucketCount, hashBytes, shortHash } from '../wire/hashes.ts'

/** The advertised rows, ordered by bucket. */
type HashedRows = readonly { readonly bucket: number; readonly hash: Uint8Array | undefined }[]

export class TableHash {
  readonly #buckets: Uint8Array
  readonly #stale: Set<number>
  /** The cached hash over all buckets, because each sync offer needs it. A change resets it to undefined. */
  #whole: Uint8Array | undefined

  /** @param prior the initial bucket hashes, 256 × 16 bytes. */
  constructor(prior?: Uint8Array) {
    this.#buckets = prior?.slice() ?? new Uint8Array(bucketCount * hashBytes)
    this.#stale = new Set(prior ? [] : Array.from({ length: bucketCount }, (_, bucket) => bucket))
  }

  /** A row of this bucket was added, removed or changed. */
  changed(bucket: number): void {
    this.#whole = undefined
    this.#stale.add(bucket)
  }

  /** The hash over all buckets, 16 bytes. The caller must not modify the array. */
  whole(rows: HashedRows): Uint8Array {
    this.#whole ??= shortHash(this.#refreshed(rows))
    return this.#whole
  }

  /** A copy of the hashes of all buckets, 256 × 16 bytes. */
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
  const from = lowerBound(rows, row => row.bucket >= bucket)
  const to = lowerBound(rows, row => row.bucket > bucket)
  const bytes = new Uint8Array((to - from) * hashBytes)
  for (let i = from; i < to; i++) bytes.set(rows[i]?.hash ?? [], (i - from) * hashBytes)
  return shortHash(bytes)
}
