/** Connections between members, computed from the connections that each member publishes. */
import { shortId } from '../contract.ts'

export interface Connection {
  readonly from: string
  readonly to: string
}

/**
 * A connection is drawn only if both ends publish it: a killed member's last presence remains until the member is known to
 * be dead.
 *
 * @param shown member id → short ids of the members that it is connected to
 * @returns each connection once, ordered by its ends
 */
export function connectionsBetween(shown: ReadonlyMap<string, readonly string[]>): readonly Connection[] {
  const ids = [...shown.keys()].sort()
  const shows = (id: string, other: string) => shown.get(id)?.includes(shortId(other)) === true
  return ids.flatMap((from, index) =>
    ids
      .slice(index + 1)
      .filter(to => shows(from, to) && shows(to, from))
      .map(to => ({ from, to })),
  )
}
