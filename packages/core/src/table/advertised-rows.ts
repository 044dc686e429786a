/**
 * Advertised rows: the rows that a member sends to others, ordered by id, and the hashes over them.
 *
 * A row has a hash exactly while it is advertised, and only this class writes it. The array is shared with the prior until
 * the first change.
 */
import { lowerBound } from '../base/arrays.ts'
import type { MutableRow, Row } from './row.ts'
import { rowHash } from './row-hash.ts'
import { TableHash } from './table-hash.ts'

export class AdvertisedRows {
  readonly #hash: TableHash
  #rows: Row[]
  #isOwn: boolean

  /** @param prior the initial content, which must not change any more */
  constructor(prior?: AdvertisedRows) {
    this.#hash = new TableHash(prior?.bucketHashes())
    this.#rows = prior ? prior.#rows : []
    this.#isOwn = !prior
  }

  get rows(): readonly Row[] {
    return this.#rows
  }

  /** The index of this member; undefined if the member is not advertised. */
  index(id: string): number | undefined {
    const index = this.#firstNotBefore(id)
    return this.#rows[index]?.id === id ? index : undefined
  }

  /** 16 bytes. Equal hashes mean equal rows, except for heartbeats. */
  hash(): Uint8Array {
    return this.#hash.whole(this.#rows)
  }

  /** 256 × 16 bytes. */
  bucketHashes(): Uint8Array {
    return this.#hash.buckets(this.#rows)
  }

  /** Advertises a row, or a change of a row that is advertised. */
  put(row: MutableRow): void {
    if (!row.hash) this.#mutable().splice(this.#firstNotBefore(row.id), 0, row)
    const { incarnation, version } = row.record.record
    row.hash = rowHash(row.key, incarnation, version, row.summary)
    this.#hash.changed(row.bucket)
  }

  /** From now on, the row is not advertised. */
  remove(row: MutableRow): void {
    row.hash = undefined
    this.#hash.changed(row.bucket)
    this.#mutable().splice(this.#firstNotBefore(row.id), 1)
  }

  /** A row of the prior was copied: the copy takes its place. */
  replace(copy: Row): void {
    if (copy.hash) this.#mutable()[this.#firstNotBefore(copy.id)] = copy
  }

  #mutable(): Row[] {
    if (!this.#isOwn) this.#rows = [...this.#rows]
    this.#isOwn = true
    return this.#rows
  }

  /** The index of this member, or the index at which to insert it. */
  #firstNotBefore(id: string): number {
    return lowerBound(this.#rows, row => row.id >= id)
  }
}
