/**
 * Round trips: the round-trip times to connected members.
 *
 * The result is the smallest of the last three samples (as in BBR, Cardwell 2016). Longer samples contain other
 * delays, such as opening a stream or loading a page. Syncs measure each member about once per minute;
 * pings measure sooner.
 */
import type { ProbeMessage } from '@hearsay/failure-detector'

/** Our choice: three samples, so that a change of the path shows after three measurements at most. */
const maxSamples = 3
const pingsPerConnection = 3

interface Measured {
  /** Milliseconds, the latest last. */
  samples: readonly number[]
  pings: number
  /** The ping that has no answer yet. */
  pending: { readonly seq: number; readonly sinceMs: number } | undefined
}

export class RoundTrips {
  readonly #random: () => number
  /** The measurements of each connected member, by id. */
  readonly #measured = new Map<string, Measured>()

  constructor(random: () => number) {
    this.#random = random
  }

  get size(): number {
    return this.#measured.size
  }

  /** The smallest recent round-trip time in milliseconds; undefined if none was measured. */
  least(id: string): number | undefined {
    const samples = this.#measured.get(id)?.samples ?? []
    return samples.length > 0 ? Math.min(...samples) : undefined
  }

  record(id: string, ms: number): void {
    const record = this.#of(id)
    record.samples = [...record.samples, ms].slice(-maxSamples)
  }

  /** The ping to send now, to the member with the fewest pings; undefined if all had three. */
  ping(connected: readonly string[], nowMs: number): { to: string; message: ProbeMessage } | undefined {
    const pings = (id: string): number => this.#measured.get(id)?.pings ?? 0
    const [to] = connected.filter(id => pings(id) < pingsPerConnection).sort((a, b) => pings(a) - pings(b))
    if (to === undefined) return undefined
    const seq = Math.floor(this.#random() * 2 ** 31)
    const record = this.#of(to)
    record.pings += 1
    record.pending = { seq, sinceMs: nowMs }
    return { to, message: { type: 'ping', seq } }
  }

  /** Handles an ack. @returns whether the ack answers one of these pings. */
  ack(from: string, seq: number, nowMs: number): boolean {
    const record = this.#measured.get(from)
    if (record?.pending?.seq !== seq) return false
    this.record(from, nowMs - record.pending.sinceMs)
    record.pending = undefined
    return true
  }

  /** Deletes the samples, because the next connection may use another path. */
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
