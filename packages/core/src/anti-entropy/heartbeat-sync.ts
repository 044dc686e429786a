/**
 * Beat exchange: what one neighbour and this member have told each other of beats, over one connection.
 *
 * Each tells the other only what came to it since the other last understood, and of that nothing that came from
 * the other. The other says with each offer and answer how far it has understood, and is believed: what was lost
 * is told again, what comes late or twice costs some bytes.
 */
import type { Row, Table } from '../table/table.ts'
import { type FreshHeartbeat, type SyncMessage, syncMessage } from '../wire/codec.ts'
import type { HeartbeatList, HeartbeatRequest, IndexedHeartbeat } from '../wire/heartbeat-list.ts'
import type { Arrival, ArrivalLog } from './arrival-log.ts'

/** About what a beat with its signature takes on the wire. */
const freshHeartbeatBytes = 76

export class HeartbeatSync {
  readonly #neighbour: string
  readonly #table: Table
  readonly #log: ArrivalLog
  /** Up to which mark the neighbour has our arrivals: as it said, or as was handed over since. 0: nobody knows. */
  #acknowledged = 0
  /** The mark up to which it was told last. */
  #sent = 0
  /** Up to which mark we have the neighbour's arrivals. */
  #received = 0

  constructor(neighbour: string, table: Table, log: ArrivalLog) {
    this.#neighbour = neighbour
    this.#table = table
    this.#log = log
  }

  /** What an offer says of beats. */
  offer(): Partial<SyncMessage> {
    return { receivedUpTo: this.#received, heartbeats: this.#listOf(this.#missing()) }
  }

  /** The neighbour says that it has our arrivals up to this mark. */
  acknowledge(mark: number): void {
    // A mark that it was not told of is another life's.
    this.#acknowledged = mark <= this.#sent ? mark : 0
  }

  /**
   * What to say next to one whose table agrees, if anything. The beats that it handed over are merged by now.
   *
   * An offer is answered with what the neighbour lacks: handed over, or, if it is more than `maxBytes`, only named.
   * What is named and newer than here is asked for, and what is asked for is handed over.
   */
  answer(message: SyncMessage, maxBytes: number): SyncMessage | undefined {
    const maxFresh = Math.max(1, Math.floor(maxBytes / freshHeartbeatBytes))
    const requestedHeartbeats = message.heartbeats && this.#receive(message.heartbeats)
    const given = message.offer
      ? this.#newerThan(message.heartbeats, maxFresh)
      : this.#fulfil(message.requestedHeartbeats, maxFresh)
    if (!given && !requestedHeartbeats) return undefined
    return syncMessage({
      tableHash: this.#table.hash(),
      receivedUpTo: this.#received,
      requestedHeartbeats,
      ...given,
    })
  }

  /** Takes note of a list, and returns what is wanted of it. */
  #receive({ since, upTo, heartbeats }: HeartbeatList): HeartbeatRequest | undefined {
    const members = this.#table.advertised()
    const newer = heartbeats.filter(({ index, sequence }) => {
      const entry = members[index]
      return entry && sequence > (entry.heartbeat?.sequence ?? 0)
    })
    if (newer.length > 0) return { since, upTo, indexes: newer.map(({ index }) => index) }
    // Beyond, something between is missing; the neighbour learns so from our mark.
    if (since <= this.#received) this.#received = upTo
    return undefined
  }

  #newerThan(offered: HeartbeatList | undefined, maxFresh: number): Partial<SyncMessage> {
    const theirs = new Map(offered?.heartbeats.map(({ index, sequence }) => [index, sequence]))
    const missing = this.#missing().filter(({ index, sequence }) => sequence > (theirs.get(index) ?? 0))
    if (missing.length > maxFresh) return { heartbeats: this.#listOf(missing) }
    return this.#reply(missing, this.#listOf([]))
  }

  #fulfil(wanted: HeartbeatRequest | undefined, maxFresh: number): Partial<SyncMessage> | undefined {
    if (!wanted) return undefined
    const members = this.#table.advertised()
    const freshBeats = wanted.indexes.flatMap(place => freshHeartbeatOf(members[place], place) ?? [])
    // Without a list the neighbour has understood no more than before, and is told of the rest again.
    if (freshBeats.length > maxFresh) return { freshHeartbeats: freshBeats.slice(0, maxFresh) }
    return this.#reply(freshBeats, { since: wanted.since, upTo: wanted.upTo, heartbeats: [] })
  }

  /** With these the list is complete. If they are lost, the neighbour says that it has not heard. */
  #reply(freshHeartbeats: readonly FreshHeartbeat[], heartbeats: HeartbeatList): Partial<SyncMessage> {
    this.acknowledge(heartbeats.upTo)
    return { freshHeartbeats, heartbeats }
  }

  /** Up to this moment, with what is to be named. */
  #listOf(heartbeats: readonly IndexedHeartbeat[]): HeartbeatList {
    this.#sent = this.#log.count
    return { since: this.#acknowledged, upTo: this.#sent, heartbeats }
  }

  /** What the neighbour may lack, by place: all there is, if it is not known what came here since it understood. */
  #missing(): FreshHeartbeat[] {
    const members = this.#table.advertised()
    const arrivals = this.#log.since(this.#acknowledged)
    const places = arrivals ? this.#indexesOf(arrivals) : [...members.keys()]
    return places.flatMap(place => freshHeartbeatOf(members[place], place) ?? [])
  }

  /** But for what came from the neighbour itself, unless it may have forgotten that. */
  #indexesOf(arrivals: readonly Arrival[]): number[] {
    return arrivals
      .filter(({ from }) => this.#acknowledged === 0 || from !== this.#neighbour)
      .flatMap(({ id }) => this.#table.index(id) ?? [])
      .sort((a, b) => a - b)
  }
}

function freshHeartbeatOf(entry: Row | undefined, index: number): FreshHeartbeat | undefined {
  return (
    entry?.heartbeat && { index, sequence: entry.heartbeat.sequence, signature: entry.heartbeat.signature }
  )
}
