/** Scenario: runs the steps of the demo in order, and checks the outcome of each step. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoCluster } from './demo-cluster.ts'
import type { Step, StepContext, StepOutcome } from './steps.ts'

/**
 * The result of one step. Times are milliseconds from the step's action to an event that members reported. A time is
 * absent if there was no such event.
 */
export interface StepResult {
  readonly step: Step['step']
  /** Describes the step, for the user. */
  readonly act: string
  readonly passed: boolean
  /** The time until the first member suspected the target of the action. */
  readonly suspectedMs?: number
  /** The time until the first member reported the event that the step waits for. */
  readonly firstMs?: number
  /** The time until all other members had reported that event. */
  readonly allMs?: number
  /** The reason of the failure. */
  readonly problem?: string
}

/** The result of the whole scenario. */
export interface Scenario {
  readonly passed: boolean
  readonly steps: readonly StepResult[]
  /** How often a running member declared another running member dead. */
  readonly falseAlarms: number
}

/** Shows the scenario as it runs. */
export interface Renderer extends Pick<StepContext, 'suspected'> {
  /** The page is served at this URL. */
  opened(url: string): void
  stepStarted(act: string): void
  stepEnded(result: StepResult): void
  /** Waits after a step, so that the user can read its result. */
  pause(): Promise<void>
  finished(scenario: Scenario): void
  close(): void
}

/** Our choice: 50 s for all steps, so that the demo ends within a minute, although it still has to end the members. */
const scenarioMs = 50_000

export async function runScenario(
  cluster: DemoCluster,
  renderer: Renderer,
  steps: readonly Step[],
): Promise<Scenario> {
  const deadlineMs = Date.now() + scenarioMs
  const results: StepResult[] = []
  for (const step of steps) {
    const act = step.describe(cluster)
    renderer.stepStarted(act)
    const outcome = await Promise.race([
      step.run(cluster, { deadlineMs, suspected: renderer.suspected }),
      overdue(deadlineMs),
    ])
    const result = { step: step.step, act, passed: outcome.problem === undefined, ...outcome }
    results.push(result)
    renderer.stepEnded(result)
    await renderer.pause()
  }
  const { falseSuspicions } = cluster
  return {
    passed: falseSuspicions === 0 && results.every(({ passed }) => passed),
    steps: results,
    falseAlarms: falseSuspicions,
  }
}

/**
 * The outcome of a step that does not end in time. Steps bound their own waits, but not the time until a member has started.
 */
async function overdue(deadlineMs: number): Promise<StepOutcome> {
  await sleep(Math.max(0, deadlineMs + 1_000 - Date.now()), undefined, { ref: false })
  return { problem: 'did not end in time' }
}
