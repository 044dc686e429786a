/** Set hash: 256 buckets of entry hashes, and their sum. Adding what is in takes it out again. */
import { bucketCount } from '../wire/buckets.ts'

/** Four words of 32 bits. */
type EntryHash = Uint32Array

const words = 4

export class SetHash {
  readonly #buckets: Uint32Array
  readonly #all: Uint32Array
  /** `#all` as bytes, until something changes: it is asked for with each exchange. */
  #whole: Uint8Array | undefined

  /** @param prior what is in from the start. */
  constructor(prior?: SetHash) {
    this.#buckets = prior ? prior.#buckets.slice() : new Uint32Array(bucketCount * words)
    this.#all = prior ? prior.#all.slice() : new Uint32Array(words)
  }

  toggle(bucket: number, hash: EntryHash): void {
    this.#whole = undefined
    for (let word = 0; word < words; word++) {
      const bits = hash[word] ?? 0
      this.#all[word] = (this.#all[word] ?? 0) ^ bits
      const at = bucket * words + word
      this.#buckets[at] = (this.#buckets[at] ?? 0) ^ bits
    }
  }

  /** 16 bytes, not to be written. */
  whole(): Uint8Array {
    this.#whole ??= bytesOf(this.#all)
    return this.#whole
  }

  /** 256 × 8 bytes: the first two words of each bucket. */
  buckets(): Uint8Array {
    return bytesOf(this.#buckets.filter((_, i) => i % words < 2))
  }
}

function bytesOf(values: Uint32Array): Uint8Array {
  const bytes = new Uint8Array(values.length * 4)
  const view = new DataView(bytes.buffer)
  values.forEach((value, i) => {
    view.setUint32(i * 4, value)
  })
  return bytes
}
