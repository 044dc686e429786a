/** Links: who is connected to whom, put together from what each member shows. */
import { shortId } from '../contract.ts'

export interface Link {
  readonly from: string
  readonly to: string
}

/**
 * @param shown member id → the short ids of those it has a connection to. Whom the drawing does not know is no end.
 * @returns each link once, ordered by its ends
 */
export function linksBetween(shown: ReadonlyMap<string, readonly string[]>): readonly Link[] {
  const ids = new Map([...shown.keys()].map(id => [shortId(id), id]))
  const links = new Map<string, Link>()
  for (const [from, ends] of shown)
    for (const end of ends) {
      const to = ids.get(end)
      if (to === undefined || to === from) continue
      const link = from < to ? { from, to } : { from: to, to: from }
      links.set(`${link.from} ${link.to}`, link)
    }
  return [...links.keys()].sort().map(key => links.get(key) as Link)
}
