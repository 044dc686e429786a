/**
 * Table hash: 256 hashes, each over the entries of a bucket in their order, and one over these.
 *
 * Never a sum: members choose what they sign, and with enough of them the parts of any sum can be chosen to cancel
 * out. A bucket is hashed again when it has changed and somebody asks.
 */

import { firstIndex } from '../base/arrays.ts'
import { hashBytes } from '../wire/codec.ts'
import { bucketCount } from '../wire/hashes.ts'
import { shortHash } from './row-hash.ts'

/** What is told of, ordered by bucket. */
type HashedEntries = readonly { readonly bucket: number; readonly hash: Uint8Array | undefined }[]

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
  whole(entries: HashedEntries): Uint8Array {
    this.#whole ??= shortHash(this.#fresh(entries))
    return this.#whole
  }

  /** 256 × 16 bytes. */
  buckets(entries: HashedEntries): Uint8Array {
    return this.#fresh(entries).slice()
  }

  #fresh(entries: HashedEntries): Uint8Array {
    for (const bucket of this.#stale) this.#buckets.set(bucketHash(entries, bucket), bucket * hashBytes)
    this.#stale.clear()
    return this.#buckets
  }
}

function bucketHash(entries: HashedEntries, bucket: number): Uint8Array {
  const from = firstIndex(entries, entry => entry.bucket >= bucket)
  const to = firstIndex(entries, entry => entry.bucket > bucket)
  const bytes = new Uint8Array((to - from) * hashBytes)
  for (let i = from; i < to; i++) bytes.set(entries[i]?.hash ?? [], (i - from) * hashBytes)
  return shortHash(bytes)
}
