/** Input: everything that a host reports to a detector. */
import type { Attention } from './attention.ts'
import type { ProbeMessage } from './probe-message.ts'

/** A member to probe, with its other monitors. The detector asks the monitors first for indirect probes. */
export interface Subject {
  /** The id of the member to probe. An unknown, dead or left member is skipped. */
  readonly id: string
  /** The ids of all members that probe this subject; may contain the local member. */
  readonly monitors: readonly string[]
}

/**
 * An observation of the host about a connection or a dial.
 *
 * - `open`: the connection works now. Repeated if another connection has replaced it: the detector then pings the member.
 * - `closed`: the connection ended, and the host did not end it.
 * - `released`: the connection ended as intended: the host no longer needed it, or the peer announced the end.
 * - `refused`: the member's machine refused the dial at every address: no process listens. The strongest evidence
 *   against a member; it can shorten a suspicion to `refusedFloorMs`.
 * - `unreachable`: a dial timed out, or the member has no address.
 * - `network-down`: a dial failed because the local network is down (`ENETUNREACH`).
 */
export type ConnectionEvent = 'open' | 'closed' | 'released' | 'refused' | 'unreachable' | 'network-down'

/** Everything that the host reports to a detector. Another member's verdict ("dead") is no input. */
export type DetectorInput =
  /**
   * A verified alive record that the member signed itself. Pass each record once. A record with the local
   * member's id sets the local incarnation. Only a greater incarnation ends a suspicion, a death or a
   * departure.
   */
  | {
      readonly type: 'member'
      readonly id: string
      readonly incarnation: number
      readonly attention?: Attention
      /**
       * For how long this detector awaits the member after its connection has closed, in ms ≥ 0, because another process
       * then continues it. The host limits it. @default 0
       */
      readonly returnsWithinMs?: number
    }
  /** A verified departure that the member signed itself. */
  | { readonly type: 'left'; readonly id: string; readonly incarnation: number }
  /**
   * Remove all data about a member. The local member's id removes the local incarnation; the next one may be
   * smaller.
   */
  | { readonly type: 'forget'; readonly id: string }
  /** The members to probe, in order; replaces the former list. Unknown, dead and left members are skipped. */
  | { readonly type: 'subjects'; readonly subjects: readonly Subject[] }
  /**
   * A verified suspicion that `observer` signed. A suspicion of the local member causes a `refute` effect. A suspicion has no
   * effect unless the subject is known with exactly this incarnation: the host stores its suspicions and passes them again
   * after `member`. `refused`: the subject's machine refused the observer's dial.
   */
  | {
      readonly type: 'suspicion'
      readonly subject: string
      readonly incarnation: number
      readonly observer: string
      readonly refused: boolean
    }
  /**
   * A byte arrived directly from `id`. A `message` and an open `connection` are evidence, too, and need no
   * extra input.
   */
  | { readonly type: 'evidence'; readonly id: string }
  /** A probe message from the member that the transport authenticated as `from`. */
  | { readonly type: 'message'; readonly from: string; readonly message: ProbeMessage }
  /** A connection to `id` opened or closed, or a dial of `id` ended. */
  | { readonly type: 'connection'; readonly id: string; readonly state: ConnectionEvent }
  /**
   * A new heartbeat of a known member, over any path. The heartbeat updates phi, but is no evidence that `id` is
   * reachable.
   */
  | {
      readonly type: 'heartbeat'
      readonly id: string
      readonly incarnation: number
      readonly sequence: number
    }
  /** The configured heartbeat interval; milliseconds ≥ 0, 0 before the first input. Phi expects no heartbeat sooner. */
  | { readonly type: 'heartbeat-interval'; readonly ms: number }
  /**
   * Whether timers fire late although the machine is awake, as in a page in the background. A call then counts as a local
   * pause only if it is 20 s later than `pauseThresholdMs`. False before the first input.
   */
  | { readonly type: 'timers'; readonly areLate: boolean }
  /** The wall clock advanced by `ms` > 0 more than the monotonic clock: the machine was suspended. */
  | { readonly type: 'suspended'; readonly ms: number }
