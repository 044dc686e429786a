/**
 * Link: one connection between two members, with the behaviour of TCP.
 *
 * Each direction delivers in order. A frame that the network does not carry is retransmitted at intervals that double,
 * and arrives once the network carries it; after 15 minutes the sender gives the connection up. A frame that is missing
 * while a later one has arrived is retransmitted one round trip later (SACK and RACK, RFC 8985).
 */
import type { VirtualTime } from './virtual-time.ts'

/**
 * The values of Linux: the time until the first retransmission, the longest interval between two
 * retransmissions, and the time after which the sender gives up (tcp_retries2 = 15).
 */
const firstRetryMs = 200
const maxRetryMs = 120_000
const giveUpMs = 924_000
/** The send buffer of one direction; a sender whose buffer is full drops further frames. */
const maxBacklogBytes = 1_048_576

/** One frame to deliver. */
export interface Transfer {
  readonly bytes: number
  /** The time from sending to arrival, without the time that retransmissions add. */
  readonly delayMs: number
  readonly unordered: boolean
  readonly arrive: () => void
}

/** The part of the simulation that a direction uses. */
export interface DirectionOptions {
  /** Whether the network carries packets in this direction now. */
  readonly carries: () => boolean
  /** Whether one packet, sent now, is lost by chance. */
  readonly loses: () => boolean
  readonly gaveUp: () => void
}

/** A frame that was sent. A frame that arrives before earlier frames waits for them. */
interface Sent {
  readonly arrive: () => void
  isThere: boolean
  /**
   * Retransmits the frame now, before its timer fires. Undefined: no retransmission of the frame is pending.
   */
  retransmit: (() => void) | undefined
}

/** One direction of a link. */
export class Direction {
  readonly #time: VirtualTime
  readonly #options: DirectionOptions
  /** Sent frames that have not arrived, in order. */
  readonly #underWay: Sent[] = []
  /** Frames not sent yet, because the network carries nothing. */
  #backlog: Transfer[] = []
  #backlogBytes = 0
  #cancelRetry: () => void = () => {}

  constructor(time: VirtualTime, options: DirectionOptions) {
    this.#time = time
    this.#options = options
  }

  /** The bytes in the backlog. */
  get backlogBytes(): number {
    return this.#backlogBytes
  }

  send(transfer: Transfer): void {
    if (this.#backlog.length === 0 && this.#options.carries()) {
      this.#transmit(transfer)
      return
    }
    if (this.#backlogBytes + transfer.bytes > maxBacklogBytes) return
    this.#backlog.push(transfer)
    this.#backlogBytes += transfer.bytes
    if (this.#backlog.length === 1) this.#retryLater(firstRetryMs, this.#time.nowMs)
  }

  /** The sending machine has ended: nothing is retransmitted. */
  drop(): void {
    this.#cancelRetry()
    this.#backlog = []
    this.#backlogBytes = 0
  }

  #transmit(transfer: Transfer): void {
    const sent: Sent = { arrive: transfer.arrive, isThere: false, retransmit: undefined }
    if (!transfer.unordered) this.#underWay.push(sent)
    this.#attempt(transfer, sent, firstRetryMs)
  }

  /** A lost frame is retransmitted alone; the receiver keeps the frames that arrived after it. */
  #attempt(transfer: Transfer, sent: Sent, waitMs: number): void {
    if (!this.#options.carries() || this.#options.loses()) {
      // The sender gives this frame up. The sender gives the connection up at the next frame that the network does not
      // carry.
      if (waitMs >= giveUpMs) return
      const cancel = this.#time.after(waitMs, () => this.#attempt(transfer, sent, 2 * waitMs))
      sent.retransmit = () => {
        cancel()
        this.#attempt(transfer, sent, firstRetryMs)
      }
      return
    }
    sent.retransmit = undefined
    this.#time.after(transfer.delayMs, () => {
      sent.isThere = true
      if (transfer.unordered) {
        transfer.arrive()
        return
      }
      while (this.#underWay[0]?.isThere) this.#underWay.shift()?.arrive()
      // If this frame could not be delivered yet, the frames before it are missing.
      const missing = this.#underWay.slice(0, Math.max(0, this.#underWay.indexOf(sent)))
      if (missing.length > 0)
        this.#time.after(transfer.delayMs, () => {
          for (const lost of missing) lost.retransmit?.()
        })
    })
  }

  /**
   * While the network carries nothing, only the first waiting frame is retried, at intervals that double.
   * When the network carries that frame, all waiting frames are sent.
   */
  #retryLater(waitMs: number, sinceMs: number): void {
    this.#cancelRetry = this.#time.after(waitMs, () => {
      if (this.#options.carries()) {
        const waiting = this.#backlog
        this.drop()
        for (const transfer of waiting) this.#transmit(transfer)
      } else if (this.#time.nowMs - sinceMs > giveUpMs) {
        this.drop()
        this.#options.gaveUp()
      } else this.#retryLater(Math.min(2 * waitMs, maxRetryMs), sinceMs)
    })
  }
}

/** One connection, the same object at both ends. An end that closes it drops its reference. */
export interface Link<End> {
  readonly ends: readonly [End, End]
  /** The two directions, by the name of the sender. */
  readonly directions: ReadonlyMap<string, Direction>
  /** The fingerprint of the key that was proved last. Undefined in a cluster without a secret. */
  key?: string | undefined
}

export function farEnd<End>({ ends: [a, b] }: Link<End>, near: End): End {
  return near === a ? b : a
}
