/**
 * Base neighbours: the two units of a base between which a later item is.
 *
 * YATA (Nicolaescu et al., 2016) orders any two items in the same way in every replica that has both items and the
 * items that they depend on. So the position of an item depends on the base and on that item alone, not on the rest of
 * a replica.
 */
import * as Y from 'yjs'
import { allTypes, listOf, type SharedType } from './retained-runs.ts'

/** The nearest units of the base on both sides of an item; null: the base has no unit on that side. */
export interface BaseNeighbours {
  readonly left: Y.ID | null
  readonly right: Y.ID | null
}

/**
 * @param doc contains the base
 * @param state state of the base: client → clock
 * @returns the neighbours of each item in a text or list that has a part beyond the base. Items that were deleted with
 *   their parent are left out.
 */
export function baseNeighboursBeyond(
  doc: Y.Doc,
  state: ReadonlyMap<number, number>,
): ReadonlyMap<Y.Item, BaseNeighbours> {
  const neighbours = new Map<Y.Item, BaseNeighbours>()
  for (const type of allTypes(doc)) addBaseNeighbours(type, state, neighbours)
  return neighbours
}

function addBaseNeighbours(
  type: SharedType,
  state: ReadonlyMap<number, number>,
  neighbours: Map<Y.Item, BaseNeighbours>,
): void {
  let left: Y.ID | null = null
  let open: Y.Item[] = []
  const close = (right: Y.ID | null) => {
    for (const item of open) neighbours.set(item, { left, right })
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
