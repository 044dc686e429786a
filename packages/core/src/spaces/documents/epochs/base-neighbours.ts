/**
 * Places: between which two units of a base each later item stands.
 *
 * YATA (Nicolaescu et al., 2016) orders any two items in the same way in every replica that has both and what they build
 * upon. So the place of an item depends on the base and on that item alone, not on what else a replica has.
 */
import * as Y from 'yjs'
import { allTypes, listOf, type SharedType } from './retained-runs.ts'

/** Units of the base. null: there is none on that side. */
export interface BaseNeighbours {
  readonly left: Y.ID | null
  readonly right: Y.ID | null
}

/**
 * @param doc contains the base
 * @param state of the base: client → clock
 * @returns of each item in a text or list, not deleted with its parent, of which a part lies beyond the base: the place
 *   of that part
 */
export function baseNeighboursBeyond(
  doc: Y.Doc,
  state: ReadonlyMap<number, number>,
): ReadonlyMap<Y.Item, BaseNeighbours> {
  const places = new Map<Y.Item, BaseNeighbours>()
  for (const type of allTypes(doc)) addBaseNeighbours(type, state, places)
  return places
}

function addBaseNeighbours(
  type: SharedType,
  state: ReadonlyMap<number, number>,
  places: Map<Y.Item, BaseNeighbours>,
): void {
  let left: Y.ID | null = null
  let open: Y.Item[] = []
  const close = (right: Y.ID | null) => {
    for (const item of open) places.set(item, { left, right })
    open = []
  }
  for (const item of listOf(type)) {
    const { client, clock } = item.id
    const known = (state.get(client) ?? 0) - clock
    if (known > 0) {
      close(item.id)
      left = Y.createID(client, clock + Math.min(known, item.length) - 1)
    }
    if (known < item.length) open.push(item)
  }
  close(null)
}
