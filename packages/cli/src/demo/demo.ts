/** `hearsay demo`: the story told on a stage that fits where it is watched. */
import { stopRequested } from '../member/stop.ts'
import { quitKeyPressed } from '../terminal/keys.ts'
import { Cast } from './cast.ts'
import { jsonStage } from './json-stage.ts'
import { liveStage } from './live-stage.ts'
import type { DemoFlags } from './options.ts'
import { plainStage } from './plain-stage.ts'
import { type Stage, type Story, tellStory } from './story.ts'

export async function demo(flags: DemoFlags): Promise<void> {
  const live = process.stdout.isTTY && !flags.json
  const cast = new Cast(flags.members)
  const stage: Stage = flags.json ? jsonStage() : live ? liveStage(cast) : plainStage()
  const quit = Promise.race([stopRequested(), ...(live ? [quitKeyPressed()] : [])])
  let story: Story | undefined
  try {
    story = await Promise.race([tellStory(cast, stage), quit])
    if (story) stage.finished(story)
    if (story && live && !flags.once) await quit
  } finally {
    stage.close()
    await cast.end()
  }
  if (!story) console.error('hearsay: stopped before the story ended')
  process.exit(story?.held ? 0 : 1)
}
