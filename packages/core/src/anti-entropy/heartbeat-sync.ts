/**
 * Heartbeat sync: synchronises heartbeats with one neighbour over one connection.
 *
 * Each end sends only the heartbeats that arrived since the neighbour's last acknowledgement, except those that came
 * from the neighbour itself. Each offer and answer contains an acknowledgement, which the receiver trusts. Lost
 * heartbeats are sent again; late or repeated ones cost only some bytes.
 */

import type { Row } from '../table/row.ts'
import type { Table } from '../table/table.ts'
import { type FreshHeartbeat, type SyncMessage, syncMessage } from '../wire/codec.ts'
import type { HeartbeatList, HeartbeatRequest, IndexedHeartbeat } from '../wire/heartbeat-list.ts'
import type { Arrival, ArrivalLog } from './arrival-log.ts'

/** The approximate size on the wire of a heartbeat with its signature. */
const freshHeartbeatBytes = 76

export class HeartbeatSync {
  readonly #neighbour: string
  readonly #table: Table
  readonly #log: ArrivalLog
  /**
   * The neighbour has all heartbeats of the local arrival log up to this mark, because it acknowledged them, or because
   * this member has sent them since then. 0: unknown.
   */
  #acknowledged = 0
  /** The last list that this member sent ends at this mark. */
  #sent = 0
  /** This member has received all heartbeats of the neighbour's arrival log up to this mark. */
  #received = 0

  constructor(neighbour: string, table: Table, log: ArrivalLog) {
    this.#neighbour = neighbour
    this.#table = table
    this.#log = log
  }

  /** The heartbeat fields of an offer. */
  offer(): Partial<SyncMessage> {
    return { receivedUpTo: this.#received, heartbeats: this.#listOf(this.#missing()) }
  }

  /** The neighbour has acknowledged the heartbeats of the local arrival log up to this mark, a position in the log. */
  acknowledge(mark: number): void {
    // A mark that this member did not send belongs to an earlier process.
    this.#acknowledged = mark <= this.#sent ? mark : 0
  }

  /**
   * The next step to a neighbour whose table is equal, or undefined if none is needed. The caller has merged the fresh
   * heartbeats of `message` before.
   *
   * The answer to an offer contains the heartbeats that the neighbour lacks: with signatures if they fit into `maxBytes`,
   * otherwise as a list of sequence numbers. The answer to a list requests those heartbeats that are newer than the stored
   * ones. The answer to a request contains the requested heartbeats.
   */
  answer(message: SyncMessage, maxBytes: number): SyncMessage | undefined {
    const maxFresh = Math.max(1, Math.floor(maxBytes / freshHeartbeatBytes))
    const requestedHeartbeats = message.heartbeats && this.#receive(message.heartbeats)
    const reply = message.offer
      ? this.#newerThan(message.heartbeats, maxFresh)
      : this.#fulfil(message.requestedHeartbeats, maxFresh)
    if (!reply && !requestedHeartbeats) return undefined
    return syncMessage({
      tableHash: this.#table.hash(),
      receivedUpTo: this.#received,
      requestedHeartbeats,
      ...reply,
    })
  }

  /** Handles a received list, and returns a request for those of its heartbeats that are newer than the stored ones. */
  #receive({ since, upTo, heartbeats }: HeartbeatList): HeartbeatRequest | undefined {
    const rows = this.#table.advertised()
    const newer = heartbeats.filter(({ index, sequence }) => {
      const row = rows[index]
      return row && sequence > (row.heartbeat?.sequence ?? 0)
    })
    if (newer.length > 0) return { since, upTo, indexes: newer.map(({ index }) => index) }
    // A list that starts after the received mark leaves a gap. The acknowledgement then stays the same, so that the
    // neighbour sends the heartbeats of the gap again.
    if (since <= this.#received) this.#received = upTo
    return undefined
  }

  #newerThan(offered: HeartbeatList | undefined, maxFresh: number): Partial<SyncMessage> {
    const theirs = new Map(offered?.heartbeats.map(({ index, sequence }) => [index, sequence]))
    const missing = this.#missing().filter(({ index, sequence }) => sequence > (theirs.get(index) ?? 0))
    if (missing.length > maxFresh) return { heartbeats: this.#listOf(missing) }
    return this.#reply(missing, this.#listOf([]))
  }

  #fulfil(request: HeartbeatRequest | undefined, maxFresh: number): Partial<SyncMessage> | undefined {
    if (!request) return undefined
    const rows = this.#table.advertised()
    const fresh = request.indexes.flatMap(index => freshHeartbeatOf(rows[index], index) ?? [])
    // Without a list the neighbour does not raise its acknowledgement, so the remaining heartbeats are listed again.
    if (fresh.length > maxFresh) return { freshHeartbeats: fresh.slice(0, maxFresh) }
    return this.#reply(fresh, { since: request.since, upTo: request.upTo, heartbeats: [] })
  }

  /** These heartbeats complete the list. If they are lost, the neighbour's next acknowledgement is lower than its end. */
  #reply(freshHeartbeats: readonly FreshHeartbeat[], heartbeats: HeartbeatList): Partial<SyncMessage> {
    this.acknowledge(heartbeats.upTo)
    return { freshHeartbeats, heartbeats }
  }

  /** A list of these heartbeats that ends at the current mark. */
  #listOf(heartbeats: readonly IndexedHeartbeat[]): HeartbeatList {
    this.#sent = this.#log.count
    return { since: this.#acknowledged, upTo: this.#sent, heartbeats }
  }

  /**
   * The heartbeats that the neighbour may lack, by index: all of them if the log does not reach back to its acknowledgement.
   */
  #missing(): FreshHeartbeat[] {
    const rows = this.#table.advertised()
    const arrivals = this.#log.since(this.#acknowledged)
    const indexes = arrivals ? this.#indexesOf(arrivals) : [...rows.keys()]
    return indexes.flatMap(index => freshHeartbeatOf(rows[index], index) ?? [])
  }

  /** Leaves out arrivals from the neighbour itself, unless the neighbour may be a new process that lost them. */
  #indexesOf(arrivals: readonly Arrival[]): number[] {
    return arrivals
      .filter(({ from }) => this.#acknowledged === 0 || from !== this.#neighbour)
      .flatMap(({ id }) => this.#table.index(id) ?? [])
      .sort((a, b) => a - b)
  }
}

function freshHeartbeatOf(row: Row | undefined, index: number): FreshHeartbeat | undefined {
  return row?.heartbeat && { index, sequence: row.heartbeat.sequence, signature: row.heartbeat.signature }
}
