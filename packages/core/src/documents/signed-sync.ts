/**
 * Signed sync: whether this member has all signed changes of a room with writers.
 *
 * This member becomes synced in two cases, and stays synced while it is in the room:
 * 1. The changes of this member equal those of a member that announces that it is synced.
 * 2. No member announces that it is synced, this member has the smallest id of the members that are in the room with the same
 *    options, and it has everything that the others announce.
 *
 * Until then, this member asks some members for the ids of their changes: after 250 ms, and then at intervals that double up
 * to 2 s.
 */
import { toString as toText } from 'uint8arrays/to-string'
import type { Clock } from '../base/clock.ts'
import { dropOldest } from '../base/oldest-first.ts'
import type { Json } from '../wire/json.ts'

/** The announcement of another member in the room. */
export interface SignedAnnouncement {
  readonly id: string
  /** The value of its field; undefined: it has announced nothing. */
  readonly value: Json | undefined
}

export interface SignedSyncHost {
  /** The hash of this member's changes. */
  hash(): Uint8Array
  /** The other members in the room. */
  others(): readonly SignedAnnouncement[]
  /** Whether another member in the room may be alive that has announced nothing yet. */
  isAnyUnknown(): boolean
  /** Whether this member has compared its view of the cluster with another member, or no other member exists. */
  isSettled(): boolean
  announce(value: Json): void
  requestFactIds(): void
  /** This member has become synced. */
  synced(): void
}

/** The announcement of a synced member. */
const syncedValue = 1
/** Our choice, as for documents without writers: announcements that two members send at once both arrive within this time. */
const establishMs = 1_000
/** A member that announces nothing for this long counts as one without changes. */
const unknownMs = 10_000
const intervalMs = { min: 250, max: 2_000 }
/** Our choice: more changes than arrive while a member enters. */
const maxFormerHashes = 1_024

export class SignedSync {
  readonly #self: string
  readonly #clock: Clock
  readonly #host: SignedSyncHost
  readonly #openedMs: number
  /** Former hashes of this member's changes, as text, the oldest first. */
  readonly #former = new Set<string>()
  #announced: Json | undefined
  #announcedMs = Number.NEGATIVE_INFINITY
  #nextInterval = intervalMs.min
  #cancelTimer: () => void = () => {}
  #isSynced = false

  constructor(self: string, clock: Clock, host: SignedSyncHost) {
    this.#self = self
    this.#clock = clock
    this.#host = host
    this.#openedMs = clock.now().monotonicMs
  }

  get isSynced(): boolean {
    return this.#isSynced
  }

  start(): void {
    this.#announceHash()
    this.#schedule()
  }

  stop(): void {
    this.#cancelTimer()
  }

  /** Changes arrived, or announcements of other members. */
  review(): void {
    if (this.#isSynced) return
    this.#remember()
    if (this.#isEstablished()) this.#establish()
  }

  /** Another member has the same changes. */
  agreed(id: string): void {
    if (this.#isSynced) return
    if (this.#host.others().some(other => other.id === id && other.value === syncedValue)) this.#establish()
  }

  #isEstablished(): boolean {
    const waitedMs = this.#clock.now().monotonicMs - this.#openedMs
    if (waitedMs < establishMs || !this.#host.isSettled()) return false
    if (waitedMs < unknownMs && this.#host.isAnyUnknown()) return false
    return this.#host.others().every(({ id, value }) => {
      if (value === undefined) return true
      return this.#self < id && typeof value === 'string' && this.#former.has(value)
    })
  }

  #establish(): void {
    this.#isSynced = true
    this.#cancelTimer()
    this.#former.clear()
    this.#host.announce(syncedValue)
    this.#host.synced()
  }

  #remember(): string {
    const text = toText(this.#host.hash(), 'base64')
    this.#former.add(text)
    dropOldest(this.#former, maxFormerHashes)
    return text
  }

  #announceHash(): void {
    const nowMs = this.#clock.now().monotonicMs
    const text = this.#remember()
    if (text === this.#announced || nowMs - this.#announcedMs < intervalMs.min) return
    this.#announced = text
    this.#announcedMs = nowMs
    this.#host.announce(text)
  }

  #schedule(): void {
    const dueMs = this.#clock.now().monotonicMs + this.#nextInterval
    this.#nextInterval = Math.min(2 * this.#nextInterval, intervalMs.max)
    this.#cancelTimer = this.#clock.setTimer(dueMs, () => {
      this.#announceHash()
      this.review()
      if (this.#isSynced) return
      this.#host.requestFactIds()
      this.#schedule()
    })
  }
}
