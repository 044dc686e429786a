/**
 * Bridges: connections between parts of a space that its rings do not connect.
 *
 * The rings pass over members that cannot be reached. Where only a few pairs of members can connect two parts of a
 * space, the rings of neither part lead there. The sign of it is a member that is present and of which nothing has come
 * for a while. Such members are tried, a few at a time, until one is connected or they are found unreachable. A
 * connection that was made in this way stays: nothing else may connect the parts.
 */

/** Our choice: what a member announces when it enters is everywhere by then. */
const silentMs = 5_000
/** Our choice: tried at the same time. */
const maxTried = 2
/** Our choice: kept for one space. The oldest gives way. */
const maxKept = 8

export interface BridgeView {
  readonly self: string
  /** Whether a member is connected. */
  isLinked(id: string): boolean
  /** Whether dials to a member failed, or a connected member does not answer. */
  isUnreachable(id: string): boolean
  /** Whether a member is in the space. */
  isPresent(id: string): boolean
}

export class Bridges {
  /** Members of which nothing is known, since when. */
  readonly #silent = new Map<string, number>()
  #tried: readonly string[] = []
  readonly #kept = new Set<string>()
  #dueMs = Number.POSITIVE_INFINITY

  /** When to look again, monotonic ms. */
  get dueMs(): number {
    return this.#dueMs
  }

  /**
   * @param strangers members of the space that are present, and of which nothing has come
   * @returns members that this one should be connected to
   */
  take(strangers: readonly string[], view: BridgeView, nowMs: number): readonly string[] {
    const present = new Set(strangers)
    for (const id of this.#silent.keys()) if (!present.has(id)) this.#silent.delete(id)
    for (const id of strangers) if (!this.#silent.has(id)) this.#silent.set(id, nowMs)
    for (const id of this.#tried) if (view.isLinked(id)) this.#kept.add(id)
    for (const id of this.#kept) if (!view.isPresent(id) || view.isUnreachable(id)) this.#kept.delete(id)
    const [oldest] = this.#kept
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest)
    const reachable = [...this.#silent].filter(([id]) => !view.isLinked(id) && !view.isUnreachable(id))
    const silent = reachable.filter(([, sinceMs]) => nowMs - sinceMs >= silentMs).map(([id]) => id)
    this.#tried = fromSelfOn(silent, view.self).slice(0, maxTried)
    this.#dueMs = Math.min(
      ...reachable.map(([, sinceMs]) => Math.max(sinceMs + silentMs, nowMs + silentMs / 5)),
    )
    return [...this.#tried, ...this.#kept]
  }
}

/** In the order of their ids, and from one's own on: so not all members try the same ones first. */
function fromSelfOn(ids: readonly string[], self: string): string[] {
  const sorted = [...ids].sort()
  const from = sorted.findIndex(id => id > self)
  return from < 0 ? sorted : [...sorted.slice(from), ...sorted.slice(0, from)]
}
