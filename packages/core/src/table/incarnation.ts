/**
 * Incarnation: a number that orders the facts of one member. Only the member itself raises its incarnation.
 *
 * The first incarnation of a process is the time of its clock in epoch milliseconds. So a member that lost its storage, or
 * whose clock was set back, soon exceeds its earlier incarnations. Incarnations from the far future are rejected, so that no
 * member can block an id for ever.
 */
import { isPlausibleTimestamp } from '../wire/checks.ts'

/**
 * Random spread in milliseconds, so that two processes that start from copies of one storage at the same instant take
 * different incarnations. Our choice: 1 s.
 */
const spread = 1_000

/**
 * The incarnation of a new process: `max(last persisted + 1, epoch now)`, plus up to 1 s at random if there is a
 * persisted one. A persisted incarnation from the far future was written while the clock was wrong. Such an incarnation is
 * ignored, because the other members rejected it, too.
 */
export function firstIncarnation(
  persisted: number | undefined,
  epochMs: number,
  random: () => number,
): number {
  const usable = persisted !== undefined && isPlausibleTimestamp(persisted, epochMs)
  return usable ? Math.max(persisted + 1, epochMs) + Math.floor(random() * spread) : epochMs
}

/** The incarnation that refutes a claim about the incarnation `claimed`: greater than `claimed` and than `own`. */
export function refutingIncarnation(own: number, claimed: number): number {
  return Math.max(own, claimed) + 1
}

/**
 * A running member raises its incarnation by one for each suspicion that it refutes, and by more if an earlier process with
 * its id had a greater incarnation. Our choice: beyond 1,000, the clock was wrong. After so many refutations, a renewed
 * generation does no harm.
 */
const maxRaise = 1_000

/**
 * Whether a generation of this process began with an incarnation that is far from the present one, because the clock was
 * wrong. Other members may know a later generation from an earlier process, or would ignore those of the next process.
 */
export function isMisdated(generation: number, incarnation: number): boolean {
  return incarnation - generation > maxRaise || !isPlausibleTimestamp(generation, incarnation)
}

/**
 * Whether a plausible incarnation replaces the stored one: the new one is greater, or the stored one is implausible now
 * because it was accepted while the local clock was ahead.
 */
export function supersedes(incarnation: number, current: number, epochMs: number): boolean {
  return incarnation > current || !isPlausibleTimestamp(current, epochMs)
}

/** Whether record `a` is later than record `b` of the same member. */
export function isLaterRecord(
  a: { readonly incarnation: number; readonly version: number },
  b: { readonly incarnation: number; readonly version: number },
): boolean {
  return a.incarnation > b.incarnation || (a.incarnation === b.incarnation && a.version > b.version)
}
