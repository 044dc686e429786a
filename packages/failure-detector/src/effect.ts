/** Effect: what a detector asks of its host. The detector itself sends nothing and opens nothing. */
import type { ProbeMessage } from './probe-message.ts'

/**
 * An action that the detector requests. The host carries out the effects in the order of the returned array. When the
 * host receives an effect, the detector's `status` is already up to date.
 */
export type DetectorEffect =
  /** Send the message at once. The message may get lost: the host need not retransmit it. */
  | { readonly type: 'send'; readonly to: string; readonly message: ProbeMessage }
  /** Dial the member at once, and report the result as a `connection` input. */
  | { readonly type: 'redial'; readonly id: string }
  /**
   * Sign and publish the suspicion. The timer of the suspicion is running already, so the host must not pass the
   * suspicion back as an input.
   */
  | {
      readonly type: 'publish-suspicion'
      readonly subject: string
      readonly incarnation: number
      readonly refused: boolean
    }
  /**
   * alive → suspect, once per incarnation. Confirmations may move the deadline to an earlier time afterwards; `status`
   * returns the present deadline.
   */
  | {
      readonly type: 'suspect'
      readonly id: string
      readonly incarnation: number
      readonly deadlineMs: number
    }
  /** suspect → alive with a greater incarnation. Not emitted when the member's incarnation grows while it is alive. */
  | { readonly type: 'recover'; readonly id: string; readonly incarnation: number }
  /** suspect → dead. Not emitted for a member that left. */
  | { readonly type: 'fail'; readonly id: string; readonly incarnation: number }
  /** dead or left → alive with a greater incarnation. Not emitted for a new member. */
  | { readonly type: 'return'; readonly id: string; readonly incarnation: number }
  /**
   * Another member suspects the local member in this incarnation. Raise the local incarnation above it, pass the new
   * incarnation as a `member` input, and publish the new record.
   */
  | { readonly type: 'refute'; readonly incarnation: number }
  /** The local member was paused for `ms` milliseconds. Send a heartbeat and sync. */
  | { readonly type: 'paused'; readonly ms: number }
