/** Links: who is connected to whom, put together from what each member shows. */
import { shortId } from '../contract.ts'

export interface Connection {
  readonly from: string
  readonly to: string
}

/**
 * A link stands where both ends show it: one that was killed shows what it last had, until it is known to be dead.
 *
 * @param shown member id → the short ids of those it has a connection to
 * @returns each link once, ordered by its ends
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
