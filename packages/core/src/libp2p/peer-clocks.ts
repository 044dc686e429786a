/**
 * Peer clocks: how far the wall clocks of connected peers are from the local one. Each stream begins with the sender's time.
 *
 * A peer's time is stored relative to the monotonic clock, so the difference is right after the local clock was set, too. A
 * member cannot know which clock is wrong, and assumes that the median of its peers is right. If half of its peers agree with
 * it, nothing is wrong with its own clock.
 */

import type { Problem } from '../api/problem.ts'
import { median } from '../base/arrays.ts'
import type { Instant } from '../base/clock.ts'

/**
 * Our choice: a minute. Times of config entries decide which write is newer, so people notice a minute. A delay of the
 * first frame looks like a difference of some seconds.
 */
const toleratedMs = 60_000

export class PeerClocks {
  /** Epoch minus monotonic milliseconds, by peer. */
  readonly #offsets = new Map<string, number>()

  /** A peer sent its wall clock. */
  received(peer: string, epochMs: number, { monotonicMs }: Pick<Instant, 'monotonicMs'>): void {
    this.#offsets.set(peer, epochMs - monotonicMs)
  }

  /** The last connection to the peer closed. */
  closed(peer: string): void {
    this.#offsets.delete(peer)
  }

  /** How far the peer's clock is ahead of the local one, in milliseconds, if by more than a minute; otherwise 0. */
  aheadMs(peer: string, now: Instant): number {
    const offset = this.#offsets.get(peer)
    return offset === undefined ? 0 : intolerable(offset + now.monotonicMs - now.epochMs)
  }

  /** Set if the median of the connected peers differs from the local clock by more than a minute. */
  problem(now: Instant): Problem | undefined {
    const aheadMs = median([...this.#offsets.keys()].map(peer => this.aheadMs(peer, now)))
    if (!aheadMs) return undefined
    const { size } = this.#offsets
    const peers = size === 1 ? 'the connected member' : `${size} connected members`
    const relation = aheadMs > 0 ? 'behind' : 'ahead of'
    return {
      name: 'clock',
      text: `The clock of this machine is ${duration(Math.abs(aheadMs))} ${relation} that of ${peers}. Set the clock, for instance with NTP: until then newer settings can lose against older ones.`,
    }
  }
}

/** What `explain` says about a peer whose clock differs. */
export function clockFact(aheadMs: number): string {
  return `Its clock is ${duration(Math.abs(aheadMs))} ${aheadMs > 0 ? 'ahead of' : 'behind'} the clock of this machine.`
}

const intolerable = (ms: number): number => (Math.abs(ms) > toleratedMs ? ms : 0)

const units = [
  ['day', 86_400_000],
  ['hour', 3_600_000],
  ['minute', 60_000],
] as const

/** In the largest unit that fits, rounded, so that the text does not change all the time. */
function duration(ms: number): string {
  const minutes = Math.round(ms / 60_000) * 60_000
  const [name, unitMs] = units.find(([, unitMs]) => minutes >= unitMs) ?? units[2]
  const count = Math.round(minutes / unitMs)
  return `${count} ${name}${count === 1 ? '' : 's'}`
}
