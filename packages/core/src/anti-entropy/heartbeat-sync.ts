/**
 * Beat exchange: what one neighbour and this member have told each other of beats, over one connection.
 *
 * Each tells the other only what came to it since the other last understood, and of that nothing that came from
 * the other. The other says with each offer and answer how far it has understood, and is believed: what was lost
 * is told again, what comes late or twice costs some bytes.
 */
import type { Entry, Table } from '../table/table.ts'
import { type FreshBeat, type SyncMessage, syncMessage } from '../wire/codec.ts'
import type { BeatList, PlacedBeat, WantedBeats } from '../wire/heartbeat-list.ts'
import type { Arrival, ArrivalLog } from './arrival-log.ts'

/** About what a beat with its signature takes on the wire. */
const freshBeatBytes = 76

export class BeatExchange {
  readonly #neighbour: string
  readonly #table: Table
  readonly #log: ArrivalLog
  /** Up to which mark the neighbour has our arrivals: as it said, or as was handed over since. 0: nobody knows. */
  #understood = 0
  /** The mark up to which it was told last. */
  #told = 0
  /** Up to which mark we have the neighbour's arrivals. */
  #heard = 0

  constructor(neighbour: string, table: Table, log: ArrivalLog) {
    this.#neighbour = neighbour
    this.#table = table
    this.#log = log
  }

  /** What an offer says of beats. */
  offer(): Partial<SyncMessage> {
    return { heard: this.#heard, beats: this.#listOf(this.#news()) }
  }

  /** The neighbour says that it has our arrivals up to this mark. */
  heardUpTo(mark: number): void {
    // A mark that it was not told of is another life's.
    this.#understood = mark <= this.#told ? mark : 0
  }

  /**
   * What to say next to one whose table agrees, if anything. The beats that it handed over are merged by now.
   *
   * An offer is answered with what the neighbour lacks: handed over, or, if it is more than `maxBytes`, only named.
   * What is named and newer than here is asked for, and what is asked for is handed over.
   */
  answer(said: SyncMessage, maxBytes: number): SyncMessage | undefined {
    const maxFresh = Math.max(1, Math.floor(maxBytes / freshBeatBytes))
    const wanted = said.beats && this.#hear(said.beats)
    const given = said.offer ? this.#newerThan(said.beats, maxFresh) : this.#handOver(said.wanted, maxFresh)
    if (!given && !wanted) return undefined
    return syncMessage({ tableHash: this.#table.hash(), heard: this.#heard, wanted, ...given })
  }

  /** Takes note of a list, and returns what is wanted of it. */
  #hear({ since, upTo, beats }: BeatList): WantedBeats | undefined {
    const members = this.#table.shared()
    const newer = beats.filter(({ place, beat }) => {
      const entry = members[place]
      return entry && beat > (entry.heartbeat?.beat ?? 0)
    })
    if (newer.length > 0) return { since, upTo, places: newer.map(({ place }) => place) }
    // Beyond, something between is missing; the neighbour learns so from our mark.
    if (since <= this.#heard) this.#heard = upTo
    return undefined
  }

  #newerThan(offered: BeatList | undefined, maxFresh: number): Partial<SyncMessage> {
    const theirs = new Map(offered?.beats.map(({ place, beat }) => [place, beat]))
    const lacking = this.#news().filter(({ place, beat }) => beat > (theirs.get(place) ?? 0))
    if (lacking.length > maxFresh) return { beats: this.#listOf(lacking) }
    return this.#handing(lacking, this.#listOf([]))
  }

  #handOver(wanted: WantedBeats | undefined, maxFresh: number): Partial<SyncMessage> | undefined {
    if (!wanted) return undefined
    const members = this.#table.shared()
    const freshBeats = wanted.places.flatMap(place => freshBeatOf(members[place], place) ?? [])
    // Without a list the neighbour has understood no more than before, and is told of the rest again.
    if (freshBeats.length > maxFresh) return { freshBeats: freshBeats.slice(0, maxFresh) }
    return this.#handing(freshBeats, { since: wanted.since, upTo: wanted.upTo, beats: [] })
  }

  /** With these the list is complete. If they are lost, the neighbour says that it has not heard. */
  #handing(freshBeats: readonly FreshBeat[], beats: BeatList): Partial<SyncMessage> {
    this.heardUpTo(beats.upTo)
    return { freshBeats, beats }
  }

  /** Up to this moment, with what is to be named. */
  #listOf(beats: readonly PlacedBeat[]): BeatList {
    this.#told = this.#log.count
    return { since: this.#understood, upTo: this.#told, beats }
  }

  /** What the neighbour may lack, by place: all there is, if it is not known what came here since it understood. */
  #news(): FreshBeat[] {
    const members = this.#table.shared()
    const arrivals = this.#log.since(this.#understood)
    const places = arrivals ? this.#placesOf(arrivals) : [...members.keys()]
    return places.flatMap(place => freshBeatOf(members[place], place) ?? [])
  }

  /** But for what came from the neighbour itself, unless it may have forgotten that. */
  #placesOf(arrivals: readonly Arrival[]): number[] {
    return arrivals
      .filter(({ from }) => this.#understood === 0 || from !== this.#neighbour)
      .flatMap(({ id }) => this.#table.place(id) ?? [])
      .sort((a, b) => a - b)
  }
}

function freshBeatOf(entry: Entry | undefined, place: number): FreshBeat | undefined {
  return entry?.heartbeat && { place, beat: entry.heartbeat.beat, signature: entry.heartbeat.signature }
}
