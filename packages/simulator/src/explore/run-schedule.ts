/**
 * Run schedule: whether a cluster survives one.
 *
 * The invariants must hold throughout. After the last fault is over everybody who runs must come to see exactly
 * those who run, and then nothing must be heard of anybody any more.
 */
import { InvariantViolation } from '../invariants/violation.ts'
import { createSimulation, NotInTimeError, type Simulation } from '../simulation.ts'
import { applyFault, type Schedule, scheduleEndMs } from './schedule.ts'

export type Outcome = Survived | Failed

export interface Survived {
  readonly type: 'survived'
  /** Equal for two runs of one schedule. */
  readonly trace: string
  readonly virtualMs: number
}

export interface Failed {
  readonly type: 'failed'
  /** The invariant; `convergence`; `quiet`; or `crash`: the code threw. */
  readonly what: string
  readonly message: string
  readonly trace: string
  readonly virtualMs: number
}

/** A member that was paused leaves when it goes on, and then starts again after its while. */
const goodbyesMs = 120_000
/** Our choice: what it takes to heal a partition, and TCP's longest wait before it tries again. */
const convergesWithinMs = 150_000
const quietMs = 60_000
/** Probes that were lost just before the last fault was over may still be found missing. */
const settlesMs = 15_000

export async function runSchedule(schedule: Schedule): Promise<Outcome> {
  const { seed, members, faults } = schedule
  const simulation = createSimulation({ seed, members, invariants: { allowanceMs: convergesWithinMs } })
  const pending = { count: 0 }
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
    await simulation.runUntil(() => pending.count === 0, { withinMs: goodbyesMs })
    const split = await division(simulation)
    if (split !== undefined) return failed('convergence', split)
    const restless = await unrest(simulation)
    if (restless !== undefined) return failed('quiet', restless)
    return { type: 'survived', trace: simulation.trace.hash, virtualMs: simulation.nowMs }
  } catch (error) {
    const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
    return failed(error instanceof InvariantViolation ? error.invariant : 'crash', message)
  }
}

/** Who still sees others than those who run, or undefined. */
async function division(simulation: Simulation): Promise<string | undefined> {
  try {
    await simulation.runUntil(() => simulation.isConverged(), { withinMs: convergesWithinMs })
    return undefined
  } catch (error) {
    if (error instanceof NotInTimeError) return error.message
    throw error
  }
}

/** What is still said of members when all should be calm, or undefined. */
async function unrest(simulation: Simulation): Promise<string | undefined> {
  await simulation.run(settlesMs)
  const sinceMs = simulation.nowMs
  await simulation.run(quietMs)
  const said = simulation.events.filter(({ atMs, type }) => atMs > sinceMs && type !== 'update')
  if (said.length === 0 && simulation.isConverged()) return undefined
  const lines = said.slice(0, 8).map(({ atMs, by, type, member }) => `${atMs} ms ${by}: ${type} ${member}`)
  return `after all had converged and settled at ${sinceMs} ms:\n${lines.join('\n')}`
}
