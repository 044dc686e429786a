/** Scenario: runs the demo's steps in order, and checks that each went as expected. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoCluster } from './demo-cluster.ts'
import type { Step, StepContext, StepOutcome } from './steps.ts'

/** Times are milliseconds from the action to an event that a member reported; absent if there was no such event. */
export interface StepResult {
  readonly step: Step['step']
  readonly act: string
  readonly passed: boolean
  /** Until the first member suspected the target. */
  readonly suspectedMs?: number
  /** Until the first member reported the event. */
  readonly firstMs?: number
  /** Until all members had reported the event. */
  readonly allMs?: number
  /** What went wrong. */
  readonly problem?: string
}

export interface Scenario {
  readonly passed: boolean
  readonly steps: readonly StepResult[]
  readonly falseAlarms: number
}

/** Shows the scenario as it runs. */
export interface Renderer extends Pick<StepContext, 'suspected'> {
  /** The page is served at this URL. */
  opened(url: string): void
  stepStarted(act: string): void
  stepEnded(result: StepResult): void
  /** Resolves when a viewer has had the time to see the result. */
  pause(): Promise<void>
  finished(scenario: Scenario): void
  close(): void
}

/** Less than a minute, together with the time that ending the members takes. */
const scenarioMs = 50_000

export async function runScenario(
  cluster: DemoCluster,
  renderer: Renderer,
  scenes: readonly Step[],
): Promise<Scenario> {
  const deadlineMs = Date.now() + scenarioMs
  const steps: StepResult[] = []
  for (const step of scenes) {
    const act = step.describe(cluster)
    renderer.stepStarted(act)
    const outcome = await Promise.race([
      step.run(cluster, { deadlineMs, suspected: renderer.suspected }),
      overdue(deadlineMs),
    ])
    const result = { step: step.step, act, passed: outcome.problem === undefined, ...outcome }
    steps.push(result)
    renderer.stepEnded(result)
    await renderer.pause()
  }
  const { falseSuspicions } = cluster
  return {
    passed: falseSuspicions === 0 && steps.every(({ passed }) => passed),
    steps,
    falseAlarms: falseSuspicions,
  }
}

/** A step that never ends fails here: each step bounds its own waits, but not the start of a member. */
async function overdue(deadlineMs: number): Promise<StepOutcome> {
  await sleep(Math.max(0, deadlineMs + 1_000 - Date.now()), undefined, { ref: false })
  return { problem: 'did not end in time' }
}
