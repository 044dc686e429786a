/**
 * Open connections: the connections of this member, and which of them to close because they are no longer needed.
 *
 * A member closes only connections that it dialled, to peers that have not been wanted for `pruneGraceMs`, and only while
 * every wanted peer is connected. So pruning never starts before the overlay is complete. A member never closes an
 * anchor: one of the two connections that have been open longest.
 */

/** Our choice: 20 s, so that a burst of joins settles first. */
export const pruneGraceMs = 20_000
/**
 * Our choice: 2, so that ids that were chosen to surround a member cannot take all its connections. While the rings do not
 * change, the anchors are ring neighbours and cost nothing.
 */
export const anchorCount = 2

interface OpenConnection {
  /** Whether this end may close the connection: hearsay on this node dialled it, and no other user of the node. */
  readonly isOurs: boolean
  /** Since when the peer is not wanted, in monotonic milliseconds; undefined while it is wanted. */
  prunableSinceMs: number | undefined
}

export class OpenConnections {
  /** The connection that has been open longest is first. */
  readonly #connections = new Map<string, OpenConnection>()
  /** Peers with connections that one of the two ends has released, and that are not closed yet. */
  readonly #released = new Set<string>()

  get size(): number {
    return this.#connections.size
  }

  has(id: string): boolean {
    return this.#connections.has(id)
  }

  /** The connected peers. The one that has been connected longest is first. */
  ids(): string[] {
    return [...this.#connections.keys()]
  }

  /** Whether the peer is connected and dialled this member. */
  isInbound(id: string): boolean {
    return this.#connections.get(id)?.isOurs === false
  }

  /** A connection opened. @param isOurs whether this end may close it when it is not needed any more. */
  opened(id: string, isOurs: boolean): void {
    this.#released.delete(id)
    this.#connections.set(id, { isOurs, prunableSinceMs: undefined })
  }

  /** Either end announced that it closes the connection. */
  released(id: string): void {
    if (this.has(id)) this.#released.add(id)
  }

  /** A connection closed. @returns whether either end had released it before. */
  closed(id: string): boolean {
    this.#connections.delete(id)
    return this.#released.delete(id)
  }

  /**
   * Releases the connections that are not needed.
   *
   * @param isAnchor whether the connection to a peer may be an anchor
   * @returns the peers to disconnect from
   */
  prune(wanted: ReadonlySet<string>, isAnchor: (id: string) => boolean, nowMs: number): string[] {
    const anchors = new Set(this.ids().filter(isAnchor).slice(0, anchorCount))
    for (const [id, connection] of this.#connections)
      connection.prunableSinceMs =
        wanted.has(id) || anchors.has(id) ? undefined : (connection.prunableSinceMs ?? nowMs)
    if ([...wanted].some(id => !this.has(id))) return []
    const prunable = [...this.#connections]
      .filter(([, { isOurs, prunableSinceMs = nowMs }]) => isOurs && nowMs - prunableSinceMs >= pruneGraceMs)
      .map(([id]) => id)
    for (const id of prunable) this.#released.add(id)
    return prunable
  }
}
