/** Replica state: everything that was ever inserted into or deleted from a document, to compare two replicas. */
import * as Y from 'yjs'

export type ReplicaState = Y.Snapshot

export const stateOf = (doc: Y.Doc): ReplicaState => Y.snapshot(doc)

/** Whether every insertion and deletion in `part` is in `whole`, too. */
export function contains(whole: ReplicaState, part: ReplicaState): boolean {
  for (const [client, clock] of part.sv) if ((whole.sv.get(client) ?? 0) < clock) return false
  for (const [client, deletions] of part.ds.clients)
    for (const { clock, len } of deletions)
      if (
        !(whole.ds.clients.get(client) ?? []).some(
          each => each.clock <= clock && clock + len <= each.clock + each.len,
        )
      )
        return false
  return true
}

/** The number of operations that inserted the content. */
export const operationsOf = ({ sv }: ReplicaState): number =>
  [...sv.values()].reduce((sum, clock) => sum + clock, 0)

/** Equal for documents with the same history and the same content. */
export function digestOf(doc: Y.Doc): string {
  const maps = ['map', 'stored'].map(name => Object.entries(doc.getMap(name).toJSON()).sort(byKey))
  return `${Y.encodeSnapshot(stateOf(doc)).join()} ${JSON.stringify([doc.getText('text').toDelta(), maps])}`
}

// The keys of a map are in the order of their arrival.
const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1)
