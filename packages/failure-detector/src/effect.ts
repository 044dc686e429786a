import type { ProbeMessage } from './probe-message.ts'

/** An effect that the host carries out, in the order of the returned array. `status` is already up to date. */
export type DetectorEffect =
  /** Send the message at once, without retransmission; the message may get lost. */
  | { readonly type: 'send'; readonly to: string; readonly message: ProbeMessage }
  /** Dial the member at once, and report the result as a `connection` input. */
  | { readonly type: 'redial'; readonly id: string }
  /** Sign and publish the suspicion. Its timer runs already: the host must not pass it back as an input. */
  | {
      readonly type: 'publish-suspicion'
      readonly subject: string
      readonly incarnation: number
      readonly refused: boolean
    }
  /** alive → suspect, once per incarnation. `deadlineMs` may move earlier later; `status` returns the present one. */
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
  /** Another member suspects the local member at `incarnation`. Raise the local incarnation above it, pass it as a `member` input, and publish the new record. */
  | { readonly type: 'refute'; readonly incarnation: number }
  /** The local member was paused for `ms` milliseconds. Publish a heartbeat and sync. */
  | { readonly type: 'paused'; readonly ms: number }
