import type { Attention } from './attention.ts'
import type { ProbeMessage } from './probe-message.ts'

/** A member to probe, and who else probes it: they are asked first when it does not answer. */
export interface Subject {
  readonly id: string
  readonly monitors: readonly string[]
}

/**
 * How a connection stands, as the host saw it.
 *
 * - `open`: it works now.
 * - `closed`: it ended, and not by the host's own will.
 * - `released`: it ended as it should: the host no longer needed it, or the other end said so.
 * - `refused`: a dial was answered by a machine on which nobody listens, at every address the member has. The only
 *   hard evidence there is.
 * - `unreachable`: a dial timed out, or there is no address to dial.
 * - `network-down`: the dial failed because our own network is gone (`ENETUNREACH`).
 */
export type ConnectionEvent = 'open' | 'closed' | 'released' | 'refused' | 'unreachable' | 'network-down'

/** All that can happen to a detector. There is no "dead" among it: nobody else's verdict is an input. */
export type DetectorInput =
  /**
   * An alive record that the member signed itself: new, refuting, or back. Feed each record once.
   * With `id` of the detector itself: its own incarnation. An incarnation that is not greater than a
   * suspicion's, a death's or a goodbye's changes none of them.
   */
  | {
      readonly type: 'member'
      readonly id: string
      readonly incarnation: number
      readonly attention?: Attention
    }
  /** A goodbye that the member signed itself. */
  | { readonly type: 'left'; readonly id: string; readonly incarnation: number }
  /** Drop all that is held of a member; of the detector itself: its own incarnation, which may then be a smaller one. */
  | { readonly type: 'forget'; readonly id: string }
  /** Whom to probe, in order; replaces the former list. Ids that are unknown, dead or left are passed over. */
  | { readonly type: 'subjects'; readonly subjects: readonly Subject[] }
  /**
   * A verified, signed claim of somebody else; about the detector itself it leads to a refutation.
   * Without effect while the member is not known under this very incarnation: the host keeps its
   * suspicions and feeds them again after `member`.
   */
  | {
      readonly type: 'suspicion'
      readonly subject: string
      readonly incarnation: number
      readonly observer: string
      readonly refused: boolean
    }
  /** Any byte that came directly from `id`, other than a `message` or a `connection`, which are evidence themselves. */
  | { readonly type: 'evidence'; readonly id: string }
  /** A probe message, from whom the transport authenticated as `from`. */
  | { readonly type: 'message'; readonly from: string; readonly message: ProbeMessage }
  | { readonly type: 'connection'; readonly id: string; readonly state: ConnectionEvent }
  /** A heartbeat of a known member that was new here, however it came. Feeds phi; says nothing about the path to `id`. */
  | {
      readonly type: 'heartbeat'
      readonly id: string
      readonly incarnation: number
      readonly sequence: number
    }
  /** How often hearts are meant to beat at present; milliseconds ≥ 0, 0 until told. Phi expects no beat sooner, whatever it learned. */
  | { readonly type: 'heartbeat-interval'; readonly ms: number }
  /**
   * Whether timers are late here though this machine is awake, as those of a page in the background: up to twenty seconds
   * from call to call are no stall then. Not so until told.
   */
  | { readonly type: 'timers'; readonly areLate: boolean }
  /** Wall clock and monotonic clock came apart by `ms` > 0: this machine slept. */
  | { readonly type: 'suspended'; readonly ms: number }
