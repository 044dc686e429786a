/** `hearsay demo`: the story told on a stage that fits where it is watched. */
import { stopRequested } from '../member/lifecycle.ts'
import { quitKeyPressed } from '../terminal/keys.ts'
import { endProcess } from '../terminal/output.ts'
import { Cast } from './demo-cluster.ts'
import { jsonStage } from './json-renderer.ts'
import { liveStage } from './live-renderer.ts'
import type { DemoFlags } from './options.ts'
import { Processes } from './page/process-control.ts'
import { servePage } from './page/serve.ts'
import { plainStage } from './plain-renderer.ts'
import { type Stage, type Story, tellStory } from './scenario.ts'
import { prologue, scenes } from './steps.ts'

export async function demo(flags: DemoFlags): Promise<void> {
  const live = process.stdout.isTTY && !flags.json
  // In a terminal it stays when the story is told; without a story there is nothing but to stay.
  const stays = !flags.story || (live && !flags.once)
  const cast = new Cast(flags.members)
  const processes = new Processes(cast)
  const page = stays && flags.page ? await servePage(processes, flags.port) : undefined
  const stage: Stage = flags.json ? jsonStage() : live ? liveStage(cast) : plainStage()
  const quit = Promise.race([stopRequested(), ...(live ? [quitKeyPressed()] : [])])
  let story: Story | undefined
  try {
    if (page) stage.opened(page.url)
    story = await Promise.race([tellStory(cast, stage, flags.story ? scenes : prologue), quit])
    if (story && flags.story) stage.finished(story)
    processes.storyEnded()
    if (story && stays) await quit
  } finally {
    page?.close()
    stage.close()
    await cast.end()
  }
  if (!story) console.error('hearsay: stopped before the story ended')
  await endProcess(story?.held ? 0 : 1)
}
