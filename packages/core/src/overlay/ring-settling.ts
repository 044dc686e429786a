/**
 * Ring settling: how long a member waits before it dials new neighbours.
 *
 * While many members join, neighbours change before their connections open. So dials wait until the neighbours have stayed
 * unchanged for a while, but not for ever.
 */

/**
 * How long the neighbours stay unchanged before they are dialled. 500 ms was too short: when 32 processes start together on
 * two cores, each of them receives new members at longer intervals. With 2 s their tables agree after 9.6 s instead of
 * 14.7 s, and each process uses 560 ms of CPU time instead of 890 ms.
 */
const settleMs = 2_000
/** The longest wait after the first change. */
const maxSettleMs = 8_000

export class RingSettling {
  /** The first and the last change since the last dials, in monotonic milliseconds. */
  #changes: { readonly sinceMs: number; readonly lastMs: number } | undefined

  /** The neighbours changed. */
  changed(nowMs: number): void {
    this.#changes = { sinceMs: this.#changes?.sinceMs ?? nowMs, lastMs: nowMs }
  }

  /** The present neighbours are being dialled. */
  dialled(): void {
    this.#changes = undefined
  }

  /** When the present neighbours may be dialled, in monotonic milliseconds; −Infinity if they have not changed. */
  get settledAtMs(): number {
    if (!this.#changes) return Number.NEGATIVE_INFINITY
    return Math.min(this.#changes.lastMs + settleMs, this.#changes.sinceMs + maxSettleMs)
  }
}
