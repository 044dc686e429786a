/**
 * Trace: a hash of everything that arrived at any member, which two runs of one seed share, and the latest arrivals.
 */
import { createHash } from 'node:crypto'

/** One frame, or one event of a link, as it arrived at a member. `from` and `to` are names; `atMs` is virtual time. */
export interface Arrival {
  /** Virtual milliseconds from the start of the simulation. */
  readonly atMs: number
  /** Name of the sender. */
  readonly from: string
  /** Name of the receiver. */
  readonly to: string
  /** `probe`, `sync`, a kind of gossip, or an event of a link. */
  readonly what: string
  /** The frame's length; 0 for an event of a link. */
  readonly bytes: number
}

const chunkBytes = 65_536
const maxStored = 64

/** Records all arrivals. Read `hash` to compare two runs, `last()` to see how a run ended. */
export class Trace {
  readonly #hash = createHash('sha256')
  readonly #chunk = Buffer.alloc(chunkBytes)
  readonly #last: Arrival[] = []
  #used = 0
  #count = 0

  /** The hash of all arrivals until now, hexadecimal. */
  get hash(): string {
    return this.#hash.copy().update(this.#chunk.subarray(0, this.#used)).digest('hex').slice(0, 16)
  }

  /** The number of arrivals so far. */
  get count(): number {
    return this.#count
  }

  /** The latest arrivals, oldest first. */
  last(): readonly Arrival[] {
    const from = this.#count % maxStored
    return this.#count < maxStored
      ? [...this.#last]
      : [...this.#last.slice(from), ...this.#last.slice(0, from)]
  }

  /** Adds an arrival. */
  record(atMs: number, from: string, to: string, what: string, content: Uint8Array): void {
    this.#last[this.#count % maxStored] = { atMs, from, to, what, bytes: content.length }
    this.#count += 1
    const head = `${atMs} ${from} ${to} ${what} ${content.length}\n`
    if (this.#used + head.length + content.length > chunkBytes) this.#flush()
    this.#used += this.#chunk.write(head, this.#used, 'latin1')
    if (content.length > chunkBytes - this.#used) {
      this.#flush()
      this.#hash.update(content)
    } else {
      this.#chunk.set(content, this.#used)
      this.#used += content.length
    }
  }

  #flush(): void {
    this.#hash.update(this.#chunk.subarray(0, this.#used))
    this.#used = 0
  }
}
