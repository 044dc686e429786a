/**
 * Rename key: gives new entries of a map, or new attributes of an element, another key, as if the app had given them that key.
 *
 * Yjs keeps all entries of one key in a list, whose last entry is the current one. A renamed entry is appended to the list of
 * its new key, and replaces the entry that was current.
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
  for (let each = entries.get(parentSub) ?? null; each; each = each.left) renamed.push(each)
  entries.delete(parentSub)
  // The transaction may have written the new key, too. An entry never follows one that was written after it.
  let last = entries.get(key) ?? null
  for (; last && isNew(transaction, last); last = last.left) renamed.push(last)
  for (const entry of renamed.sort((a, b) => a.id.clock - b.id.clock)) {
    Object.assign(entry, { parentSub: key, left: last, origin: last && last.lastId, right: null })
    if (last) last.right = entry
    last?.delete(transaction)
    last = entry
  }
  if (last) entries.set(key, last)
  transaction.changed.get(parent)?.delete(parentSub)
  transaction.changed.get(parent)?.add(key)
}

function isNew({ doc, beforeState }: Y.Transaction, { id }: Y.Item): boolean {
  return id.client === doc.clientID && id.clock >= (beforeState.get(id.client) ?? 0)
}
