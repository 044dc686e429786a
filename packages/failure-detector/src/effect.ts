import type { ProbeMessage } from './probe-message.ts'

/** What the host must do, in the order given. */
export type DetectorEffect =
  /** Send at once; may be lost. */
  | { readonly type: 'send'; readonly to: string; readonly message: ProbeMessage }
  /** Dial at once, and report how it ended as a `connection` input. */
  | { readonly type: 'redial'; readonly id: string }
  /** Sign and publish this suspicion. Its timer already runs here: do not feed it back. */
  | {
      readonly type: 'publish-suspicion'
      readonly subject: string
      readonly incarnation: number
      readonly refused: boolean
    }
  /** alive → suspect. The deadline may move; `status` has the present one. */
  | {
      readonly type: 'suspect'
      readonly id: string
      readonly incarnation: number
      readonly deadlineMs: number
    }
  /** suspect → alive, under a greater incarnation. */
  | { readonly type: 'recover'; readonly id: string; readonly incarnation: number }
  /** suspect → dead. */
  | { readonly type: 'fail'; readonly id: string; readonly incarnation: number }
  /** dead or left → alive, under a greater incarnation. */
  | { readonly type: 'return'; readonly id: string; readonly incarnation: number }
  /** Somebody suspects this member at `incarnation`: raise the own one above it, feed it as `member`, tell everybody. */
  | { readonly type: 'refute'; readonly incarnation: number }
  /** This member was away for `ms`: announce a beat and sync. */
  | { readonly type: 'paused'; readonly ms: number }
