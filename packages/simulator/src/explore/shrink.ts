/** Shrink: a shorter schedule that still fails in the same way, found by leaving out faults, members and time one by one. */
import { type Failed, type Outcome, runSchedule } from './run-schedule.ts'
import type { Schedule } from './schedule.ts'

/** The result of shrinking a schedule. */
export interface Shrunk {
  readonly schedule: Schedule
  readonly outcome: Failed
  /** The number of schedules tried. */
  readonly tries: number
}

/**
 * @param failed the outcome of `schedule`
 * @param maxTries the maximum number of schedules to run
 */
export async function shrink(
  schedule: Schedule,
  failed: Failed,
  run: (schedule: Schedule) => Promise<Outcome> = runSchedule,
  maxTries: number = 200,
): Promise<Shrunk> {
  let best = { schedule, outcome: failed }
  let tries = 0
  for (let progress = true; progress; ) {
    progress = false
    for (const candidate of smaller(best.schedule)) {
      if (tries >= maxTries) return { ...best, tries }
      tries += 1
      const outcome = await run(candidate)
      if (outcome.type !== 'failed' || outcome.what !== failed.what) continue
      best = { schedule: candidate, outcome }
      progress = true
      break
    }
  }
  return { ...best, tries }
}

/**
 * Yields schedules that are smaller than `schedule`, the smallest first: with half of the faults, with one
 * fault less, with fewer members, with shorter faults.
 */
function* smaller(schedule: Schedule): Generator<Schedule> {
  const { faults, members } = schedule
  if (faults.length > 2) {
    const half = Math.ceil(faults.length / 2)
    yield { ...schedule, faults: faults.slice(0, half) }
    yield { ...schedule, faults: faults.slice(half) }
  }
  if (faults.length > 1)
    for (let i = 0; i < faults.length; i++) yield { ...schedule, faults: faults.filter((_, at) => at !== i) }
  const needed = Math.max(1, ...faults.flatMap(({ fault }) => membersIn(fault)).map(index => index + 1))
  for (const fewer of [needed, Math.ceil(members / 2), members - 1])
    if (fewer < members && fewer >= needed) yield { ...schedule, members: fewer }
  for (const [i, { atMs, fault }] of faults.entries()) {
    if (!('ms' in fault) || fault.ms === null || fault.ms < 1_000) continue
    const shorter = { atMs, fault: { ...fault, ms: Math.round(fault.ms / 2) } }
    yield { ...schedule, faults: faults.with(i, shorter) }
  }
}

/** The indices of the members that a fault names. */
function membersIn(fault: object): number[] {
  return [...JSON.stringify(fault).matchAll(/"m(\d+)"/g)].map(([, index]) => Number(index))
}
