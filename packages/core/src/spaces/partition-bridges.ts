/**
 * Bridges: connections between parts of a space that its rings do not connect.
 *
 * The rings pass over members that cannot be reached. Where only a few pairs of members can connect two parts of a
 * space, the rings of neither part lead there. The sign of it is a member that is present and of which nothing has come
 * for a while. Such members are tried, a few at a time, until one is connected or they are found unreachable. A
 * connection that was made in this way stays: nothing else may connect the parts.
 */

/** Our choice: what a member announces when it enters is everywhere by then. */
const unansweredMs = 5_000
/** Our choice: tried at the same time. */
const maxTried = 2
/** Our choice: kept for one space. The oldest gives way. */
const maxRetained = 8

export interface BridgeView {
  readonly self: string
  /** Whether a member is connected. */
  isLinked(id: string): boolean
  /** Whether dials to a member failed, or a connected member does not answer. */
  isUnreachable(id: string): boolean
  /** Whether a member is in the space. */
  isPresent(id: string): boolean
}

export class PartitionBridges {
  /** Members of which nothing is known, since when. */
  readonly #unansweredSinceMs = new Map<string, number>()
  #tried: readonly string[] = []
  readonly #retained = new Set<string>()
  #dueMs = Number.POSITIVE_INFINITY

  /** When to look again, monotonic ms. */
  get dueMs(): number {
    return this.#dueMs
  }

  /**
   * @param silentMembers members of the space that are present, and of which nothing has come
   * @returns members that this one should be connected to
   */
  take(silentMembers: readonly string[], view: BridgeView, nowMs: number): readonly string[] {
    const present = new Set(silentMembers)
    for (const id of this.#unansweredSinceMs.keys()) if (!present.has(id)) this.#unansweredSinceMs.delete(id)
    for (const id of silentMembers)
      if (!this.#unansweredSinceMs.has(id)) this.#unansweredSinceMs.set(id, nowMs)
    for (const id of this.#tried) if (view.isLinked(id)) this.#retained.add(id)
    for (const id of this.#retained)
      if (!view.isPresent(id) || view.isUnreachable(id)) this.#retained.delete(id)
    const [oldest] = this.#retained
    if (this.#retained.size > maxRetained && oldest !== undefined) this.#retained.delete(oldest)
    const reachable = [...this.#unansweredSinceMs].filter(
      ([id]) => !view.isLinked(id) && !view.isUnreachable(id),
    )
    const silent = reachable.filter(([, sinceMs]) => nowMs - sinceMs >= unansweredMs).map(([id]) => id)
    this.#tried = rotatedFromSelf(silent, view.self).slice(0, maxTried)
    this.#dueMs = Math.min(
      ...reachable.map(([, sinceMs]) => Math.max(sinceMs + unansweredMs, nowMs + unansweredMs / 5)),
    )
    return [...this.#tried, ...this.#retained]
  }
}

/** In the order of their ids, and from one's own on: so not all members try the same ones first. */
function rotatedFromSelf(ids: readonly string[], self: string): string[] {
  const sorted = [...ids].sort()
  const from = sorted.findIndex(id => id > self)
  return from < 0 ? sorted : [...sorted.slice(from), ...sorted.slice(0, from)]
}
