/** Held by: the options and the result of `heldBy`, which asks other members whether they have the same content. */
import * as limits from '../wire/limits.ts'
import { InvalidOptionsError } from './errors.ts'
import { checkOptionNames } from './option-names.ts'

/** Options of `heldBy`. */
export interface HeldByOptions {
  /**
   * How long to wait for answers, in whole milliseconds, 1 to 60,000. With a greater value, slow members have time to answer,
   * but a call takes longer if a member does not answer. @default 2_000
   */
  readonly timeoutMs?: number
}

/**
 * The other members of a room or config, by whether their content equals the content of this member. Each other member that is
 * alive, or suspect after it was seen alive, is in one of the three lists of ids. Each list is ordered.
 */
export interface HeldBy {
  /** The members that have the same content as this member had when it asked. */
  readonly holding: readonly string[]
  /**
   * The members with other content: they lack a change of this member, or have one that this member lacks. A change may be in
   * transit. In a room also members that have not opened one of the documents that this member has open.
   */
  readonly differing: readonly string[]
  /** The members that did not answer in time, or that run a version of hearsay without `heldBy`. */
  readonly missing: readonly string[]
}

/** The result of `heldBy` for one room or config of this member. */
export interface HeldSpace extends HeldBy {
  /** Whether this is a room or a config. */
  readonly type: 'room' | 'config'
  /** The name of the room or config. */
  readonly name: string
}

const defaultTimeoutMs = 2_000

/** Checks the options of `heldBy`. @returns the time to wait for answers @throws {InvalidOptionsError} */
export function checkHeldBy(options: HeldByOptions = {}): number {
  checkOptionNames('heldBy', options, { timeoutMs: true }, '{ timeoutMs: 1_000 }')
  const { timeoutMs = defaultTimeoutMs } = options
  if (!Number.isInteger(timeoutMs) || timeoutMs < 1 || timeoutMs > limits.maxQueryTimeoutMs)
    throw new InvalidOptionsError('heldBy: timeoutMs: give whole milliseconds, 1 to 60,000')
  return timeoutMs
}
