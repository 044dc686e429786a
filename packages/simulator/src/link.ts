/**
 * Link: one connection between two members, as TCP keeps it.
 *
 * Each direction is in order. What the network does not carry is sent again, at intervals that double, and arrives
 * once it does; after a quarter of an hour the sender gives the connection up. What is missing while something behind
 * it arrived is sent again a round trip later (SACK and RACK, RFC 8985).
 */
import type { VirtualTime } from './virtual-time.ts'

/** Linux: the first retransmission, the longest interval, and how long until it gives up (tcp_retries2 = 15). */
const firstRetryMs = 200
const maxRetryMs = 120_000
const giveUpMs = 924_000
/** What waits in one direction; a sender whose buffer is full drops what comes then. */
const maxBacklogBytes = 1_048_576

/** One frame on its way. */
export interface Transfer {
  readonly bytes: number
  /** Without what retransmissions add. */
  readonly delayMs: number
  readonly unordered: boolean
  readonly arrive: () => void
}

export interface DirectionOptions {
  /** Whether anything gets through this way now. */
  readonly carries: () => boolean
  /** Whether one packet, sent now, is lost all the same. */
  readonly loses: () => boolean
  readonly gaveUp: () => void
}

/** A frame that was sent, and waits for those before it once it is there. */
interface Sent {
  readonly arrive: () => void
  isThere: boolean
  /** Sends it again now; undefined: it is not known to be lost. */
  again: (() => void) | undefined
}

/** One way of a link. */
export class Direction {
  readonly #time: VirtualTime
  readonly #options: DirectionOptions
  /** Sent and not arrived, in order. */
  readonly #underWay: Sent[] = []
  /** Not sent, because nothing gets through. */
  #backlog: Transfer[] = []
  #backlogBytes = 0
  #cancelRetry: () => void = () => {}

  constructor(time: VirtualTime, options: DirectionOptions) {
    this.#time = time
    this.#options = options
  }

  /** Bytes that wait for the network. */
  get backlogBytes(): number {
    return this.#backlogBytes
  }

  send(crossing: Transfer): void {
    if (this.#backlog.length === 0 && this.#options.carries()) {
      this.#transmit(crossing)
      return
    }
    if (this.#backlogBytes + crossing.bytes > maxBacklogBytes) return
    this.#backlog.push(crossing)
    this.#backlogBytes += crossing.bytes
    if (this.#backlog.length === 1) this.#retryLater(firstRetryMs, this.#time.nowMs)
  }

  /** The sending machine is gone: nothing is sent again. */
  drop(): void {
    this.#cancelRetry()
    this.#backlog = []
    this.#backlogBytes = 0
  }

  #transmit(crossing: Transfer): void {
    const sent: Sent = { arrive: crossing.arrive, isThere: false, again: undefined }
    if (!crossing.unordered) this.#underWay.push(sent)
    this.#attempt(crossing, sent, firstRetryMs)
  }

  /** What is lost is sent again by itself; what came through behind it is kept by the other end. */
  #attempt(crossing: Transfer, sent: Sent, waitMs: number): void {
    if (!this.#options.carries() || this.#options.loses()) {
      // Beyond that the connection is given up, which the next frame that finds no way sees to.
      if (waitMs >= giveUpMs) return
      const cancel = this.#time.after(waitMs, () => this.#attempt(crossing, sent, 2 * waitMs))
      sent.again = () => {
        cancel()
        this.#attempt(crossing, sent, firstRetryMs)
      }
      return
    }
    sent.again = undefined
    this.#time.after(crossing.delayMs, () => {
      sent.isThere = true
      if (crossing.unordered) {
        crossing.arrive()
        return
      }
      while (this.#underWay[0]?.isThere) this.#underWay.shift()?.arrive()
      // As far as it is still under way, something before it is missing.
      const missing = this.#underWay.slice(0, Math.max(0, this.#underWay.indexOf(sent)))
      if (missing.length > 0)
        this.#time.after(crossing.delayMs, () => {
          for (const lost of missing) lost.again?.()
        })
    })
  }

  /** While nothing gets through, only the first is tried, at intervals that double; then all follows. */
  #retryLater(waitMs: number, sinceMs: number): void {
    this.#cancelRetry = this.#time.after(waitMs, () => {
      if (this.#options.carries()) {
        const waiting = this.#backlog
        this.drop()
        for (const crossing of waiting) this.#transmit(crossing)
      } else if (this.#time.nowMs - sinceMs > giveUpMs) {
        this.drop()
        this.#options.gaveUp()
      } else this.#retryLater(Math.min(2 * waitMs, maxRetryMs), sinceMs)
    })
  }
}

/** One connection, the same object at both ends; an end that has closed it has let go of it. */
export interface Link<End> {
  readonly ends: readonly [End, End]
  /** By the sender's name. */
  readonly ways: ReadonlyMap<string, Direction>
}

export function farEnd<End>({ ends: [a, b] }: Link<End>, near: End): End {
  return near === a ? b : a
}
