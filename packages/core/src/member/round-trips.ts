/**
 * Round trips: how long a question to a connected member and its answer take.
 *
 * Told is the least of the last few (as BBR does, Cardwell 2016): what else delays an answer, a stream that is opened
 * or a page that is loading, is no part of the way. Exchanges measure in passing, each member about once in a minute;
 * whoever wants to know sooner pings.
 */
import type { ProbeMessage } from '@hearsay/failure-detector'

/** Our choice: one that was delayed is outvoted after two more. */
const maxSamples = 3
const pingsPerLink = 3

interface Measured {
  /** Milliseconds, the latest last. */
  samples: readonly number[]
  pings: number
  /** The ping that was not answered yet. */
  pending: { readonly seq: number; readonly sinceMs: number } | undefined
}

export class RoundTrips {
  readonly #random: () => number
  /** By member, while its link stands. */
  readonly #measured = new Map<string, Measured>()

  constructor(random: () => number) {
    this.#random = random
  }

  get size(): number {
    return this.#measured.size
  }

  /** Milliseconds; undefined while none was measured. */
  least(id: string): number | undefined {
    const samples = this.#measured.get(id)?.samples ?? []
    return samples.length > 0 ? Math.min(...samples) : undefined
  }

  record(id: string, ms: number): void {
    const record = this.#of(id)
    record.samples = [...record.samples, ms].slice(-maxSamples)
  }

  /** To whom a ping is to be sent now: to whoever had the fewest; undefined: all of these had enough. */
  ping(linked: readonly string[], nowMs: number): { to: string; message: ProbeMessage } | undefined {
    const pings = (id: string): number => this.#measured.get(id)?.pings ?? 0
    const [to] = linked.filter(id => pings(id) < pingsPerLink).sort((a, b) => pings(a) - pings(b))
    if (to === undefined) return undefined
    const seq = Math.floor(this.#random() * 2 ** 31)
    const record = this.#of(to)
    record.pings += 1
    record.pending = { seq, sinceMs: nowMs }
    return { to, message: { type: 'ping', seq } }
  }

  /** @returns whether it answers a ping from here. */
  ack(from: string, seq: number, nowMs: number): boolean {
    const record = this.#measured.get(from)
    if (record?.pending?.seq !== seq) return false
    this.record(from, nowMs - record.pending.sinceMs)
    record.pending = undefined
    return true
  }

  /** Over another connection it may be another way. */
  closed(id: string): void {
    this.#measured.delete(id)
  }

  #of(id: string): Measured {
    const known = this.#measured.get(id)
    if (known) return known
    const begun = { samples: [], pings: 0, pending: undefined }
    this.#measured.set(id, begun)
    return begun
  }
}
