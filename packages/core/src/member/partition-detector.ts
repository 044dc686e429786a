/**
 * Partition watch: tells a network that split from members that died.
 *
 * When, within a minute, at least two members and a third of those who were here vanish, the network is the
 * likelier culprit. The suspicion lasts until half of the lost are back, and no longer than ten minutes after the last
 * of them vanished: those that do not come back have died.
 */
const windowMs = 60_000
/** Our choice: longer than people take to mend a network, or to hear of it. */
const maxSuspectedMs = 600_000
const maxDeaths = 1_024

export class PartitionDetector {
  readonly #deathsMs: number[] = []
  #suspected: { readonly overAtVisible: number; readonly untilMs: number } | undefined

  /** A member was declared dead. @param visible members alive or suspect after it, oneself included. */
  memberDied(visible: number, nowMs: number): void {
    this.#deathsMs.push(nowMs)
    while (this.#deathsMs.length > maxDeaths || nowMs - (this.#deathsMs[0] ?? nowMs) > windowMs)
      this.#deathsMs.shift()
    const recent = this.#deathsMs.length
    if (recent >= 2 && recent * 3 >= visible + recent)
      this.#suspected = { overAtVisible: visible + Math.ceil(recent / 2), untilMs: nowMs + maxSuspectedMs }
  }

  suspected(visible: number, nowMs: number): boolean {
    const { overAtVisible = 0, untilMs = nowMs } = this.#suspected ?? {}
    if (visible >= overAtVisible || nowMs >= untilMs) this.#suspected = undefined
    return this.#suspected !== undefined
  }
}
