/** View focus: when the user last turned to one view, and whether this view had the focus last among the views of its member. */
import { systemClock } from '@hearsay/core/app'

/** The time at which the user last turned to any view of this member, in epoch milliseconds. */
export interface LastFocus {
  atMs: number
}

export class ViewFocus {
  readonly #last: LastFocus
  /** When the user turned to this view. */
  #atMs = 0

  /** @param last shared by all views of the member */
  constructor(last: LastFocus) {
    this.#last = last
  }

  /**
   * The user turned to this view at this time. The view sends the time of its last focus. After a handover, all views are new to
   * this member. From these times it learns which view had the focus last.
   */
  turnedTo(atMs: number): void {
    if (!Number.isFinite(atMs)) return
    const last = this.#last
    const nowMs = systemClock.now().epochMs
    this.#atMs = Math.min(atMs, nowMs)
    // The clock was set back if the last focus is in the future.
    last.atMs = Math.max(last.atMs > nowMs ? 0 : last.atMs, this.#atMs)
  }

  /** Whether the user turned to this view last. */
  get isLast(): boolean {
    return this.#atMs >= this.#last.atMs
  }
}
