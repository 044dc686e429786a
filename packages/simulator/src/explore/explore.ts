/** Explore: runs random schedules, one seed after the other, and shrinks those that fail. */
import { drawSchedule } from './draw-schedule.ts'
import { type Failed, type Outcome, runSchedule } from './run-schedule.ts'
import type { Schedule } from './schedule.ts'
import { shrink } from './shrink.ts'

/** Which seeds `explore` tries, until when, and the callbacks for its results. */
export interface ExploreOptions {
  /** An integer: the seeds are `seed`, `seed + stride`, … */
  readonly seed: number
  /** Lets several explorers share the seeds. @default 1 */
  readonly stride?: number
  /** Called before each schedule; the exploration ends when it returns true. */
  readonly isEnough: () => boolean
  /** Called after each schedule, with its seed and whether the cluster survived it. */
  readonly onTried?: (tried: { readonly seed: number; readonly outcome: Outcome }) => void
  /** Called for each schedule that the cluster does not survive, after the schedule is shrunk. */
  readonly onFound?: (found: Found) => void
}

/** A schedule that a cluster does not survive. */
export interface Found {
  /** The seed of the schedule as it was drawn. */
  readonly seed: number
  /** A short schedule that fails in the same way, not always the shortest. */
  readonly schedule: Schedule
  /** How the shrunk schedule fails. */
  readonly outcome: Failed
}

/** Runs one schedule after the other until `isEnough` returns true. Shrinks each schedule that fails. */
export async function explore(options: ExploreOptions): Promise<void> {
  const { stride = 1, isEnough, onTried, onFound } = options
  for (let { seed } = options; !isEnough(); seed += stride) {
    const schedule = drawSchedule(seed)
    const outcome = await runSchedule(schedule)
    onTried?.({ seed, outcome })
    if (outcome.type === 'failed') onFound?.({ seed, ...(await shrink(schedule, outcome)) })
  }
}
