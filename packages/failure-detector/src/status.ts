import type { Member } from './member-list.ts'

/**
 * What one detector holds of one member. It is this detector's own conclusion: nobody else can set it.
 *
 * `alive → suspect → dead` by time and silence; back to alive only by a greater incarnation that the
 * member signed itself; `left` by its own goodbye.
 */
export type DetectorStatus =
  | { readonly type: 'alive'; readonly incarnation: number }
  | {
      readonly type: 'suspect'
      readonly incarnation: number
      /** When this detector began to count, monotonic ms. */
      readonly sinceMs: number
      /** When it will conclude `dead`, monotonic ms. Moves earlier with each independent observer. */
      readonly deadlineMs: number
      /** Who claims it, first come first; at most 16. */
      readonly observers: readonly string[]
    }
  | { readonly type: 'dead'; readonly incarnation: number; readonly sinceMs: number }
  | { readonly type: 'left'; readonly incarnation: number }

/** A member's status, when no verdict on it is given before `deferredUntilMs`. */
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
