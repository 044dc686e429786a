/**
 * Partition bridges: connections between parts of a space that the space's rings do not connect.
 *
 * The rings skip unreachable members. If only a few pairs of members can connect two parts of a space, neither part's
 * rings contain such a pair. A space may be split if a present member of it has not announced its documents for a while.
 * The local member dials such members, a few at a time, until one is connected or all are unreachable. The local member
 * keeps such a connection, because no other connection may join the parts.
 */
import { rotated } from '../base/arrays.ts'
import { dropOldest } from '../base/oldest-first.ts'

/**
 * How long the announcement of a member may be missing before the local member dials the member. Our choice: within 5 s,
 * the announcements of a member that joins reach all members.
 */
const announcementTimeoutMs = 5_000
/** Our choice: maximum number of members that are dialled at the same time. */
const maxDialled = 2
/**
 * Our choice: maximum number of bridges that a member keeps for one space. The oldest bridge is dropped
 * first.
 */
const maxRetained = 8

/** The present state of one space and its connections. */
export interface BridgeView {
  readonly self: string
  /** Whether a member is connected. */
  isConnected(id: string): boolean
  /** Whether dials to a member failed, or a connected member does not answer. */
  isUnreachable(id: string): boolean
  /** Whether a member is in the space, and is alive or suspect after having been alive. */
  isInSpace(id: string): boolean
}

export class PartitionBridges {
  /** Present members without an announcement, and since when the local member waits for it. */
  readonly #missingSinceMs = new Map<string, number>()
  #dialled: readonly string[] = []
  readonly #retained = new Set<string>()
  #dueMs = Number.POSITIVE_INFINITY

  /** When to call `review` again, in monotonic ms. */
  get dueMs(): number {
    return this.#dueMs
  }

  /**
   * @param withoutAnnouncement present members of the space that have announced nothing
   * @returns members that should be connected to the local member
   */
  review(withoutAnnouncement: readonly string[], view: BridgeView, nowMs: number): readonly string[] {
    const missing = new Set(withoutAnnouncement)
    for (const id of this.#missingSinceMs.keys()) if (!missing.has(id)) this.#missingSinceMs.delete(id)
    for (const id of withoutAnnouncement)
      if (!this.#missingSinceMs.has(id)) this.#missingSinceMs.set(id, nowMs)
    for (const id of this.#dialled) if (view.isConnected(id)) this.#retained.add(id)
    for (const id of this.#retained)
      if (!view.isInSpace(id) || view.isUnreachable(id)) this.#retained.delete(id)
    dropOldest(this.#retained, maxRetained)
    const reachable = [...this.#missingSinceMs].filter(
      ([id]) => !view.isConnected(id) && !view.isUnreachable(id),
    )
    const overdue = reachable
      .filter(([, sinceMs]) => nowMs - sinceMs >= announcementTimeoutMs)
      .map(([id]) => id)
    this.#dialled = rotatedFromSelf(overdue, view.self).slice(0, maxDialled)
    this.#dueMs = Math.min(
      ...reachable.map(([, sinceMs]) =>
        Math.max(sinceMs + announcementTimeoutMs, nowMs + announcementTimeoutMs / 5),
      ),
    )
    return [...this.#dialled, ...this.#retained]
  }
}

/** Sorted by id, beginning after the local member's id, so that members do not all dial the same ones first. */
function rotatedFromSelf(ids: readonly string[], self: string): string[] {
  const sorted = ids.toSorted()
  return rotated(
    sorted,
    Math.max(
      0,
      sorted.findIndex(id => id > self),
    ),
  )
}
