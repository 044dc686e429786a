/**
 * Run schedule: runs a schedule, and reports whether the cluster survives it.
 *
 * The invariants must hold during the whole run. After the last fault, every running member must come to see
 * exactly the running members. From then on, no member may report an event about another member.
 *
 * This must hold for the honest members; the views of the hostile members do not matter. While the hostile members still
 * attack, the honest members must see each other, and detect the crash of an honest member (run-under-attack.ts).
 */
import { seesPresent } from '../convergence.ts'
import { InvariantViolation } from '../invariants/violation.ts'
import type { SimulatedMember } from '../simulated-member.ts'
import { createSimulation, NotInTimeError, type Simulation } from '../simulation.ts'
import { harmOf } from './run-under-attack.ts'
import { applyFault, hostileIn, type Pending, type Schedule, scheduleEndMs } from './schedule.ts'

/** Whether a cluster survives a schedule. */
export type Outcome = Survived | Failed

/** The cluster survives the schedule. */
export interface Survived {
  /** Distinguishes a `Survived` from a `Failed`. */
  readonly type: 'survived'
  /** The trace's hash: equal for two runs of one schedule. */
  readonly trace: string
  /** How long the run took, in virtual milliseconds. */
  readonly virtualMs: number
}

/** An invariant is violated, the members do not converge, events do not end, or the code throws. */
export interface Failed {
  /** Distinguishes a `Failed` from a `Survived`. */
  readonly type: 'failed'
  /**
   * What failed: the name of a violated invariant, `convergence` (the members did not converge), `attack` (hostile members
   * hid a crash or caused a false death), `quiet` (events did not end), or `crash` (the code threw an error).
   */
  readonly what: string
  /** The message of the error, with what the members saw. */
  readonly message: string
  /** The trace's hash: equal for two runs of one schedule. */
  readonly trace: string
  /** When the run failed, in virtual milliseconds from the start. */
  readonly virtualMs: number
}

/**
 * How long the run waits for members that are leaving. A paused member leaves when it resumes, and starts
 * again after the time in the schedule.
 */
const leavesMs = 120_000
/** Our choice: the time to heal a partition plus the longest interval between TCP's retransmissions. */
const convergesWithinMs = 150_000
const quietMs = 60_000
/**
 * Events in this time do not count: probes that were lost just before the last fault ended may cause
 * suspicions.
 */
const settlesMs = 15_000

/** Runs the schedule in a new simulation. Never throws: an error is a failed outcome. */
export async function runSchedule(schedule: Schedule): Promise<Outcome> {
  const { seed, members, faults } = schedule
  const simulation = createSimulation({ seed, members, invariants: { allowanceMs: convergesWithinMs } })
  const pending: Pending = { leaves: 0, attacks: [] }
  const hostile = hostileIn(schedule)
  const honest = () => simulation.running.filter(({ name }) => !hostile.has(name))
  for (const { atMs, fault } of faults) simulation.after(atMs, () => applyFault(simulation, fault, pending))
  const failed = (what: string, message: string): Failed => ({
    type: 'failed',
    what,
    message,
    trace: simulation.trace.hash,
    virtualMs: simulation.nowMs,
  })
  try {
    await simulation.run(scheduleEndMs(schedule) + 1)
    simulation.heal()
    await simulation.runUntil(() => pending.leaves === 0, { withinMs: leavesMs })
    if (hostile.size > 0) {
      const harm = await harmOf(simulation, honest)
      if (harm !== undefined) return failed('attack', harm)
      for (const end of pending.attacks) end()
    }
    const divergence = await divergenceOf(simulation, honest)
    if (divergence !== undefined) return failed('convergence', divergence)
    const lateEvents = await lateEventsOf(simulation, honest)
    if (lateEvents !== undefined) return failed('quiet', lateEvents)
    return { type: 'survived', trace: simulation.trace.hash, virtualMs: simulation.nowMs }
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return failed(error instanceof InvariantViolation ? error.invariant : 'crash', message)
  }
}

type Honest = () => readonly SimulatedMember[]

/** Whether the honest members see each other, and nobody beyond the running members. */
function isConverged(simulation: Simulation, honest: Honest): boolean {
  const members = honest()
  const most = simulation.running.length
  return members.every(member => member.machine.health().visible <= most && seesPresent(member, members))
}

/** The members whose view is not exactly the running members, or undefined if there are none. */
async function divergenceOf(simulation: Simulation, honest: Honest): Promise<string | undefined> {
  try {
    await simulation.runUntil(() => isConverged(simulation, honest), { withinMs: convergesWithinMs })
    return undefined
  } catch (error) {
    if (error instanceof NotInTimeError) return error.message
    throw error
  }
}

/** The events that members report although no more are expected, or undefined if there are none. */
async function lateEventsOf(simulation: Simulation, honest: Honest): Promise<string | undefined> {
  await simulation.run(settlesMs)
  const sinceMs = simulation.nowMs
  await simulation.run(quietMs)
  const names = new Set(honest().map(({ name }) => name))
  const late = simulation.events.filter(
    ({ atMs, type, by, member }) => atMs > sinceMs && type !== 'update' && names.has(by) && names.has(member),
  )
  if (late.length === 0 && isConverged(simulation, honest)) return undefined
  const lines = late.slice(0, 8).map(({ atMs, by, type, member }) => `${atMs} ms ${by}: ${type} ${member}`)
  return `after all had converged and settled at ${sinceMs} ms:\n${lines.join('\n')}`
}
