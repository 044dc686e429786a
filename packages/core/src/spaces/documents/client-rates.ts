/**
 * Client rates: how many new clients other members may add to the documents of this member.
 *
 * A Yjs document keeps every client that ever wrote, and each transaction costs time for all of them. So new clients are
 * counted: those of rumors against the rate of the author, those of streams against the rate of the peer that sends them.
 * An update beyond a rate is not applied. Such an update is no violation, because the sender may have received the clients
 * legally. A later exchange brings them.
 *
 * The rates of streams grow with the document, so that no peer adds much more than a quarter to its cost at once. The rates do
 * not hold for answers to a replica that is not established yet: this replica accepts the whole document.
 */
import { createDecoder, readVarUint } from 'lib0/decoding'
import { TokenBuckets } from '../../base/token-buckets.ts'

/** Our choice. A member needs one client for each opening of a document, and one for each of its views. */
const authorRate = { burst: 64, refillMs: 250 }
/** Other members accept a rumor with at most this many new clients. A writer sends a change with more of them as a stream. */
export const maxPublishedClients = 16
/** Our choice: a transaction with 2,048 clients takes less than a millisecond. */
const peerRate = { burst: 2_048, refillMs: 31.25 }
/** The burst of a peer in a large document is the number of its clients divided by this number. */
const clientsPerToken = 4
/** A sender puts at most this part of the burst into one update: a receiver takes the whole update or nothing. */
const updatesPerBurst = 2

/** After this time a peer has tokens for one more update. */
export const clientRetryMs: number = (peerRate.burst / updatesPerBurst) * peerRate.refillMs

/** The most clients that one peer adds at once to a document with this many clients. */
export function maxClientsAtOnce(clients: number): number {
  return Math.max(peerRate.burst, clients / clientsPerToken)
}

/** The most clients that a member puts into one update of a stream to a document with about this many clients. */
export function maxClientsInUpdate(clients: number): number {
  return maxClientsAtOnce(clients) / updatesPerBurst
}

/** The number of clients in an update, as its first bytes say. The update may be unreadable. */
export function declaredClients(update: Uint8Array): number {
  try {
    return readVarUint(createDecoder(update))
  } catch {
    return 0
  }
}

export class ClientRates {
  readonly #authors = new TokenBuckets({ ...authorRate, maxKeys: 4_096 })
  readonly #peers = new TokenBuckets({ ...peerRate, maxKeys: 4_096 })

  /** Counts the new clients of a rumor. @returns false if the rate of its author is used up */
  takeOfAuthor(author: string, added: number, nowMs: number): boolean {
    return this.#authors.take(author, nowMs, { cost: added })
  }

  /**
   * Counts the new clients of an update in a stream.
   *
   * @param clients the number of clients in the document
   * @returns false if the rate of the peer that sent it is used up
   */
  takeOfPeer(peer: string, added: number, clients: number, nowMs: number): boolean {
    return this.#peers.take(peer, nowMs, { cost: (added * peerRate.burst) / maxClientsAtOnce(clients) })
  }

  sweep(nowMs: number): void {
    for (const buckets of [this.#authors, this.#peers]) buckets.sweep(nowMs)
  }
}
