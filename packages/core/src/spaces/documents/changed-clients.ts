/**
 * Changed clients: which clients' clocks a transaction has changed, and from which value.
 *
 * Several parts of hearsay need the changed clients of each transaction. A document keeps every client that ever wrote,
 * so the comparison is expensive: it runs once for each transaction, and its result is cached.
 */
import type * as Y from 'yjs'

export interface ChangedClient {
  readonly client: number
  /** The client's clocks before and after the transaction; 0: the client had written nothing. */
  readonly before: number
  readonly after: number
}

type Clocks = Pick<Y.Transaction, 'beforeState' | 'afterState'>

const known = new WeakMap<Clocks, readonly ChangedClient[]>()

/** @param transaction an ended transaction: Yjs has begun to emit its event `beforeObserverCalls` */
export function changedClients(transaction: Clocks): readonly ChangedClient[] {
  const changed = known.get(transaction) ?? compare(transaction)
  known.set(transaction, changed)
  return changed
}

/**
 * Yjs makes both maps from one store that only grows, so a client has the same position in both maps. With a million
 * clients, reading the two maps side by side takes a tenth of the time that one look-up per client takes. If the
 * positions of a client differ nevertheless, `compare` looks up the clock.
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
