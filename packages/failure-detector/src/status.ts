/** Status: what a detector concludes about one member. */
import type { Member } from './member-list.ts'

/**
 * A member's status at one detector. Only this detector decides it; no other member's verdict sets it.
 *
 * `alive → suspect → dead` by suspicion and time; back to `alive` only by a greater incarnation that the member signed;
 * `left` only by a departure that the member signed.
 */
export type DetectorStatus =
  | { readonly type: 'alive'; readonly incarnation: number }
  | {
      readonly type: 'suspect'
      readonly incarnation: number
      /** When the suspicion began, monotonic ms. */
      readonly sinceMs: number
      /**
       * When the status becomes `dead`, monotonic ms: at the deadline of the suspicion, which each further observer may move
       * earlier, but not before the end of a grace period or a lease.
       */
      readonly deadlineMs: number
      /** The ids of the observers, in order of arrival; at most 16. */
      readonly observers: readonly string[]
    }
  | { readonly type: 'dead'; readonly incarnation: number; readonly sinceMs: number }
  | { readonly type: 'left'; readonly incarnation: number }

/** A member's status, when its deadline is deferred until `deferredUntilMs`; undefined for an unknown member. */
export function statusOf(
  { incarnation, state }: Member,
  deferredUntilMs: number,
): DetectorStatus | undefined {
  switch (state.type) {
    case 'unknown':
      return undefined
    case 'alive':
    case 'left':
      return { type: state.type, incarnation }
    case 'dead':
      return { type: 'dead', incarnation, sinceMs: state.sinceMs }
    case 'suspect': {
      const { sinceMs, deadlineMs, observers } = state.suspicion
      return {
        type: 'suspect',
        incarnation,
        sinceMs,
        deadlineMs: Math.max(deadlineMs, deferredUntilMs),
        observers,
      }
    }
  }
}
