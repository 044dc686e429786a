/**
 * Rename key: gives new entries of a map, or new attributes of an element, another key, as if the app had given them that key.
 *
 * Yjs keeps all entries of one key in a list, whose last entry is the current one. A renamed entry is appended to the list of its
 * new key, and replaces the entry that was current.
 */
import * as Y from 'yjs'

/**
 * Renames the key of this entry and of all others with the same key. No other member has these entries, because Yjs has not
 * encoded the transaction yet.
 */
export function renameKey(transaction: Y.Transaction, { parent, parentSub }: Y.Item, key: string): void {
  if (!(parent instanceof Y.AbstractType) || parentSub === null) return
  const { _map: entries } = parent
  const renamed: Y.Item[] = []
  for (let each = entries.get(parentSub) ?? null; each; each = each.left) renamed.unshift(each)
  entries.delete(parentSub)
  for (const entry of renamed) {
    const left = entries.get(key) ?? null
    Object.assign(entry, { parentSub: key, left, origin: left && left.lastId, right: null })
    entries.set(key, entry)
    if (!left) continue
    left.right = entry
    left.delete(transaction)
  }
  transaction.changed.get(parent)?.delete(parentSub)
  transaction.changed.get(parent)?.add(key)
}
