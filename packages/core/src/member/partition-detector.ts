/**
 * Partition detector: decides whether a network partition is more likely than the death of single members.
 *
 * A partition is suspected when at least two members, and at least a third of the present members, died within a minute. A
 * member that returned and died again counts once.
 * The suspicion ends when half of these members are back, or ten minutes after the last death: members that have not
 * returned by then are presumed dead.
 */
const windowMs = 60_000
/** Our choice: ten minutes are enough to repair a network or to notice the fault. */
const maxSuspectedMs = 600_000
const maxDeaths = 1_024

export class PartitionDetector {
  /** Id → time of the last death, the oldest first. */
  readonly #deathsMs = new Map<string, number>()
  #suspected: { readonly overAtVisible: number; readonly untilMs: number } | undefined

  /** A member was declared dead. @param visible the number of alive or suspect members afterwards, including this one. */
  memberDied(id: string, visible: number, nowMs: number): void {
    this.#deathsMs.delete(id)
    this.#deathsMs.set(id, nowMs)
    for (const [oldest, atMs] of this.#deathsMs) {
      if (this.#deathsMs.size <= maxDeaths && nowMs - atMs <= windowMs) break
      this.#deathsMs.delete(oldest)
    }
    const recent = this.#deathsMs.size
    if (recent >= 2 && recent * 3 >= visible + recent)
      this.#suspected = { overAtVisible: visible + Math.ceil(recent / 2), untilMs: nowMs + maxSuspectedMs }
  }

  /** Whether a partition is suspected. @param visible the number of alive or suspect members now, including this one. */
  suspected(visible: number, nowMs: number): boolean {
    const { overAtVisible = 0, untilMs = nowMs } = this.#suspected ?? {}
    if (visible >= overAtVisible || nowMs >= untilMs) this.#suspected = undefined
    return this.#suspected !== undefined
  }
}
