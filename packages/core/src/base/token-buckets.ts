/**
 * Token buckets: one rate limit for each key.
 *
 * A bucket starts full and gains one token each `refillMs`, up to `burst`. A full bucket is not stored. At most
 * `maxKeys` buckets are stored. If one more is needed, the bucket that was used longest ago is deleted, so its key
 * starts with a full bucket again.
 */
import { setNewest } from './oldest-first.ts'

export interface TokenBucketsOptions {
  /** The greatest number of tokens in a bucket. */
  readonly burst: number
  /** The time in which a bucket gains one token, in milliseconds. */
  readonly refillMs: number
  readonly maxKeys: number
}

export interface TakeOptions {
  /** The number of tokens to take; less than 0: gives tokens back. @default 1 */
  readonly cost?: number
  /**
   * Takes tokens even if the bucket has too few: it then has less than none, and needs more time to refill.
   *
   * @default false
   */
  readonly isForced?: boolean
  /**
   * The greatest number of tokens in this bucket, if it is smaller than in other buckets.
   *
   * @default the option of all buckets
   */
  readonly burst?: number
}

interface Bucket {
  readonly tokens: number
  readonly atMs: number
}

export class TokenBuckets {
  readonly #options: TokenBucketsOptions
  /** The bucket used longest ago is first. */
  readonly #buckets = new Map<string, Bucket>()

  constructor(options: TokenBucketsOptions) {
    this.#options = options
  }

  /** The number of stored buckets. */
  get size(): number {
    return this.#buckets.size
  }

  /** Whether the bucket of this key has `cost` tokens. @default 1 */
  has(key: string, nowMs: number, cost = 1): boolean {
    return this.#tokens(key, nowMs) >= cost
  }

  /** Takes tokens. @returns false, and changes nothing, if the bucket has too few */
  take(
    key: string,
    nowMs: number,
    { cost = 1, burst = this.#options.burst, isForced }: TakeOptions = {},
  ): boolean {
    const tokens = Math.min(burst, this.#tokens(key, nowMs))
    if (tokens < cost && !isForced) return false
    const bucket = { tokens: Math.min(burst, tokens - cost), atMs: nowMs }
    setNewest(this.#buckets, key, bucket, this.#options.maxKeys)
    return true
  }

  /** Deletes the buckets that are full again. */
  sweep(nowMs: number): void {
    for (const key of this.#buckets.keys())
      if (this.#tokens(key, nowMs) >= this.#options.burst) this.#buckets.delete(key)
  }

  #tokens(key: string, nowMs: number): number {
    const { burst, refillMs } = this.#options
    const bucket = this.#buckets.get(key)
    return bucket ? Math.min(burst, bucket.tokens + (nowMs - bucket.atMs) / refillMs) : burst
  }
}
