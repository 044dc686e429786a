/** Replica state: all that a document ever had inserted and deleted, to compare two replicas of it. */
import * as Y from 'yjs'

export type ReplicaState = Y.Snapshot

export const stateOf = (doc: Y.Doc): ReplicaState => Y.snapshot(doc)

/** Whether all that was inserted into or deleted from the one is inserted into or deleted from the other, too. */
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

/** How many operations inserted it all. */
export const operationsOf = ({ sv }: ReplicaState): number =>
  [...sv.values()].reduce((sum, clock) => sum + clock, 0)

/** Equal for documents with the same history and the same content. */
export function digestOf(doc: Y.Doc): string {
  const maps = ['map', 'stored'].map(name => Object.entries(doc.getMap(name).toJSON()).sort(byKey))
  return `${Y.encodeSnapshot(stateOf(doc)).join()} ${JSON.stringify([doc.getText('text').toDelta(), maps])}`
}

// The keys of a map are in the order in which they came.
const byKey = ([a]: [string, unknown], [b]: [string, unknown]): number => (a < b ? -1 : 1)
