/**
 * Reachability: the members with which the local member cannot exchange messages directly.
 *
 * A member is unreachable after a failed dial, or when it is connected and does not answer. The second case is common: a
 * dead connection can remain open for minutes until the operating system closes it. The member stays unreachable until a
 * message from it arrives, it connects, or it leaves. Other members receive the list, so a new attempt does not change it.
 */

/** How long a connected member may leave a request unanswered. Our choice: the time limit of a dial. */
const answerTimeoutMs = 5_000

export class Reachability {
  /** Member → when the first unanswered request was sent. */
  readonly #expected = new Map<string, number>()
  readonly #unreachable = new Set<string>()

  isUnreachable(id: string): boolean {
    return this.#unreachable.has(id)
  }

  /** The local member sent a request to this member that requires an answer. */
  expect(id: string, nowMs: number): void {
    if (!this.#expected.has(id) && !this.#unreachable.has(id)) this.#expected.set(id, nowMs)
  }

  /** A dial to the member failed. @returns whether the member was reachable before */
  failed(id: string): boolean {
    if (this.#unreachable.has(id)) return false
    this.#unreachable.add(id)
    return true
  }

  /** A message arrived from the member, it connected, or it left. @returns whether it was unreachable before */
  reset(id: string): boolean {
    this.#expected.delete(id)
    return this.#unreachable.delete(id)
  }

  /** The connection closed, so no answer is expected over it any more. */
  closed(id: string): void {
    this.#expected.delete(id)
  }

  /** When `advance` is due, in monotonic ms. */
  get dueMs(): number {
    // The map is in the order of the requests.
    const [first] = this.#expected.values()
    return first === undefined ? Number.POSITIVE_INFINITY : first + answerTimeoutMs
  }

  /** @returns the members that have become unreachable */
  advance(nowMs: number): string[] {
    const failed: string[] = []
    for (const [id, sinceMs] of this.#expected) {
      if (nowMs - sinceMs < answerTimeoutMs) break
      this.#expected.delete(id)
      this.#unreachable.add(id)
      failed.push(id)
    }
    return failed
  }
}
