/**
 * Surplus: which connections to give up.
 *
 * Only the end that dialled closes, only what has been nobody's neighbour here for `pruneGraceMs`, and only while
 * every neighbour is connected: the overlay is never thinned before it stands.
 */
export interface OverlayConnection {
  /** This end may close it: it dialled, and not for somebody else. */
  readonly isOurs: boolean
  /** Since when the other has not been a neighbour; undefined while it is one. */
  prunableSinceMs: number | undefined
}

/** Our choice: 20 s, so that a burst of joins settles first. */
export const pruneGraceMs = 20_000

/** @returns ids to disconnect from. */
export function prunableConnections(
  links: ReadonlyMap<string, OverlayConnection>,
  neighbours: ReadonlySet<string>,
  nowMs: number,
): string[] {
  for (const [id, link] of links)
    link.prunableSinceMs = neighbours.has(id) ? undefined : (link.prunableSinceMs ?? nowMs)
  if ([...neighbours].some(id => !links.has(id))) return []
  return [...links]
    .filter(([, { isOurs, prunableSinceMs = nowMs }]) => isOurs && nowMs - prunableSinceMs >= pruneGraceMs)
    .map(([id]) => id)
}
