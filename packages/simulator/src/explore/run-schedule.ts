/**
 * Run schedule: whether a cluster survives one.
 *
 * The invariants must hold throughout. After the last fault is over everybody who runs must come to see exactly
 * those who run, and then nothing must be heard of anybody any more.
 */
import { InvariantViolation } from '../invariants/violation.ts'
import { createSimulation, type Simulation } from '../simulation.ts'
import { applyFault, type Schedule, scheduleEndMs } from './schedule.ts'

export type Outcome =
  | { readonly type: 'survived'; readonly steps: number; readonly virtualMs: number }
  | {
      readonly type: 'failed'
      /** The invariant; `convergence`, `quiet`; or `crash`: the code threw. */
      readonly what: string
      readonly message: string
    }

/** Our choice: what it takes to heal a partition, and TCP's longest wait before it tries again. */
const convergesWithinMs = 150_000
const quietMs = 60_000
/** Probes that were lost just before the last fault was over may still be found missing. */
const settlesMs = 15_000

export async function runSchedule(schedule: Schedule): Promise<Outcome> {
  const { seed, members, faults } = schedule
  const simulation = createSimulation({ seed, members, invariants: { allowanceMs: convergesWithinMs } })
  for (const { atMs, fault } of faults) simulation.after(atMs, () => applyFault(simulation, fault))
  try {
    await simulation.run(scheduleEndMs(schedule) + 1)
    simulation.heal()
    try {
      await simulation.runUntil(() => simulation.isConverged(), { withinMs: convergesWithinMs })
    } catch (error) {
      if (error instanceof InvariantViolation) throw error
      return { type: 'failed', what: 'convergence', message: messageOf(error) }
    }
    const restless = await unrest(simulation)
    if (restless !== undefined) return { type: 'failed', what: 'quiet', message: restless }
    return { type: 'survived', steps: simulation.steps, virtualMs: simulation.nowMs }
  } catch (error) {
    const what = error instanceof InvariantViolation ? error.invariant : 'crash'
    return { type: 'failed', what, message: messageOf(error) }
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

function messageOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}
