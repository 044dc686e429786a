/**
 * Reachability: which members this one cannot talk to directly.
 *
 * A member is unreachable when it was dialled in vain, or when it is connected and does not answer: a connection over
 * which nothing passes may stand for minutes before the operating system gives it up. It stays so until something
 * comes from it, it connects, or it is not there any more. Others are told, so this does not change with each attempt.
 */

/** Our choice: as long as libp2p waits for a dial. */
const patienceMs = 5_000

export class Reachability {
  /** Member → since when an answer is expected. */
  readonly #expected = new Map<string, number>()
  readonly #unreachable = new Set<string>()

  isUnreachable(id: string): boolean {
    return this.#unreachable.has(id)
  }

  /** It was asked something that is always answered. */
  expect(id: string, nowMs: number): void {
    if (!this.#expected.has(id) && !this.#unreachable.has(id)) this.#expected.set(id, nowMs)
  }

  /** It was dialled in vain. @returns whether that is news */
  failed(id: string): boolean {
    if (this.#unreachable.has(id)) return false
    this.#unreachable.add(id)
    return true
  }

  /** Something came from it, or it connected, or it is gone. @returns whether it was unreachable before */
  reset(id: string): boolean {
    this.#expected.delete(id)
    return this.#unreachable.delete(id)
  }

  /** The connection is gone: nothing more is expected over it. */
  closed(id: string): void {
    this.#expected.delete(id)
  }

  /** Monotonic ms. */
  get dueMs(): number {
    // In the order in which they were asked.
    const [first] = this.#expected.values()
    return first === undefined ? Number.POSITIVE_INFINITY : first + patienceMs
  }

  /** @returns whether a member has become unreachable */
  advance(nowMs: number): boolean {
    let isChanged = false
    for (const [id, sinceMs] of this.#expected) {
      if (nowMs - sinceMs < patienceMs) break
      this.#expected.delete(id)
      this.#unreachable.add(id)
      isChanged = true
    }
    return isChanged
  }
}
