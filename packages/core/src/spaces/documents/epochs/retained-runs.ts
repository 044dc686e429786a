/**
 * Retained runs: the parts of a Yjs document that an epoch keeps, as ranges of ids in one canonical order.
 *
 * An epoch keeps all content that is not deleted. In texts and lists, an epoch also keeps the positions of deleted content,
 * because concurrent changes may be positioned between them. Replicas with equal state get equal runs, although Yjs
 * splits, merges and collects structs differently on each replica. A parent precedes its children, and siblings are in
 * their order.
 */
import * as Y from 'yjs'

/** Ids of one client: `clock` ≤ id < `clock + len`. */
export interface IdRange {
  readonly client: number
  readonly clock: number
  readonly len: number
}

export type SharedType = Y.Doc['share'] extends Map<string, infer Type> ? Type : never

export function retainedRuns(doc: Y.Doc): IdRange[] {
  const runs: { client: number; clock: number; len: number }[] = []
  for (const type of allTypes(doc))
    for (const item of retainedItems(type)) {
      const { client, clock } = item.id
      const last = runs.at(-1)
      if (last && last.client === client && last.clock + last.len === clock) last.len += item.length
      else runs.push({ client, clock, len: item.length })
    }
  return runs
}

/** All types of the document that are not deleted: the root types by name, each type before the types in it. */
export function* allTypes(doc: Y.Doc): Generator<SharedType> {
  const types = [...doc.share].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, type]) => type)
  for (const type of types) {
    yield type
    for (const { deleted, content } of retainedItems(type))
      if (!deleted && content instanceof Y.ContentType) types.push(content.type)
  }
}

/** The items of a type's list, then the values of its keys. */
function* retainedItems(type: SharedType): Generator<Y.Item> {
  yield* listOf(type)
  const values = [...type._map].filter(([, { deleted }]) => !deleted).sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [, item] of values) yield item
}

export function* listOf({ _start }: SharedType): Generator<Y.Item> {
  for (let item = _start; item; item = item.right) yield item
}
