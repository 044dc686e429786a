/** Story: what happens to the cluster, scene by scene, and whether all of it went as promised. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { DemoCluster } from './demo-cluster.ts'
import type { Step, StepContext, StepOutcome } from './steps.ts'

/** Times are milliseconds from the act to what a member said of it; absent is what did not happen. */
export interface StepResult {
  readonly step: Step['step']
  readonly act: string
  readonly passed: boolean
  /** Until the first suspected it. */
  readonly suspectedMs?: number
  /** Until the first knew. */
  readonly firstMs?: number
  /** Until all knew. */
  readonly allMs?: number
  /** What did not hold. */
  readonly problem?: string
}

export interface Scenario {
  readonly passed: boolean
  readonly steps: readonly StepResult[]
  readonly falseAlarms: number
}

/** Where the story is told. */
export interface Renderer extends Pick<StepContext, 'suspected'> {
  /** The page is served there. */
  opened(url: string): void
  stepStarted(act: string): void
  stepEnded(result: StepResult): void
  /** Resolves when whoever watches has had the time to see what happened. */
  pause(): Promise<void>
  finished(story: Scenario): void
  close(): void
}

/** With the time to end the members, less than a minute. */
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

/** Every scene bounds its own waiting, but a member that never becomes ready has nobody to say so. */
async function overdue(deadlineMs: number): Promise<StepOutcome> {
  await sleep(Math.max(0, deadlineMs + 1_000 - Date.now()), undefined, { ref: false })
  return { problem: 'did not come about in time' }
}
