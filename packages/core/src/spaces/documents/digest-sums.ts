/**
 * Digest sums: the sums in a document's digest. The sums do not depend on how Yjs cuts its structs.
 *
 * Two replicas split, merge and collect the same characters differently. So a deletion counts by the clocks that it
 * covers, and content counts by single units, each combined with its client and clock. Power sums of the clocks have a
 * closed form, so a deletion of a megabyte costs no more than a deletion of one character.
 */
import * as Y from 'yjs'

/** The largest prime below 2^26: products of two remainders are exact in a double. */
const prime = 67_108_859
/** The inverses of 2 and 6 modulo the prime. */
const half = (prime + 1) / 2
const sixth = inverseOf(6)

/** The deleted clocks of one client: their count, sum, sum of squares and sum of cubes, modulo a prime. */
export interface DeletionSums {
  readonly count: number
  readonly sums: readonly [number, number, number]
}

export const noDeletions: DeletionSums = { count: 0, sums: [0, 0, 0] }

/** Adds the deleted clocks `from` ≤ clock < `to`. */
export function deletionSums({ count, sums }: DeletionSums, from: number, to: number): DeletionSums {
  const [before, after] = [powerSums(from), powerSums(to)]
  const added = sums.map((sum, i) => (sum + (after[i] ?? 0) - (before[i] ?? 0) + prime) % prime)
  return { count: count + to - from, sums: [added[0] ?? 0, added[1] ?? 0, added[2] ?? 0] }
}

/** For all whole numbers below `n`: their sum, sum of squares and sum of cubes (Faulhaber), modulo the prime. */
function powerSums(n: number): [number, number, number] {
  const last = (((n - 1) % prime) + prime) % prime
  const first = times(times(last, n % prime), half)
  const second = times(times(times(last, n % prime), (2 * last + 1) % prime), sixth)
  return [first, second, times(first, first)]
}

function times(a: number, b: number): number {
  return (a * b) % prime
}

function inverseOf(n: number): number {
  for (let k = 1; ; k++) if ((k * prime + 1) % n === 0) return (k * prime + 1) / n
}

/** A 32-bit hash of three numbers: the finalizer of MurmurHash3 (Appleby, 2011) over each in turn. */
export function mix(a: number, b: number, c: number): number {
  return scramble(scramble(scramble(low(a) ^ high(a)) ^ low(b) ^ Math.imul(high(b), 0x9e3779b1)) ^ c)
}

const low = (n: number): number => n | 0
/** Client ids have up to 53 bits. */
const high = (n: number): number => Math.imul(Math.floor(n / 0x1_0000_0000), 0x85ebca77)

function scramble(n: number): number {
  let h = Math.imul(n ^ (n >>> 16), 0x85ebca6b)
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35)
  return (h ^ (h >>> 16)) >>> 0
}

export interface ContentRange {
  readonly client: number
  /** Clock of the content's first unit. */
  readonly clock: number
  /** Units of the content, from 0. */
  readonly from: number
  readonly to: number
}

export interface ContentSum {
  readonly low: number
  readonly high: number
  /** Approximate: a character counts as one byte. */
  readonly bytes: number
}

/**
 * Every character of a client below this clock counts. Above this clock, only every 256th character counts, so that a
 * paste of 30 MB does not take long.
 */
const countedFully = 65_536
const stride = 256

/** The first clock ≥ `clock` whose character is part of the sum. */
function nextCounted(clock: number): number {
  return clock < countedFully ? clock : Math.ceil(clock / stride) * stride
}

/** Sums over the units of a range. */
export function contentSum(content: Y.Item['content'], range: ContentRange): ContentSum {
  if (content instanceof Y.ContentString) return stringSum(content.str, range)
  const { client, clock, from, to } = range
  let [low, high, bytes] = [0, 0, 0]
  for (let unit = from; unit < to; unit++) {
    const valueHash = new ValueHash()
    hashUnit(valueHash, content, unit)
    low = (low + mix(client, clock + unit, valueHash.hash)) >>> 0
    high = (high + mix(clock + unit, client, ~valueHash.hash)) >>> 0
    bytes += valueHash.bytes
  }
  return { low, high, bytes }
}

function stringSum(text: string, { client, clock, from, to }: ContentRange): ContentSum {
  let [low, high] = [0, 0]
  for (
    let unit = nextCounted(clock + from) - clock;
    unit < to;
    unit = nextCounted(clock + unit + 1) - clock
  ) {
    const code = characterAt(text, unit)
    low = (low + mix(client, clock + unit, code)) >>> 0
    high = (high + mix(clock + unit, client, ~code)) >>> 0
  }
  return { low, high, bytes: to - from }
}

/**
 * The number by which a UTF-16 unit enters the digest. Every surrogate enters as U+FFFD, even in an intact pair, for two
 * reasons. When Yjs cuts a pair, it replaces both halves by U+FFFD, but not on all replicas at the same time. And an encoded
 * update contains U+FFFD in place of a lone half.
 */
function characterAt(text: string, index: number): number {
  const code = text.charCodeAt(index)
  return code >= 0xd800 && code < 0xe000 ? 0xfffd : code
}

function hashUnit(valueHash: ValueHash, content: Y.Item['content'], unit: number): void {
  if (content instanceof Y.ContentAny || content instanceof Y.ContentJSON) valueHash.add(content.arr[unit])
  else if (content instanceof Y.ContentBinary) valueHash.add(content.content)
  // Hash the value as JSON, because an update contains it as JSON.
  else if (content instanceof Y.ContentEmbed) valueHash.add(JSON.stringify(content.embed))
  else if (content instanceof Y.ContentFormat)
    valueHash.add(`${content.key} ${JSON.stringify(content.value)}`)
  else if (content instanceof Y.ContentDoc) valueHash.add(content.doc.guid)
  else valueHash.add(content.getRef())
}

/** Maximum number of parts of one value that are hashed. */
const maxParts = 1_024
/** Number of bytes or characters that are hashed at each end of a part. */
const maxEnd = 64

/**
 * A hash of a value as `lib0` encodes it. The hash omits what `lib0` omits, so a value and its remote copy
 * have the same hash.
 */
class ValueHash {
  hash = 0
  bytes = 0
  #parts = 0

  add(value: unknown): void {
    this.#parts += 1
    if (this.#parts > maxParts) return
    if (typeof value === 'string') this.#addSequence(value.length, i => characterAt(value, i))
    else if (value instanceof Uint8Array) this.#addSequence(value.length, i => value[i] ?? 0)
    else if (Array.isArray(value)) {
      this.#mixIn(value.length)
      for (const each of value) this.add(each)
    } else if (typeof value === 'object' && value !== null) {
      for (const key of Object.keys(value)) {
        this.add(key)
        this.add((value as Readonly<Record<string, unknown>>)[key])
      }
    } else if (typeof value === 'number') this.add(String(value + 0))
    else if (typeof value === 'bigint') this.add(String(value))
    else this.#mixIn(value === null ? 2 : value === true ? 3 : value === false ? 4 : 1)
  }

  #addSequence(length: number, at: (index: number) => number): void {
    this.bytes += length
    this.#mixIn(length)
    for (let i = 0; i < length; i++) {
      if (i === maxEnd && length > 2 * maxEnd) i = length - maxEnd
      this.#mixIn(at(i))
    }
  }

  #mixIn(part: number): void {
    this.bytes += 1
    this.hash = mix(this.hash, part, 1)
  }
}
