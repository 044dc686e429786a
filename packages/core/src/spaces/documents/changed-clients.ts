/**
 * Changed clients: which clients' clocks a transaction has moved, and from where.
 *
 * Several parts ask this of each transaction. The clocks of all clients are compared once, however many parts ask:
 * a document keeps every client that ever wrote.
 */
import type * as Y from 'yjs'

export interface ChangedClient {
  readonly client: number
  /** Clocks before and after the transaction; 0: the client had written nothing. */
  readonly before: number
  readonly after: number
}

type Clocks = Pick<Y.Transaction, 'beforeState' | 'afterState'>

const known = new WeakMap<Clocks, readonly ChangedClient[]>()

/** @param transaction one that has ended: its event `beforeObserverCalls`, or a later one, is being emitted or over */
export function changedClients(transaction: Clocks): readonly ChangedClient[] {
  const changed = known.get(transaction) ?? compare(transaction)
  known.set(transaction, changed)
  return changed
}

/**
 * Yjs makes both maps from one store, which only grows, so the same client is at the same place in both. Reading them
 * side by side takes a tenth of the time that a look-up for each of a million clients takes. Where the places differ,
 * the clock is looked up.
 */
function compare({ beforeState, afterState }: Clocks): ChangedClient[] {
  const changed: ChangedClient[] = []
  const [clients, clocks] = [beforeState.keys(), beforeState.values()]
  afterState.forEach((after, client) => {
    const [sameClient, sameClock] = [clients.next().value, clocks.next().value]
    const before = sameClient === client ? sameClock : beforeState.get(client)
    if (before !== after) changed.push({ client, before: before ?? 0, after })
  })
  return changed
}
