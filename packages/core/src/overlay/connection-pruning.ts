/**
 * Surplus: which connections to give up.
 *
 * Only the end that dialled closes, only what has been nobody's neighbour here for `graceMs`, and only while
 * every neighbour is connected: the overlay is never thinned before it stands.
 */
export interface Link {
  /** This end may close it: it dialled, and not for somebody else. */
  readonly isOurs: boolean
  /** Since when the other has not been a neighbour; undefined while it is one. */
  surplusSinceMs: number | undefined
}

/** Our choice: 20 s, so that a burst of joins settles first. */
export const graceMs = 20_000

/** @returns ids to disconnect from. */
export function surplusLinks(
  links: ReadonlyMap<string, Link>,
  neighbours: ReadonlySet<string>,
  nowMs: number,
): string[] {
  for (const [id, link] of links)
    link.surplusSinceMs = neighbours.has(id) ? undefined : (link.surplusSinceMs ?? nowMs)
  if ([...neighbours].some(id => !links.has(id))) return []
  return [...links]
    .filter(([, { isOurs, surplusSinceMs = nowMs }]) => isOurs && nowMs - surplusSinceMs >= graceMs)
    .map(([id]) => id)
}
