/**
 * Partition watch: tells a network that split from members that died.
 *
 * When, within a minute, at least two members and a third of those who were here vanish, the network is the
 * likelier culprit. The suspicion lasts until half of the lost are back.
 */
const windowMs = 60_000
const maxRemembered = 1_024

export class PartitionWatch {
  readonly #lostMs: number[] = []
  #overAtVisible: number | undefined

  /** A member was declared dead. @param visible members alive or suspect after it, oneself included. */
  lost(visible: number, nowMs: number): void {
    this.#lostMs.push(nowMs)
    while (this.#lostMs.length > maxRemembered || nowMs - (this.#lostMs[0] ?? nowMs) > windowMs)
      this.#lostMs.shift()
    const recent = this.#lostMs.length
    if (recent >= 2 && recent * 3 >= visible + recent) this.#overAtVisible = visible + Math.ceil(recent / 2)
  }

  suspected(visible: number): boolean {
    if (this.#overAtVisible !== undefined && visible >= this.#overAtVisible) this.#overAtVisible = undefined
    return this.#overAtVisible !== undefined
  }
}
