/**
 * Connection pruning: which connections to close because they are no longer needed.
 *
 * A member closes only connections that it dialled, to peers that have not been wanted for `pruneGraceMs`, and only while
 * every wanted peer is connected. So pruning never starts before the overlay is complete. It never closes anchors.
 */
export interface OverlayConnection {
  /** Whether this end may close the connection: hearsay dialled it here, not another user of the libp2p node. */
  readonly isOurs: boolean
  /** Since when the peer has not been wanted, in monotonic milliseconds; undefined while it is wanted. */
  prunableSinceMs: number | undefined
}

/** Our choice: 20 s, so that a burst of joins settles first. */
export const pruneGraceMs = 20_000

/**
 * @param anchors peers whose connections stay open although they are not wanted. @default none
 * @returns the ids of the peers to disconnect from
 */
export function prunableConnections(
  connections: ReadonlyMap<string, OverlayConnection>,
  wanted: ReadonlySet<string>,
  nowMs: number,
  anchors: ReadonlySet<string> = new Set(),
): string[] {
  for (const [id, connection] of connections)
    connection.prunableSinceMs =
      wanted.has(id) || anchors.has(id) ? undefined : (connection.prunableSinceMs ?? nowMs)
  if ([...wanted].some(id => !connections.has(id))) return []
  return [...connections]
    .filter(([, { isOurs, prunableSinceMs = nowMs }]) => isOurs && nowMs - prunableSinceMs >= pruneGraceMs)
    .map(([id]) => id)
}
