/** Story: what happens to the cluster, scene by scene, and whether all of it went as promised. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Cast } from './demo-cluster.ts'
import type { Outcome, Scene, Telling } from './steps.ts'

/** Times are milliseconds from the act to what a member said of it; absent is what did not happen. */
export interface StepResult {
  readonly step: Scene['step']
  readonly act: string
  readonly held: boolean
  /** Until the first suspected it. */
  readonly suspectedMs?: number
  /** Until the first knew. */
  readonly firstMs?: number
  /** Until all knew. */
  readonly allMs?: number
  /** What did not hold. */
  readonly problem?: string
}

export interface Story {
  readonly held: boolean
  readonly steps: readonly StepResult[]
  readonly falseAlarms: number
}

/** Where the story is told. */
export interface Stage extends Pick<Telling, 'suspected'> {
  /** The page is served there. */
  opened(url: string): void
  begins(act: string): void
  ended(result: StepResult): void
  /** Resolves when whoever watches has had the time to see what happened. */
  pause(): Promise<void>
  finished(story: Story): void
  close(): void
}

/** With the time to end the members, less than a minute. */
const storyMs = 50_000

export async function tellStory(cast: Cast, stage: Stage, scenes: readonly Scene[]): Promise<Story> {
  const deadlineMs = Date.now() + storyMs
  const steps: StepResult[] = []
  for (const scene of scenes) {
    const act = scene.act(cast)
    stage.begins(act)
    const outcome = await Promise.race([
      scene.play(cast, { deadlineMs, suspected: stage.suspected }),
      overdue(deadlineMs),
    ])
    const result = { step: scene.step, act, held: outcome.problem === undefined, ...outcome }
    steps.push(result)
    stage.ended(result)
    await stage.pause()
  }
  const { falseAlarms } = cast
  return { held: falseAlarms === 0 && steps.every(({ held }) => held), steps, falseAlarms }
}

/** Every scene bounds its own waiting, but a member that never becomes ready has nobody to say so. */
async function overdue(deadlineMs: number): Promise<Outcome> {
  await sleep(Math.max(0, deadlineMs + 1_000 - Date.now()), undefined, { ref: false })
  return { problem: 'did not come about in time' }
}
