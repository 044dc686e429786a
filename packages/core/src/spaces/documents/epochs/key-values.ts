/**
 * Key values: the values of keys that a translation may lose, to be set again.
 *
 * When two values of one key were written concurrently, the greater client id decides, and a translation changes
 * client ids. A replica that has both values knows which of them was shown.
 */
import * as Y from 'yjs'
import { applyGuarded, type ReportError } from '../apply-update.ts'
import type { SharedType } from './retained-runs.ts'

export interface KeyValue {
  /** Id of the item that contains the value. */
  readonly id: Y.ID
  readonly key: string
  readonly value: unknown
}

/** @param idBeyond the new id of a unit beyond the base; undefined: the unit is part of the base */
export function* contestedValues(
  types: Iterable<SharedType>,
  idBeyond: (id: Y.ID) => Y.ID | undefined,
): Generator<KeyValue> {
  for (const { _map } of types)
    for (const [key, item] of _map) {
      const id = idBeyond(item.id)
      if (!id || item.deleted || !isContested(item, idBeyond)) continue
      const value: unknown = item.content.getContent().at(-1)
      yield { id, key, value: value instanceof Y.AbstractType ? value.clone() : value }
    }
}

/**
 * Whether a unit beyond the base precedes the value, and the value's author may not have seen this unit.
 */
function isContested(item: Y.Item, idBeyond: (id: Y.ID) => Y.ID | undefined): boolean {
  let first = item
  const seen = ({ left, origin }: Y.Item) =>
    left && idBeyond(left.id) && Y.compareIDs(origin, left.lastId) ? left : null
  for (let next = seen(first); next; next = seen(first)) first = next
  for (let left = first.left; left; left = left.left) if (idBeyond(left.lastId)) return true
  return false
}

/** Sets each value again that the document no longer shows, unless it shows another value of the same key. */
export function restoreValues(
  doc: Y.Doc,
  values: readonly KeyValue[],
  origin: unknown,
  reportError: ReportError,
): void {
  if (values.length === 0) return
  const restore = () => {
    for (const { id, key, value } of values) {
      const item = Y.getItem(doc.store, id)
      const parent = item instanceof Y.Item ? item.parent : null
      const isShown = parent instanceof Y.AbstractType && parent._map.get(key)?.deleted === false
      if (isShown) continue
      if (parent instanceof Y.Map) parent.set(key, value)
      else if (parent instanceof Y.XmlElement || parent instanceof Y.Text)
        parent.setAttribute(key, value as string)
    }
  }
  applyGuarded(doc, origin, restore, reportError, true)
}
