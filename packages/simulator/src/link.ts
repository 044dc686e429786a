/**
 * Link: one connection between two members, as TCP keeps it.
 *
 * Each direction is in order. What the network does not carry is sent again, at intervals that double, and arrives
 * once it does; after a quarter of an hour the sender gives the connection up.
 */
import type { VirtualTime } from './virtual-time.ts'

/** Linux: the first retransmission, the longest interval, and how long until it gives up (tcp_retries2 = 15). */
const firstRetryMs = 200
const maxRetryMs = 120_000
const patienceMs = 924_000
/** What waits in one direction; a sender whose buffer is full drops what comes then. */
const maxBacklogBytes = 1_048_576

/** One frame on its way. */
export interface Crossing {
  readonly bytes: number
  /** Without what retransmissions add. */
  readonly delayMs: number
  readonly unordered: boolean
  readonly arrive: () => void
}

export interface DirectionOptions {
  /** Whether the network carries a packet that is sent this way now. */
  readonly carries: () => boolean
  readonly gaveUp: () => void
}

/** One way of a link. */
export class Direction {
  readonly #time: VirtualTime
  readonly #options: DirectionOptions
  #lastArrivalMs = 0
  #backlog: Crossing[] = []
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

  send(crossing: Crossing): void {
    if (this.#backlog.length === 0 && this.#options.carries()) {
      this.#cross(crossing)
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

  #cross({ delayMs, unordered, arrive }: Crossing): void {
    const atMs = this.#time.nowMs + delayMs
    if (unordered) {
      this.#time.at(atMs, arrive)
      return
    }
    this.#lastArrivalMs = Math.max(this.#lastArrivalMs, atMs)
    this.#time.at(this.#lastArrivalMs, arrive)
  }

  /** The first that waits is sent again; what came through behind it was kept by the other end. */
  #retryLater(waitMs: number, sinceMs: number): void {
    this.#cancelRetry = this.#time.after(waitMs, () => {
      if (this.#options.carries()) this.#flush()
      else if (this.#time.nowMs - sinceMs > patienceMs) {
        this.drop()
        this.#options.gaveUp()
      } else this.#retryLater(Math.min(2 * waitMs, maxRetryMs), sinceMs)
    })
  }

  #flush(): void {
    do {
      const crossing = this.#backlog.shift()
      if (!crossing) return
      this.#backlogBytes -= crossing.bytes
      this.#cross(crossing)
    } while (this.#options.carries())
    if (this.#backlog.length > 0) this.#retryLater(firstRetryMs, this.#time.nowMs)
  }
}
